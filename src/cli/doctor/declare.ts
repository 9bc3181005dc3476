import type { Command } from "commander";
import type { Declaring } from "../command/declare.ts";

/** Declares `doctor`. */
export function declareDoctor(root: Command, { app, done, globals, declare }: Declaring): void {
  declare(root, "doctor", "Diagnose the connection to Azure and the workspace")
    .option("--endpoints", "list the required hosts and ports without connecting")
    .option("--tenant <id>", "tenant to request tokens from")
    .option("-w, --workspace <name>", "workspace to check, by its key in azureml.yml")
    .action(async (options) => {
      const { doctor, endpoints } = await import("./doctor.ts");
      await done(options.endpoints ? await endpoints(app()) : doctor(app(), { ...globals(), ...options }));
    });
}
