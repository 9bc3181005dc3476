import type { Command } from "commander";
import type { Declaring } from "../command/declare.ts";

/** Declares `doctor`. */
export function declareDoctor(root: Command, { declare, run }: Declaring): void {
  declare(root, "doctor", "Diagnose the connection to Azure and the workspace", [
    ["doctor", "Find the first problem"],
    ["doctor --endpoints", "List hosts and ports for a firewall request"],
    ["--ca-file corporate-ca.pem doctor", "Test with a private CA certificate"],
  ])
    .option("--endpoints", "list the required hosts and ports without connecting")
    .option("--tenant <id>", "tenant to request tokens from")
    .option("-w, --workspace <name>", "workspace to check, by its key in azureml.yml")
    .action(run(async () => (await import("./doctor.ts")).doctor));
}
