import type { Command } from "commander";
import type { Declaring } from "../command/declare.ts";
import { nameOfJob } from "../command/argument_types.ts";
import { following, overwriting } from "../command/shared_options.ts";

/** Declares `rerun`. */
export function declareRerun(root: Command, { declare, run }: Declaring): void {
  const rerun = declare(root, "rerun [job]", "Run a submitted job again", [
    ["rerun", "Run the last job again"],
    ["rerun brave_fox_1234567890 --from-failed --dry-run", "Show which steps would run again"],
    ["rerun brave_fox_1234567890 --from-failed --wait", "Run only the steps that did not complete, and wait"],
  ]);
  rerun.registeredArguments[0]!.description =
    "name in Azure ML, or job in azureml.yml for its last run, such as main or main~1 (default: the last job submitted from this project)";
  overwriting(following(rerun), "--output-file")
    .option("--from-failed", "run only steps that did not complete; reuse the outputs of the others")
    .option(
      "-w, --workspace <name>",
      "workspace, by its key in azureml.yml (default: where the job was submitted)",
    )
    .option(
      "--name <name>",
      "name of the new job in Azure ML; if this job already exists, it is not submitted again",
      nameOfJob,
    )
    .option("--dry-run", "show what would be submitted, without submitting it")
    .option(
      "--output-file <file>",
      "write the submitted job to this JSON file, and update it as the job progresses",
    )
    .option("--cancel-on-interrupt", "cancel the job on Ctrl+C or SIGTERM (default: it keeps running)")
    .action(run(async () => (await import("./rerun.ts")).rerun));
}
