import type { Command } from "commander";
import { ExitCode, UserError } from "../../core/errors.ts";
import type { Declaring } from "../command/declare.ts";
import { checking, compiling, namedJobs, packaged, reading } from "../command/shared_options.ts";
import { declareSubcommands } from "./declare_subcommands.ts";

/** Declares `schedule` and the commands below it. */
export function declareSchedule(root: Command, declaring: Declaring): void {
  const { app, done, globals, declare } = declaring;
  const schedule = declare(root, "schedule", "Create, update and manage job schedules");
  checking(packaged(reading(compiling(schedule))))
    .option(
      "-w, --workspace <name>",
      "workspace for all jobs, by its key in azureml.yml (default: each job's own)",
    )
    .option("--dry-run", "show what would change, without changing it")
    .option("--allow-kedro-0", "schedule even if the project uses Kedro 0, whose nodes the plugin cannot run")
    .option("--delete", "delete the jobs' schedules instead")
    .action(async (jobs: readonly string[], options) => {
      const { schedule: action } = await import("./schedule.ts");
      const results = action(app(), { ...globals(), ...options, ...namedJobs(jobs, options) });
      await done(withSubcommands(results, jobs, schedule));
    });
  declareSubcommands(schedule, declaring);
}

/** Adds the subcommands to the error about an unknown job, because the name may be a misspelled subcommand. */
async function* withSubcommands<T>(
  results: AsyncIterable<T>,
  jobs: readonly string[],
  schedule: Command,
): AsyncIterable<T> {
  try {
    yield* results;
  } catch (thrown) {
    if (!(thrown instanceof UserError) || thrown.code !== "job.unknown" || jobs.length === 0) throw thrown;
    const { message, code, hint, details, place, data } = thrown;
    const names = schedule.commands.map((command) => command.name());
    throw new UserError(message, {
      code,
      exit: ExitCode.Config,
      details: [...details, `commands: ${names.join(", ")}`],
      ...(hint !== undefined && { hint }),
      ...(place !== undefined && { place }),
      data,
    });
  }
}
