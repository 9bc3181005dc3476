import { deepEqual, equal } from "node:assert/strict";
import type { JobsView, PageData, RunState, RunView } from "../../../src/page/view.ts";
import { parseData } from "../../../src/page/widgets/polling.ts";
import { type BrowserOptions, withPage } from "../open_page.ts";
import { simulatedJobs, simulatedRun } from "../simulated.ts";

/** A run without a failed step, whose log the page would read. */
function liveRun(fields: Partial<RunView> = {}): PageData {
  const data = simulatedRun(9);
  const view = data.view as RunView;
  const steps = view.steps.map((step) => step.status === "Failed" ? { ...step, status: "Completed" } : step);
  return { ...data, isLive: true, view: { ...view, steps, ...fields } };
}

const STATE: RunState = { status: "Running", steps: {} };
const ASKED = { wsid: "w", part: "state", cache: "no-store" };

Deno.test("live page of a run asks for its state until the run has ended", () => {
  const answers: (RunState | string)[] = [
    STATE,
    "The emulator has ended.",
    { ...STATE, steps: { report_forecast_6: { status: "Completed", endedAt: 0 } } },
    { ...STATE, status: "Completed", endedAt: 1 },
  ];
  return withPage(liveRun(), async ({ texts, advance, state }) => {
    const seen =
      () => [state.requests.length, ...texts(".headline .status, .live"), ...texts(".sr-only[aria-live]")];
    deepEqual(texts("nav a"), ["← All jobs"]);
    deepEqual(texts("footer"), []);
    await advance(999);
    deepEqual(seen(), [0, " Running", "Live", ""]);
    await advance(1);
    deepEqual(seen(), [1, " Running", "Live", ""]);
    await advance(1000);
    deepEqual(seen(), [2, " Running", "Lost contact: The emulator has ended.", ""]);
    await advance(1000);
    deepEqual(seen(), [3, " Running", "Live", "Step report-forecast-6: Completed"]);
    await advance(1000);
    deepEqual(seen(), [4, " Completed", "Step export-metrics-8: Not run. Job: Completed"]);
    await advance(60_000);
    equal(state.requests.length, 4);
    deepEqual(state.requests[3], ASKED);
  }, { answer: () => answers.shift()! });
});

Deno.test("live page announces changed steps", () => {
  const keys = (liveRun().view as RunView).steps.map(({ key }) => key);
  const failed = (count: number) =>
    Object.fromEntries(keys.slice(0, count).map((key) => [key, { status: "Failed" }]));
  const answers: RunState[] = [{ ...STATE, steps: failed(3) }, { ...STATE, steps: failed(7) }, STATE];
  return withPage(liveRun(), async ({ texts, advance }) => {
    const said: string[] = [];
    for (let turn = 0; turn < 3; turn++) {
      await advance(1000);
      said.push(texts(".sr-only[aria-live]")[0]!);
    }
    deepEqual(said, [
      "Step load-rides-0: Failed. Step clean-model-1: Failed. Step join-prices-2: Failed",
      "4 steps changed",
      "4 steps changed",
    ]);
  }, { answer: () => answers.shift()! });
});

Deno.test("page of a finished run shows when it was written", () => {
  const run = liveRun({ createdAt: liveRun().madeAt - 3000 });
  return withPage({ ...run, isLive: false }, async ({ texts, advance, state }) => {
    await advance(9000);
    deepEqual([texts(".meta li").slice(-2), state.requests, texts(".live")], [
      ["duration 3 s", "as of Jan 31, 2026, 6:01:10 AM UTC"],
      [],
      [],
    ]);
  });
});

Deno.test("live page asks for its state when it is visible again", () =>
  withPage(liveRun(), async ({ advance, state, tell }) => {
    const count = () => state.requests.length;
    await tell("visibilitychange", false);
    await advance(5000);
    equal(count(), 0, "nobody sees it");
    await tell("visibilitychange", true);
    await advance(0);
    equal(count(), 1);
    await advance(999);
    equal(count(), 1);
    await tell("online");
    await advance(0);
    equal(count(), 2);
    await advance(1000);
    equal(count(), 3);
  }, { answer: () => STATE }));

