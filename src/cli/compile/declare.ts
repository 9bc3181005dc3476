import { type Command, Option } from "commander";
import type { Declaring } from "../command/declare.ts";
import { compiling, namedJobs, reading } from "../command/shared_options.ts";

/** Declares `compile`. */
export function declareCompile(root: Command, { app, done, globals, declare }: Declaring): void {
  reading(compiling(declare(root, "compile", "Compile jobs to YAML for `az ml job create --file`")))
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
    .action(async (jobs: readonly string[], options) => {
      const { compileCommand } = await import("./compile.ts");
      await done(compileCommand(app(), { ...globals(), ...options, ...namedJobs(jobs, options) }));
    });
}
