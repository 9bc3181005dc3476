import type { Command } from "commander";
import type { Declaring } from "../command/declare.ts";
<<<<<<< HEAD
import { jsonObject, list, nodeNames } from "../command/argument_types.ts";
import { overwriting, reading } from "../command/shared_options.ts";

/** Declares `inspect`. */
export function declareInspect(root: Command, { declare, run }: Declaring): void {
  overwriting(
    reading(declare(root, "inspect", "Print the project's pipelines, catalog and parameters", [
      ["inspect", "List pipelines, nodes and datasets"],
      ["inspect -p training --from-nodes split", "Show only a node and the nodes after it"],
      ["inspect --json > snapshot.json", "Save a snapshot for --snapshot"],
      ["inspect --html -o pipelines.html", "Draw the pipelines on an HTML page"],
    ])),
    "--html",
  )
    .option("--params <json>", "runtime parameters as a JSON object", jsonObject)
    .option("-p, --pipeline <name>", "only this pipeline")
    .option("--tags <names>", "only nodes with one of these tags", list)
    .option("--from-nodes <names>", "only these nodes and the nodes after them", nodeNames)
    .option("--to-nodes <names>", "only these nodes and the nodes before them", nodeNames)
    .option("--nodes <names>", "only these nodes", nodeNames)
    .option("--from-inputs <names>", "only nodes downstream of these datasets", list)
    .option("--to-outputs <names>", "only nodes upstream of these datasets", list)
    .option("--namespaces <names>", "only nodes in these namespaces", nodeNames)
=======
import { runtimeParams } from "../command/params.ts";
import { selecting } from "../command/selection.ts";
import { reading } from "../command/shared_options.ts";

/** Declares `inspect`. */
export function declareInspect(root: Command, { declare, run }: Declaring): void {
  const command = reading(declare(root, "inspect", "Print the project's pipelines, catalog and parameters", [
    ["inspect", "List pipelines, nodes and datasets"],
    ["inspect -p training --from-nodes split", "Show only a node and the nodes after it"],
    ["inspect --json > snapshot.json", "Save a snapshot for --snapshot"],
    ["inspect --html -o pipelines.html", "Draw the pipelines on an HTML page"],
  ]))
    .option("--params <params>", "runtime parameters, such as a.b=1,c=2 or JSON", runtimeParams);
  selecting(command, "only this pipeline")
>>>>>>> 6f56e2f9 (Select nodes with the options of kedro run, and take its form of --params)
    .option("--html", "write an HTML page with a graph of each pipeline")
    .option("-o, --output <file>", "with --html, file to write (default: pipelines.html)")
    .action(run(async () => (await import("./inspect.ts")).inspect));
}
