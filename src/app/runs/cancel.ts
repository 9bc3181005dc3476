import { cancelJob, type CancelOutcome, jobNotFound } from "../../azureml/jobs/job.ts";
import { UserError } from "../../core/errors.ts";
import type { OpenedJob } from "./targets.ts";

/** Milliseconds between looks for a job that may still be on its way to Azure, and how many there are. */
const AGAIN_MS = 2000;
const LOOKS = 5;

/** What came of cancelling one run: Azure's answer, or why it could not be asked. */
export type CancelResult =
  | { readonly name: string; readonly cancelling: CancelOutcome }
  | { readonly name: string; readonly error: UserError };

/**
 * Asks Azure to cancel jobs, all at once, and yields what came of each. One that has ended is no failure; nor is one
 * that never reached Azure, where the command that sent it was stopped in between.
 *
 * @throws {UserError} `job.not_found`, `azure.*`, when there is only one job; else that is an output.
 */
export async function* cancelRuns(jobs: readonly OpenedJob[]): AsyncIterable<CancelResult> {
  const results = jobs.map(async (job): Promise<CancelResult> => {
    try {
      return await cancel(job);
    } catch (thrown) {
      if (jobs.length === 1 || !(thrown instanceof UserError)) throw thrown;
      return { name: job.name, error: thrown };
    }
  });
  // Waited for in their order; one that throws meanwhile must not count as unheard.
  Promise.allSettled(results);
  for (const result of results) yield await result;
}

async function cancel({ workspace, name, isSent }: OpenedJob): Promise<CancelResult> {
  for (let look = 1;; look++) {
    const cancelling = await cancelJob(workspace, name);
    if (cancelling.outcome !== "absent") return { name, cancelling };
    if (isSent) throw jobNotFound(workspace, name);
    if (look === LOOKS) return { name, cancelling };
    await workspace.clock.sleep(AGAIN_MS, workspace.signal);
  }
}
