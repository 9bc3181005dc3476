import type { Command } from "commander";
import type { Declaring } from "../command/declare.ts";
import { nameOfJob, seconds } from "../command/argument_types.ts";

/** Declares `rerun`. */
export function declareRerun(root: Command, { app, done, globals, declare }: Declaring): void {
  declare(root, "rerun [job]", "Run a job again as it was; the last submitted from here where none is named")
    .option(
      "--from-failed",
      "only steps that did not complete; what they need is read where the old run left it",
    )
    .option("-w, --workspace <name>", "workspace of azureml.yml")
    .option(
      "--name <name>",
      "the new job's name in Azure ML: the same job is sent once only, another of that name is refused",
      nameOfJob,
    )
    .option("--dry-run", "show what would be sent, and send nothing")
    .option("--output-file <file>", "write to a file which job was sent, before it is sent")
    .option("--wait-for-completion", "follow the job to its end; fails unless it completes")
    .option("--cancel-on-interrupt", "cancel the job at Ctrl+C and SIGTERM")
    .option("--timeout <seconds>", "stop following after so many seconds; the job goes on", seconds)
    .action(async (name: string | undefined, options) => {
      const { name: as, ...others } = options;
      const named = { names: name === undefined ? [] : [name], ...(as !== undefined && { as }) };
      await done((await import("./rerun.ts")).rerun(app(), { ...globals(), ...others, ...named }));
    });
}
