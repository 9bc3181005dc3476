import { deepEqual, equal } from "node:assert/strict";
import { readSteps } from "../../../src/app/report/read_steps.ts";
import type { JobRuns } from "../../../src/azureml/service/history/job_runs.ts";
import type { RunHistory } from "../../../src/azureml/service/history/run_history.ts";
import { rangeOf, workspaceOf } from "../../azureml/service/history/odd_answers.ts";

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
    outputsOf: async () => new Map(),
  } as unknown as RunHistory;
  const steps = statuses.map((status, at) => ({
    ...{ key: `${at}`, label: `${at}`, needs: [], compute: undefined },
    run: { id: `${at}`, step: `${at}`, status, startedAt: new Date(0), endedAt: new Date(1) },
  })) as unknown as JobRuns["steps"];
  const read = await readSteps(workspace, { steps, history }, { withLogs: true });
  deepEqual(read.notices, []);
  return read.steps.map(({ logs = [] }) => logs.reduce((sum, { text }) => sum + text.length, 0));
}

/** Whether a log has as many bytes as it may, except for parts of lines and the line that says what is left out. */
function isAbout(bytes: number, most: number): boolean {
  return bytes <= most && bytes > most - 300;
}

Deno.test("readSteps() reads up to 64 kB of logs of a step, or 256 kB of a failed step", async () => {
  const [failed, completed] = await logBytes(["Failed", "Completed"]);
  deepEqual([isAbout(failed!, 256_000), isAbout(completed!, 64_000)], [true, true]);
});

Deno.test("readSteps() reads at most 8 MB of logs in total, of which failed steps get half", async () => {
  const all = await logBytes([...Array(40).fill("Failed"), ...Array(125).fill("Completed")]);
  deepEqual([isAbout(all[0]!, 100_000), isAbout(all.at(-1)!, 32_000)], [true, true]);
  equal(all.reduce((sum, bytes) => sum + bytes) <= 8_000_000, true);
  const many = await logBytes(Array(1000).fill("Failed"));
  equal(isAbout(many[0]!, 4000), true);
});

Deno.test("readSteps() reads equal parts of several logs of one step", async () => {
  const [bytes] = await logBytes(["Completed"], 100);
  equal(bytes! <= 64_000 && bytes! > 30_000, true);
});
