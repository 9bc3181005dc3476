import { deepEqual, equal } from "node:assert/strict";
import { readSteps } from "../../../src/app/report/read_steps.ts";
import { type OpenRun, runOf, type RunStep } from "../../../src/azureml/runs/open_run.ts";
import type { Workspace } from "../../../src/azureml/client/workspace.ts";
import type { RunHistory } from "../../../src/azureml/runs/history.ts";
import { UserError } from "../../../src/core/errors.ts";
import type { StepProgress } from "../../../src/page/view.ts";
import { rangeOf, workspaceOf } from "../../azureml/runs/odd_answers.ts";

function runWith(workspace: Workspace, parts: Pick<OpenRun, "steps" | "history">): OpenRun {
  return runOf({ workspace, job: {}, ...parts } as OpenRun);
}

/** The size of every log. */
const LOG_BYTES = 1_000_000;

/** Reads a job of steps with these statuses. @returns how many bytes of logs each has. */
async function logBytes(statuses: readonly string[], logsPerStep = 1): Promise<readonly number[]> {
  const log = new TextEncoder().encode(`${"x".repeat(99)}\n`.repeat(LOG_BYTES / 100));
  const workspace = workspaceOf((request) => {
    const [from, to] = rangeOf(request)!;
    const headers = { "content-range": `bytes ${from}-${to}/${LOG_BYTES}`, "x-ms-request-id": "1" };
    return new Response(log.slice(from, to + 1), { status: 206, headers });
  });
  const names = Array.from({ length: logsPerStep }, (_, at) => `user_logs/std_log_process_${at}.txt`);
  const url = "https://acc.blob.core.windows.net/c/a?sig=x";
  const history = {
    logFiles: async () => Object.fromEntries(names.map((name) => [name, url])),
    failure: async () => ({ message: "It failed", logTail: undefined, logName: undefined }),
    outputs: async () => new Map(),
  } as unknown as RunHistory;
  const steps = statuses.map((status, at) => ({
    ...{ key: `${at}`, label: `${at}`, needs: [], compute: undefined },
    run: { id: `${at}`, step: `${at}`, status, startedAt: new Date(0), endedAt: new Date(1) },
  })) as unknown as readonly RunStep[];
  const read = await readSteps(runWith(workspace, { steps, history }), { withLogs: true });
  deepEqual(read.notices, []);
  return read.steps.map(({ logs = [] }) => logs.reduce((sum, { text }) => sum + text.length, 0));
}

/** Whether a log has as many bytes as it may, except for parts of lines and the line that says what is left out. */
function isAbout(bytes: number, most: number): boolean {
  return bytes <= most && bytes > most - 300;
}

Deno.test("job report reads up to 64 kB of logs of a step", async () => {
  const [failed, completed] = await logBytes(["Failed", "Completed"]);
  deepEqual([isAbout(failed!, 256_000), isAbout(completed!, 64_000)], [true, true]);
});

Deno.test("job report reads at most 8 MB of logs", async () => {
  const all = await logBytes([...Array(40).fill("Failed"), ...Array(125).fill("Completed")]);
  deepEqual([isAbout(all[0]!, 100_000), isAbout(all.at(-1)!, 32_000)], [true, true]);
  equal(all.reduce((sum, bytes) => sum + bytes) <= 8_000_000, true);
  const many = await logBytes(Array(1000).fill("Failed"));
  equal(isAbout(many[0]!, 4000), true);
});

const LOG =
  "kedro-azureml: node 1/2 a: started\npassword=hush\nkedro-azureml: node 1/2 a: failed in 2 s with exit code 1\n";
const at = (ms: number) => new Date(ms);
const ENDED = { createdAt: at(1), startedAt: at(2), endedAt: at(3) };
const USAGE = { peakBytes: 1, cpuMs: 2 };

/** A job in which each step is in another state. */
const STEPS = Object.entries({
  reused: { status: "Completed", ...ENDED, reusedFrom: "old", usage: USAGE, compute: "cpu" },
  failed: { status: "Failed", ...ENDED, compute: "serverless" },
  silent: { status: "Failed", ...ENDED },
  queued: { status: "Queued", createdAt: at(1) },
  unreadable: { status: "Running", createdAt: at(1), startedAt: at(2) },
  waiting: undefined,
}).map(([key, run]) => ({
  ...{ key, label: `The ${key} one`, needs: [], compute: "planned" },
  run: run && { id: `run-${key}`, ...run },
})) as unknown as readonly RunStep[];

