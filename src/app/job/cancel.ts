import { cancelJob, type CancelOutcome, jobNotFound } from "../../azureml/service/runs/run.ts";
import { type UserError, userErrorOf } from "../../core/errors.ts";
import type { RunTarget } from "../run/targets.ts";

/** Time between attempts to find a job that is just being submitted. */
const RETRY_MS = 2000;
/** Number of attempts to find such a job. */
const ATTEMPTS = 5;

/** The result of canceling one run: Azure's response or an error. */
export type CancelResult =
  | { readonly name: string; readonly canceling: CancelOutcome }
  | { readonly name: string; readonly error: UserError };

/**
 * Cancels runs in parallel and yields the result of each. It is not an error if a run has ended, or if it never
 * reached Azure because the command that submitted it was stopped.
 *
 * @throws {UserError} `job.not_found`, `azure.*`, if there is only one run; with several, an error is a result.
 */
export async function* cancelRuns(jobs: readonly RunTarget[]): AsyncIterable<CancelResult> {
  const results = jobs.map(async (job): Promise<CancelResult> => {
    try {
      return await cancel(job);
    } catch (thrown) {
      if (jobs.length === 1) throw thrown;
      return { name: job.name, error: userErrorOf(thrown) };
    }
  });
  // The results are awaited in order; a rejection before its turn must not count as unhandled.
  Promise.allSettled(results);
  for (const result of results) yield await result;
}

async function cancel({ workspace, name, isSent }: RunTarget): Promise<CancelResult> {
  for (let attempt = 1;; attempt++) {
    const canceling = await cancelJob(workspace, name);
    if (canceling.outcome !== "absent") return { name, canceling };
    if (isSent) throw jobNotFound(workspace, name);
    if (attempt === ATTEMPTS) return { name, canceling };
    await workspace.clock.sleep(RETRY_MS, workspace.signal);
  }
}
