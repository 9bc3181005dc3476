import type { Command } from "commander";
import type { Declaring } from "../command/declare.ts";
import { runtimeParams } from "../command/params.ts";
import { selecting } from "../command/selection.ts";
import { overwriting, reading } from "../command/shared_options.ts";

/** Declares `inspect`. */
export function declareInspect(root: Command, { declare, run }: Declaring): void {
  const command = overwriting(
    reading(declare(root, "inspect", "Print the project's pipelines, catalog and parameters", [
      ["inspect", "List pipelines, nodes and datasets"],
      ["inspect -p training --from-nodes split", "Show only a node and the nodes after it"],
      ["inspect --json > snapshot.json", "Save a snapshot for --snapshot"],
      ["inspect --html -o pipelines.html", "Draw the pipelines on an HTML page"],
    ])),
    "--html",
  )
    .option("--params <params>", "runtime parameters, such as a.b=1,c=2 or JSON", runtimeParams);
  selecting(command, "only this pipeline")
    .option("--html", "write an HTML page with a graph of each pipeline")
    .option("-o, --output <file>", "with --html, file to write (default: pipelines.html)")
    .action(run(async () => (await import("./inspect.ts")).inspect));
}