/** Run history that has logs, failures and outputs, and the runs whose logs were asked for. */
function historyOf() {
  const asked: string[] = [];
  const history = {
    async logFiles(run: string) {
      asked.push(run);
      if (run === "run-unreadable") throw new UserError("The logs are gone", { code: "azure.gone" });
      return { "user_logs/std_log.txt": "https://acc.blob.core.windows.net/c/a?sig=x" };
    },
    failure: async (run: string) =>
      run === "run-failed"
        ? {
          message: "It failed",
          logTail: "CredentialUnavailableError",
          cause: { error: "ValueError: no", exception: "ValueError: no", place: "/src/a.py:1 in a" },
        }
        : { message: undefined, logTail: undefined },
    outputs: async (runs: readonly string[]) =>
      new Map(runs.map((run) => [run, [
        { name: "file", uri: `azureml://of/${run}` },
        { name: "model", uri: "azureml://model", asset: "clean:3" },
        { name: "lost", uri: undefined },
      ]])),
  } as unknown as RunHistory;
  return { asked, history };
}

const WITH_LOG = workspaceOf(() => {
  const headers = { "content-range": `bytes 0-${LOG.length - 1}/${LOG.length}`, "x-ms-request-id": "1" };
  return new Response(LOG, { status: 206, headers });
});

Deno.test("job report shows steps without times or logs", async () => {
  const { asked, history } = historyOf();
  const ended = new Map<string, StepProgress>();
  const { steps, notices } = await readSteps(runWith(WITH_LOG, { steps: STEPS, history }), {
    withLogs: true,
    ended,
  });
  const times = { queuedAt: 1, startedAt: 2, endedAt: 3, reusedFrom: undefined };
  const unread = { startedAt: undefined, endedAt: undefined, reusedFrom: undefined, failure: undefined };
  const logs = {
    logs: [{ name: "user_logs/std_log.txt", text: LOG.replace("hush", "***") }],
    nodeRuns: [{ name: "a", status: "Failed", durationMs: 2000 }],
  };
  const reused = {
    ...{ status: "Completed", run: "run-reused", ...times, reusedFrom: "old", usage: USAGE },
    ...{ failure: undefined, ...logs },
    places: { file: "azureml://of/old", model: "azureml:clean:3", lost: "" },
  };
  const failure = {
    message: "It failed",
    exception: "ValueError: no",
    place: "/src/a.py:1 in a",
    hint: "Serverless compute has no managed identity; run the step on a cluster that has one",
  };
  const failed = { status: "Failed", run: "run-failed", ...times, failure, ...logs, places: {} };
  const silent = { ...failed, run: "run-silent", failure: { message: "Azure gave no reason" } };
  deepEqual(steps, [
    { key: "reused", label: "The reused one", compute: "cpu", ...reused },
    { key: "failed", label: "The failed one", compute: "serverless", ...failed },
    { key: "silent", label: "The silent one", compute: "planned", ...silent },
    {
      ...{ key: "queued", label: "The queued one", compute: "planned" },
      ...{ ...unread, status: "Queued", run: "run-queued", queuedAt: 1, places: {} },
    },
    {
      ...{ key: "unreadable", label: "The unreadable one", compute: "planned" },
      ...{ status: "Running", run: "run-unreadable", ...times, endedAt: undefined },
    },
    { key: "waiting", label: "The waiting one", compute: "planned" },
  ]);
  deepEqual(notices, ["Logs and outputs of 1 of 5 steps are missing: The logs are gone"]);
  deepEqual(asked.toSorted(), ["old", "run-failed", "run-silent", "run-unreadable"]);
  deepEqual([...ended], [["run-reused", reused], ["run-failed", failed], ["run-silent", silent]]);
});

Deno.test("ui reads the logs of an ended step only once", async () => {
  const { asked, history } = historyOf();
  const of: (readonly string[])[] = [];
  const outputs: RunHistory["outputs"] = (runs) => {
    of.push(runs);
    return history.outputs(runs);
  };
  const known = { status: "Completed", places: { file: "known" } };
  const ended = new Map<string, StepProgress>([["run-reused", known]]);
  const job = { steps: STEPS.slice(0, 2), history: { ...history, outputs } };
  const { steps: [reused, failed] } = await readSteps(runWith(WITH_LOG, job), { withLogs: false, ended });
  deepEqual(reused, { key: "reused", label: "The reused one", compute: "cpu", ...known });
  deepEqual([failed!.logs, failed!.nodeRuns, failed!.failure!.message], [undefined, undefined, "It failed"]);
  deepEqual([asked, of], [[], [[]]]);
});
