import { cancelRuns } from "../../app/job/cancel.ts";
import type { CommandContext } from "../command/declare.ts";
import { openRuns, type RunTarget } from "../../app/run/targets.ts";
import { runsRequest, type RunsTyped } from "../command/run_requests.ts";
import type { Output } from "../command/output.ts";
import type { CancelOutcome } from "../../azureml/service/runs/run.ts";
import { UserError } from "../../core/errors.ts";
import { renderError } from "../text/error.ts";

/** What is typed for `job cancel`. */
interface JobCancelTyped extends RunsTyped {
  /** Whether to cancel the last job without asking. */
  readonly yes?: boolean;
}

/**
 * Requests the cancellation of jobs, without waiting until they end. If none is named, asks before canceling the last
 * job.
 *
 * @throws {UserError} `usage.not_confirmed` without a name, a terminal and `--yes`.
 */
export async function* jobCancel(
  ctx: CommandContext,
  typed: JobCancelTyped,
): AsyncIterable<Output> {
  const request = runsRequest(typed);
  const isNamed = request.names.length > 0 || request.from !== undefined || typed.yes === true;
  // Without a terminal, the last job is named in the error only: it is not used.
  const isRefused = !isNamed && ctx.person === undefined;
  const jobs = await openRuns(isRefused ? { ...ctx, report: () => {} } : ctx, request);
  if (!isNamed && !await isConfirmed(ctx, jobs)) {
    yield { data: undefined, text: "· Nothing was canceled\n" };
    return;
  }
  const requested: string[] = [];
  for await (const result of cancelRuns(jobs)) {
    if ("canceling" in result && result.canceling.outcome === "requested") requested.push(result.name);
    yield "error" in result
      ? renderNotCanceled(result.name, result.error)
      : renderCanceled(result.name, result.canceling);
  }
  if (requested.length === 0) return;
  const them = requested.length === 1 ? "it" : "them";
  const follow = `Run \`kedro-azureml job follow ${requested.join(" ")}\` to see ${them} end`;
  yield { data: undefined, text: "", next: [follow] };
}

async function isConfirmed(ctx: CommandContext, jobs: readonly RunTarget[]): Promise<boolean> {
  const names = jobs.map(({ name }) => name).join(" ");
  if (ctx.person !== undefined) return await ctx.person.confirm(`Cancel job ${names}?`);
  throw new UserError(`No job given; the last one is ${names}`, {
    code: "usage.not_confirmed",
    hint: `Run \`kedro-azureml job cancel ${names}\`, or pass --yes to cancel the last job`,
  });
}

function renderCanceled(name: string, canceling: CancelOutcome): Output {
  if (canceling.outcome === "requested") {
    return { data: { name, status: "CancelRequested" }, text: `✓ Job ${name}: cancellation requested\n` };
  }
  if (canceling.outcome === "ended") {
    const { status } = canceling;
    return { data: { name, status }, text: `· Job ${name} has already ended: ${status}\n` };
  }
  return {
    data: { name, status: null },
    text: `· Job ${name} never reached Azure; there is nothing to cancel\n`,
  };
}

/** Renders the error of a job, one of several, that could not be canceled. */
function renderNotCanceled(name: string, error: UserError): Output {
  const { data, text } = renderError(error);
  return { data: { name, ...(data as Record<string, unknown>) }, text: `✗ ${text}`, exit: error.exit };
}
