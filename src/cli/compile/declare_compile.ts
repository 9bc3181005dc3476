import { type Command, Option } from "commander";
import type { Declaring } from "../command/declare.ts";
import { compiling, reading } from "../command/shared_options.ts";

/** Declares `compile`. */
export function declareCompile(root: Command, { app, done, globals, declare }: Declaring): void {
  reading(compiling(declare(root, "compile", "Compile jobs to the YAML that `az ml job create -f` takes")))
    .option("--all", "every job of azureml.yml, those of job factories too")
    .option("--check", "compile and write nothing; fails when a job does")
    .option(
      "-o, --output <file>",
      "file to write, else pipeline.yaml; with several jobs, each file's name ends in the job's",
    )
    .addOption(
      new Option(
        "--format <format>",
        "how to write jobs; rest is what `submit` would send, mermaid and dot draw",
      )
        .choices(["yaml", "json", "rest", "mermaid", "dot"]).default("yaml"),
    )
    .action(async (options) =>
      done((await import("./compile.ts")).compileJobs(app(), { ...globals(), ...options }))
    );
}
