import { deepEqual, equal, match, rejects } from "node:assert/strict";
import type { AppContext, AppEvent, RecordedJob, SummarizedJob } from "../../../src/app/context.ts";
import { openBoard } from "../../../src/azureml/runs/follow_job.ts";
import { openLedger } from "../../../src/app/runs/ledger.ts";
import { lastJob } from "../../../src/app/runs/submitted_jobs.ts";
import { stepsToMermaid } from "../../../src/azureml/job/steps.ts";
import { MAY_BE_THERE } from "../../../src/azureml/submit/send_job.ts";
import { ExitCode, UserError } from "../../../src/core/errors.ts";
import { interruption } from "../../../src/core/interruption.ts";
import { workspaceOf } from "../../azureml/runs/odd_answers.ts";
import { fakeContext, type FakeOptions } from "../../fakes/context.ts";

const job = (name: string) => ({
  job: `job of ${name}`,
  name,
  studioUrl: `https://ml.azure.com/runs/${name}`,
});
const taken = (name: string, status = "Running") => ({ ...job(name), status, board: openBoard() });

/** A ledger with a file of jobs; `write` may refuse. */
function ledgerOf(options: Partial<Parameters<typeof openLedger>[1]> = {}, context: FakeOptions = {}) {
  const stop = new AbortController();
  const base = fakeContext({ signal: stop.signal, ...context });
  const [warnings, written, cancels]: [string[], (readonly RecordedJob[])[], string[]] = [[], [], []];
  const report = (event: AppEvent) =>
    void (event.type === "warnings" && warnings.push(...event.warnings.map(({ code }) => code)));
  const ctx = { ...base, report } as unknown as AppContext;
  const disk = { isFull: false };
  const jobsFile = {
    shown: "jobs.json",
    async write(jobs: readonly RecordedJob[]) {
      if (disk.isFull) throw new UserError("Cannot write", { code: "file.not_written" });
      written.push(jobs);
    },
  };
  const workspace = workspaceOf(({ url }) => {
    cancels.push(/jobs\/(\w+)/.exec(url)![1]!);
    return new Response(null, { status: 202 });
  });
  const ledger = openLedger(ctx, { env: "local", jobsFile, ...options });
  const filed = () => written.at(-1)!.map(({ name, status }) => `${name} ${status}`);
  return { ctx, ledger, workspace, warnings, filed, cancels, disk, stop, files: base.files };
}

const refusal = (exit: ExitCode, data = {}) => new UserError("No", { code: "azure.refused", exit, data });

for (
  const [what, thrown, isKept] of [
    ["refused by Azure", refusal(ExitCode.Rejected), false],
    ["forbidden by Azure", refusal(ExitCode.Auth), false],
    ["that Azure may have", refusal(ExitCode.Rejected, { [MAY_BE_THERE]: true }), true],
    ["without an answer", refusal(ExitCode.Unavailable), true],
    ["after an unexpected error", new RangeError("a defect"), true],
  ] as const
) {
  Deno.test(`submit ${isKept ? "keeps" : "removes"} the record of a job ${what}`, async () => {
    const { ctx, ledger, workspace, filed } = ledgerOf({ root: "/p" });
    await ledger.accepted(taken("owl"), workspace);
    await ledger.sending(job("fox"), workspace);
    await ledger.failed("job of owl", thrown);
    await ledger.failed("job of fox", thrown);
    deepEqual(filed(), ["owl Running", ...isKept ? ["fox Sending"] : []]);
    equal((await lastJob(ctx, "/p", { name: "fox" }))?.name, isKept ? "fox" : undefined);
  });
}

Deno.test("submit records only jobs of a project", async () => {
  const { ledger, workspace, warnings, files } = ledgerOf();
  await ledger.sending(job("fox"), workspace);
  deepEqual([files.size, warnings], [0, []]);
  const homeless = ledgerOf({ root: "/p" });
  const env = { ...homeless.ctx, home: undefined };
  const other = openLedger(env, { env: "local", root: "/p" });
  for (const name of ["fox", "owl"]) await other.sending(job(name), workspace);
  deepEqual(homeless.warnings, ["job.not_remembered"]);
});

