import { cancelJob, noJob } from "../../azureml/jobs/job.ts";
import { UserError } from "../../core/errors.ts";
import type { OpenedJob } from "./targets.ts";
import type { Output } from "../../cli/command/output.ts";
import { renderCancelled, renderNotCancelled } from "../../cli/job/cancel_text.ts";

/** Milliseconds between looks for a job that may still be on its way to Azure, and how many there are. */
const AGAIN_MS = 2000;
const LOOKS = 5;

/**
 * Asks Azure to cancel jobs, all at once, and yields what came of each. One that has ended is no failure; nor is one
 * that never reached Azure, where the command that sent it was stopped in between.
 *
 * @throws {UserError} `job.not_found`, `azure.*`, when there is only one job; else that is an output.
 */
export async function* cancelEach(jobs: readonly OpenedJob[]): AsyncIterable<Output> {
  const outputs = jobs.map(async (job) => {
    try {
      return await cancel(job);
    } catch (thrown) {
      if (jobs.length === 1 || !(thrown instanceof UserError)) throw thrown;
      return renderNotCancelled(job.name, thrown);
    }
  });
  // Waited for in their order; one that throws meanwhile must not count as unheard.
  Promise.allSettled(outputs);
  for (const output of outputs) yield await output;
}

async function cancel({ workspace, name, isSent }: OpenedJob): Promise<Output> {
  for (let look = 1;; look++) {
    const cancelling = await cancelJob(workspace, name);
    if (cancelling.outcome !== "absent") return renderCancelled(name, cancelling);
    if (isSent) throw noJob(workspace, `cancel job "${name}"`);
    if (look === LOOKS) return renderCancelled(name, cancelling);
    await workspace.clock.sleep(AGAIN_MS, workspace.signal);
  }
}
