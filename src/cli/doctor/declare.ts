import type { Command } from "commander";
import type { Declaring } from "../command/declare.ts";

/** Declares `doctor`. */
export function declareDoctor(root: Command, { app, done, globals, declare }: Declaring): void {
  declare(root, "doctor", "Find what is wrong between this machine and the workspace")
    .option("--endpoints", "list every host and port that is needed, without asking any")
    .option("--tenant <id>", "tenant that tokens must come from")
    .option("-w, --workspace <name>", "workspace of azureml.yml")
    .action(async (options) => {
      const { doctor, endpoints } = await import("./doctor.ts");
      await done(options.endpoints ? await endpoints(app()) : doctor(app(), { ...globals(), ...options }));
    });
}