Deno.test("submit does not send a job that cannot be recorded", async () => {
  const { ledger, workspace, warnings, disk, filed } = ledgerOf();
  await ledger.sending(job("fox"), workspace);
  disk.isFull = true;
  await rejects(ledger.sending(job("owl"), workspace), { code: "file.not_written" });
  deepEqual(warnings, []);
  await ledger.accepted(taken("fox"), workspace);
  deepEqual(warnings, ["file.not_written"]);
  disk.isFull = false;
  await ledger.ended({ type: "end", job: "fox", status: "Completed", durationMs: 5 });
  deepEqual(filed(), ["fox Completed"]);
});

for (const cancelOnInterrupt of [undefined, true]) {
  Deno.test(`Ctrl+C ${cancelOnInterrupt ? "with" : "without"} --cancel-on-interrupt ${cancelOnInterrupt ? "cancels" : "keeps"} unfinished jobs`, async () => {
    const { ledger, workspace, filed, cancels, stop } = ledgerOf({ cancelOnInterrupt });
    for (const name of ["fox", "owl"]) await ledger.accepted(taken(name), workspace);
    await ledger.ended({ type: "end", job: "owl", status: "Completed", durationMs: 5 });
    stop.abort("SIGINT");
    const error = await ledger.errorOf(undefined) as UserError;
    match(error.message, cancelOnInterrupt ? /job "fox" is being canceled$/ : /job "fox" keeps running$/);
    deepEqual(cancels, cancelOnInterrupt ? ["fox"] : []);
    deepEqual(filed(), [`fox ${cancelOnInterrupt ? "CancelRequested" : "Running"}`, "owl Completed"]);
  });
}

for (
  const [thrown, outcome, hint] of [
    [
      undefined,
      "goes on",
      "Run `kedro-azureml job follow fox`, or `kedro-azureml job cancel --from jobs.json` to stop it",
    ],
    [
      refusal(ExitCode.Rejected),
      "not sent",
      "Run the command again; files that were uploaded are not sent again",
    ],
    [
      interruption("SIGINT"),
      "not sent",
      "Run the command again; files that were uploaded are not sent again",
    ],
    [
      refusal(ExitCode.Unavailable),
      "unknown",
      "Run `kedro-azureml job follow fox`, or `kedro-azureml job cancel --from jobs.json` to stop it",
    ],
  ] as const
) {
  Deno.test(`Ctrl+C while sending reports the job as "${outcome}"`, async () => {
    const { ledger, workspace, stop } = ledgerOf();
    await ledger.sending(job("fox"), workspace);
    stop.abort("SIGINT");
    const interrupted = ledger.errorOf(undefined);
    await (thrown ? ledger.failed("job of fox", thrown) : ledger.accepted(taken("fox"), workspace));
    const error = await interrupted as UserError;
    deepEqual([error.data.jobs, error.hint], [[{ name: "fox", outcome }], hint]);
  });
}

Deno.test("CI outputs have each change of a job", async () => {
  const { ctx, workspace } = ledgerOf();
  const [outputs, summaries]: [string[][], (readonly SummarizedJob[])[]] = [[], []];
  const ci = {
    setOutputs: async (jobs: readonly RecordedJob[]) =>
      void outputs.push(jobs.map(({ name, status }) => `${name} ${status}`)),
    summarize: async (jobs: readonly SummarizedJob[]) => void summaries.push(jobs),
  };
  const ledger = openLedger({ ...ctx, ci }, { env: "local" });
  const step = { key: "a", label: "a", compute: undefined, needs: [] };
  const board = openBoard([step]);
  await ledger.sending(job("fox"), workspace);
  await ledger.accepted({ ...taken("fox"), board }, workspace);
  const metrics = [{ step: "a", name: "mae", value: 0.5 }];
  board.take({ type: "metrics", job: "fox", metrics });
  await ledger.ended({ type: "end", job: "fox", status: "Completed", durationMs: 5 });
  await ledger.sending(job("owl"), workspace);
  await ledger.close();
  deepEqual(outputs, [
    ["fox Sending"],
    ["fox Running"],
    ["fox Completed"],
    ["fox Completed", "owl Sending"],
  ]);
  const filed = (name: string) => ({ ...job(name), workspace: workspace.config });
  deepEqual(summaries, [[
    {
      ...filed("fox"),
      status: "Completed",
      durationMs: 5,
      steps: board.steps(),
      graph: stepsToMermaid(board.steps()),
      metrics,
    },
    { ...filed("owl"), status: "Sending", steps: [], graph: stepsToMermaid([]), metrics: [] },
  ]]);
});
