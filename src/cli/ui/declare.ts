import type { Command } from "commander";
import type { Declaring } from "../command/declare.ts";

const DESCRIPTION = `Show the jobs of a workspace in a browser until you press Ctrl+C

Lists the newest jobs, and shows the graph, steps, logs and metrics of each while it runs. The page is served on this machine only, reads with your credentials, and changes nothing.`;

/** Declares `ui`. */
export function declareUi(root: Command, { declare, run }: Declaring): void {
  declare(root, "ui", DESCRIPTION, [
    ["ui", "Show the jobs of the workspace in azureml.yml"],
    ["ui --no-open --port 8080", "Print the address instead of opening a browser"],
  ]).summary("Show the jobs of a workspace in a browser")
    .option("-w, --workspace <name>", "workspace, by its key in azureml.yml")
    .option("--port <number>", "port to listen on, on 127.0.0.1 (default: a free port)")
    .option("--no-open", "do not open a browser")
    .action(run(async () => (await import("./ui.ts")).ui));
}
