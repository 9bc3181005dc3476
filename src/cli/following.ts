import { exitOf, followJob } from "../azureml/follow.ts";
import type { Workspace } from "../azureml/workspace.ts";
import type { Context } from "../context.ts";
import { ExitCode, UserError } from "../errors.ts";
import type { Output } from "./output.ts";
import { openProgress, showFollow } from "./progress.ts";
import { renderEnd } from "./render/job.ts";

/** Which job is followed, and for how long. */
export interface FollowingOptions {
  /** Its name in Azure ML. */
  readonly name: string;
  /** Its name in azureml.yml, where it is known. */
  readonly job?: string;
  /** Seconds. */
  readonly timeout?: number | undefined;
  readonly json?: boolean;
}

/**
 * Follows a job to its end and shows what happens meanwhile.
 *
 * @throws {UserError} `interrupted` with what to type to go on or to stop the job, `job.timed_out`.
 */
export async function follow(ctx: Context, workspace: Workspace, options: FollowingOptions): Promise<Output> {
  const { name, job, timeout } = options;
  const show = showFollow(openProgress(ctx, options));
  try {
    const timeoutMs = timeout === undefined ? undefined : timeout * 1000;
    for await (const event of followJob(workspace, name, { timeoutMs })) {
      if (event.type === "end") {
        return renderEnd({ ...event, ...(job === undefined ? {} : { job }), name }, exitOf(event.status));
      }
      show(event);
    }
  } catch (thrown) {
    throw ctx.signal.aborted ? goesOn(ctx, name) : thrown;
  }
  throw new Error(`Job ${name} was followed to no end`);
}

/** Says that a job goes on though nobody waits for it any more. */
export function goesOn(ctx: Context, name: string): UserError {
  const terminated = ctx.signal.reason === "SIGTERM";
  return new UserError(`Interrupted by ${ctx.signal.reason}; job "${name}" goes on`, {
    code: "interrupted",
    exit: terminated ? ExitCode.Terminated : ExitCode.Interrupted,
    hint: `Run \`kedro-azureml job follow ${name}\`, or \`kedro-azureml job cancel ${name}\``,
    data: { job: name },
  });
}
