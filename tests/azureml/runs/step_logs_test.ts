import { deepEqual } from "node:assert/strict";
import { openStepLogs } from "../../../src/azureml/runs/follow.ts";
import type { RunHistory, StepRun } from "../../../src/azureml/runs/history.ts";
import { rangeOf, workspaceOf } from "./odd_answers.ts";

const URL_ = "https://acc.blob.core.windows.net/c/log?sig=x";

/** The log of one step, which polls read while it grows. */
function growing() {
  let text = "";
  const workspace = workspaceOf((request) => {
    const [from] = rangeOf(request)!;
    const headers = { "x-ms-version": "1" };
    if (from >= text.length) return new Response(null, { status: 416, headers });
    const range = `bytes ${from}-${text.length - 1}/${text.length}`;
    return new Response(text.slice(from), { status: 206, headers: { ...headers, "content-range": range } });
  });
  let reads = 0;
  const asked = new Set<string>();
  const history = {
    async logFiles(run: string) {
      asked.add(run);
      reads++;
      return { "user_logs/std_log.txt": URL_ };
    },
  } as unknown as RunHistory;
  const logs = openStepLogs(workspace, "job");
  const poll = async (run: Partial<StepRun>, more = "", isEnd = false) => {
    text += more;
    const runs = [{ id: "r", step: "train", status: "Running", ...run } as StepRun];
    return (await Array.fromAsync(logs.poll(history, runs, isEnd))).map((event) =>
      event.type === "log" ? event.text : event.type
    );
  };
  return { poll, asked, reads: () => reads };
}

const STARTED = { startedAt: new Date(1) };
const ENDED = { ...STARTED, status: "Completed", endedAt: new Date(2) };

Deno.test("openStepLogs() reads a step's log until one poll after the step has ended", async () => {
  const { poll, reads } = growing();
  deepEqual(await poll({ status: "Queued" }), []);
  deepEqual(reads(), 0);
  deepEqual(await poll(STARTED, "a\nb"), ["a\n"]);
  deepEqual(await poll(ENDED), []);
  deepEqual(await poll(ENDED, "c\nd"), ["bc\nd\n"]);
  deepEqual(await poll(ENDED, "e\n"), []);
  deepEqual(reads(), 3);
});
