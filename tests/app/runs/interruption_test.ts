import assert from "node:assert/strict";
import { type interruptedError, settleJobs } from "../../../src/app/runs/interrupted_jobs.ts";
import type { Workspace } from "../../../src/azureml/client/workspace.ts";
import { fakeContext } from "../../fakes/context.ts";
import { workspaceOf } from "../../azureml/runs/odd_answers.ts";

type LedgerJob = Parameters<typeof settleJobs>[0][number];
type InterruptedJob = Parameters<typeof interruptedError>[0][number];
type SubmitAnswer = Awaited<LedgerJob["answered"]>;

const refused = (status: number, code: string) =>
  Response.json({ error: { code, message: "It was refused" } }, { status });

/** Creates a job of a workspace in which each request to cancel gets the next answer, then the last one. */
function jobWith(answered: Promise<SubmitAnswer> | SubmitAnswer, ...answers: readonly (() => Response)[]) {
  let cancels = 0;
  const opened: Workspace = workspaceOf(({ method }) => {
    if (method !== "POST") return refused(404, "NotFound");
    return answers[Math.min(cancels++, answers.length - 1)]!();
  });
  const job = {
    name: "fox",
    studioUrl: "https://ml.azure.com/runs/fox",
    // Requests of the workspace itself end with the command.
    opened: { patient: () => opened },
    answered: Promise.resolve(answered),
  };
  return { job: job as unknown as LedgerJob, cancels: () => cancels };
}

const accepted = () => new Response(null, { status: 202 });
const absent = () => refused(404, "NotFound");
const forbidden = () => refused(403, "AuthorizationFailed");

async function outcomeOf(job: LedgerJob, cancel: boolean, ctx = fakeContext()): Promise<InterruptedJob> {
  return (await settleJobs([job], { clock: ctx.clock, cancel }))[0]!;
}

Deno.test("Ctrl+C ends a job of a temporary emulator", async () => {
  const { job } = jobWith("taken", accepted);
  const within = { ...job, studioUrl: "https://127.0.0.1:1/runs/fox" };
  assert.equal((await outcomeOf(within, false)).outcome, "ended");
});

Deno.test("Ctrl+C cancels a job again until Azure knows it", async () => {
  const { job, cancels } = jobWith("taken", absent, absent, accepted);
  const ctx = fakeContext();
  assert.deepEqual([(await outcomeOf(job, true, ctx)).outcome, cancels()], ["requested", 3]);
  // A second for the answer to the job that is being sent, then half a second each.
  assert.deepEqual(ctx.sleeps, [1000, 500, 500]);
});

Deno.test("Ctrl+C reports a job as not sent if Azure does not have it", async () => {
  const { job, cancels } = jobWith("unknown", absent);
  assert.deepEqual([(await outcomeOf(job, true)).outcome, cancels()], ["not sent", 1]);
});

for (
  const [answer, outcome, what] of [["taken", "goes on", "in Azure"], [
    "unknown",
    "unknown",
    "without an answer",
  ]] as const
) {
  Deno.test(`Ctrl+C reports why a job ${what} could not be canceled`, async () => {
    const found = await outcomeOf(jobWith(answer, forbidden).job, true);
    assert.equal(found.outcome, outcome);
    assert.match(found.problem!, /^Cannot cancel job "fox"/);
  });
}
