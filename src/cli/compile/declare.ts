import { type Command, Option } from "commander";
import type { Declaring } from "../command/declare.ts";
import { compiling, overwriting, reading } from "../command/shared_options.ts";

/** Declares `compile`. */
export function declareCompile(root: Command, { declare, run }: Declaring): void {
  overwriting(
    reading(compiling(declare(root, "compile", "Compile jobs to YAML for `az ml job create --file`", [
      ["compile main", "Write pipeline.yaml"],
      ["compile --all --check", "Compile all jobs without writing files"],
      ["compile main -o - --format mermaid", "Draw the steps as a Mermaid graph"],
      [
        "-e prod compile main --params '{\"alpha\": 5}'",
        "Compile for another Kedro environment, with a parameter",
      ],
    ]))),
  )
    .option("--all", "all jobs in azureml.yml, including those from job factories")
    .option("--check", "compile without writing files; fail if a job does not compile")
    .option(
      "-o, --output <file>",
      "file to write (default: pipeline.yaml); with several jobs, one file per job",
    )
    .addOption(
      new Option(
        "--format <format>",
        "output format; rest is the request body that `submit` sends, mermaid and dot are graphs",
      )
        .choices(["yaml", "json", "rest", "mermaid", "dot"]).default("yaml"),
    )
    .action(run(async () => (await import("./compile.ts")).compileCommand));
}