Deno.test("live page waits for a slow server before it asks again", () => {
  const answer: BrowserOptions["answer"] = () => STATE;
  return withPage(liveRun(), async ({ advance, state, tell }) => {
    await advance(1000);
    equal(state.requests.length, 1);
    await tell("online");
    await advance(499);
    equal(state.requests.length, 1, "it waits for the answer");
    await advance(1);
    await advance(1999);
    equal(state.requests.length, 1, "four times as long as the answer took");
    await advance(1);
    equal(state.requests.length, 2);
  }, { answer, answerMs: 500 });
});

Deno.test("live page says that a server does not answer", () =>
  withPage(liveRun(), async ({ advance, texts, find }) => {
    await advance(1000);
    deepEqual(texts(".live"), ["Lost contact: The server does not answer"]);
    equal(find(".live").getAttribute("role"), "status", "screen readers say it, too");
  }, {
    answer() {
      throw new TypeError("Failed to fetch");
    },
  }));

Deno.test("live page of jobs asks for new jobs", () => {
  const data = simulatedJobs();
  const view = { ...data.view as JobsView, jobs: (data.view as JobsView).jobs.slice(0, 1) };
  const job = { ...view.jobs[0]!, name: "new", displayName: undefined, status: "NotStarted" };
  return withPage({ ...data, isLive: true, view }, async ({ advance, texts, state }) => {
    await advance(1000);
    deepEqual(texts("tbody code, .sr-only[aria-live], .live"), ["Live", "new", "Job new: Not started"]);
    await advance(1000);
    deepEqual(state.requests, [ASKED, ASKED]);
  }, { answer: () => ({ ...view, jobs: [job] }) });
});

Deno.test("filter of a live page searches logs", () =>
  withPage(liveRun(), async ({ enter, click, texts, state }) => {
    await click("#tab-steps");
    equal(texts(".filter .chip").length, 0);
    await enter(".filter [type=search]", "Station x");
    deepEqual([texts("tbody tr"), texts(".filter .chip")], [[], ["Search the logs, too"]]);
    await click(".filter .chip", "Search the logs, too");
    deepEqual(state.requests.at(-1), { ...ASKED, part: "search", text: "Station x" });
    deepEqual([texts("tbody .col-name"), texts(".filter .chip")], [["clean-model-1"], []]);
    await enter(".filter [type=search]", "Station");
    deepEqual([texts("tbody tr").length, texts(".filter .chip")], [7, ["Search the logs, too"]]);
  }, { answer: ({ part }) => part === "search" ? { steps: ["clean_model_1"] } : STATE }));

Deno.test("live page shows new metrics and statuses", () => {
  const data = simulatedRun(120);
  const view = data.view as RunView;
  const steps = view.steps.map((step) => ({
    ...step,
    status: "Running",
    tracked: undefined,
    failure: undefined,
  }));
  const tracked = [{ metrics: [{ name: "mae", value: 0.5 }], params: [] }];
  const answers: RunState[] = [{ ...STATE, steps: { load_rides_0: { status: "Completed", tracked } } }];
  return withPage(
    { ...data, isLive: true, view: { ...view, steps } },
    async ({ advance, texts }) => {
      const seen = () => [
        texts("#tab-results").length,
        texts(".node.completed").length,
      ];
      deepEqual(seen(), [0, 0]);
      await advance(1000);
      deepEqual(seen(), [1, 1]);
    },
    { answer: () => answers.shift() ?? STATE },
  );
});

Deno.test("page replaces characters that change the direction of text", () => {
  const turning = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069";
  deepEqual(parseData(JSON.stringify({ a: `x${turning}y\u2029\u2065` })), {
    a: `x${"\ufffd".repeat(9)}y\u2029\u2065`,
  });
});
