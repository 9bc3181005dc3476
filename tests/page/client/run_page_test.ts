import { deepEqual, equal } from "node:assert/strict";
import type { PageData, RunView, StepView } from "../../../src/page/view.ts";
import { assertTranscript } from "../../fakes/assert_transcript.ts";
import { withPage } from "../open_page.ts";
import { simulatedRun } from "../simulated.ts";

/** A run of nine steps, one of which failed, with other fields than usual. */
function failedRun(fields: Partial<RunView> = {}): PageData {
  const data = simulatedRun(9, { isOver: true });
  return { ...data, view: { ...data.view as RunView, ...fields } };
}

/** The same run, whose steps have other fields than usual. */
function withSteps(fieldsOf: (step: StepView, at: number) => Partial<StepView>): PageData {
  const { steps } = simulatedRun(9, { isOver: true }).view as RunView;
  return failedRun({ steps: steps.map((step, at) => ({ ...step, ...fieldsOf(step, at) })) });
}

for (const tab of ["graph", "steps", "overview", "results", "changes"]) {
  Deno.test(`page of a failed run shows its ${tab}`, (t) =>
    withPage(failedRun(), async ({ shown, click, state }) => {
      await click(`#tab-${tab}`);
      equal(state.hash, `#tab=${tab}&step=evaluate_stations_5`);
      await assertTranscript(t, shown("#view"), import.meta.url);
    }));
}

Deno.test("page of a running job shows its steps", (t) =>
  withPage(simulatedRun(9), async ({ shown, click }) => {
    await click("#tab-steps");
    await assertTranscript(t, shown("tbody"), import.meta.url);
  }));

Deno.test("bars of steps start at the submission of the job", async (t) => {
  const axes: (readonly string[])[] = [];
  const start = failedRun().madeAt;
  for (
    const [step, run] of [
      [{ startedAt: start, endedAt: start + 100 }, { createdAt: start, endedAt: start + 100 }],
      [{ startedAt: start, endedAt: start + 20_000 }, { createdAt: start - 5000, endedAt: start + 7000 }],
      [{ startedAt: start, endedAt: start + 500 }, { createdAt: undefined, endedAt: undefined }],
      [{ startedAt: start - 9000, endedAt: undefined }, { createdAt: undefined, endedAt: undefined }],
      [{ queuedAt: start - 4000, startedAt: start - 2000, endedAt: start }, {
        createdAt: undefined,
        endedAt: start,
      }],
    ] as const
  ) {
    const none = { queuedAt: undefined, startedAt: undefined, endedAt: undefined };
    const data = withSteps((_, at) => at === 0 ? { ...none, ...step } : none);
    await withPage({ ...data, view: { ...data.view as RunView, ...run } }, ({ texts, find }) => {
      const styles = [...find("tbody tr:first-child .bars").children].map((bar) =>
        `${bar.className} ${bar.getAttribute("style")}`
      );
      axes.push([...texts(".scale > *, tbody .sr-only"), ...styles]);
    }, { hash: "#tab=steps" });
  }
  await assertTranscript(t, axes.map((lines) => `${lines.join("\n")}\n`).join("\n"), import.meta.url);
});

Deno.test("page of a failed run opens at the failed step", (t) =>
  withPage(failedRun(), async ({ shown }) => {
    await assertTranscript(
      t,
      shown(".top, .tabs, main > aside, .page > .sr-only, footer"),
      import.meta.url,
    );
  }));

Deno.test("panel of a step shows all its details", (t) => {
  const files = [
    { path: "a.csv", sizeBytes: 48_000, isCut: true, text: 'day,"rides, all"\nMon,7\n' },
    { path: "plot.png", sizeBytes: 95, data: "data:image/png;base64,AA" },
    { path: "a.JSON", sizeBytes: 1_500_000, text: ' {"a":1}' },
    { path: "a.txt", sizeBytes: 3, text: "[1]" },
  ];
  const data = withSteps(({ key, tracked = [] }) =>
    key !== "train_holidays_4" ? {} : {
      label: "training.fit",
      reusedFrom: "calm_lark_1",
      tags: ["slow", "gpu"],
      source: "src/bikes/nodes.py:7",
      code: "def fit(rides):\n    return rides\n",
      nodes: ["fit", "score", "plot"],
      nodeRuns: [{ name: "fit", status: "Completed", durationMs: 1500 }, {
        name: "score",
        status: "Running",
      }],
      inputs: [
        { name: "params:rate", port: "rate", type: "number", value: "0.05" },
        { name: "rides", value: '{"rows":[1,2]}' },
        { name: "weather", type: "uri_folder", from: "gone" },
      ],
      outputs: [{ name: "model", port: "out", type: "uri_file" }, { name: "plot" }],
      places: { out: `azureml://datastores/blob/paths/${"long/".repeat(20)}` },
      tracked: [...tracked, { metrics: [], params: [["seed", "7"]], files }],
      failure: { message: "It `broke`.", place: "src/bikes/nodes.py:8 in fit" },
      variables: [],
    }
  );
  return withPage(data, async ({ shown, click, state }) => {
    await assertTranscript(t, shown(".panel"), import.meta.url);
    await click("[aria-label='Copy the code']");
    equal(state.copied, "def fit(rides):\n    return rides\n");
    await click(".ports .copyable button");
    equal(state.copied, `azureml://datastores/blob/paths/${"long/".repeat(20)}`);
  }, { hash: "#tab=steps&step=train_holidays_4" });
});

Deno.test("panel of a step without logs and outputs says so", (t) => {
  const nothing = {
    inputs: [],
    outputs: [],
    facts: [],
    needs: ["gone"],
    nodes: ["load_rides"],
    logs: [],
    variables: [],
    command: undefined,
  };
  const data = withSteps((_, at) => at === 0 ? nothing : { needs: [] });
  return withPage(data, async ({ shown }) => {
    await assertTranscript(t, shown(".panel"), import.meta.url);
  }, { hash: "#tab=steps&step=load_rides_0" });
});

Deno.test("panel of a step opens previews of a few files", () =>
  withPage(failedRun(), ({ outline }) => {
    equal(
      outline(".previews details").match(/^details.*/gm)?.join(),
      "details[open=true]",
    );
  }, { hash: "#step=join_prices_2" }));

Deno.test("preview of a file counts the rows not shown", () => {
  const files = [{ path: "rides.csv", text: "station,rides\n" + "A,1\n".repeat(258) }];
  const tracked = [{ metrics: [], params: [], files }];
  return withPage(withSteps((_, at) => at === 0 ? { tracked } : {}), ({ texts }) => {
    deepEqual([texts(".previews tbody tr").length, texts(".previews p")], [100, ["and 158 more rows"]]);
  }, { hash: "#tab=results" });
});

Deno.test("page of a run shows only known facts", async (t) => {
  const name = {
    job: "train",
    displayName: "Nightly",
    notices: ["No logs of a step."],
    description: undefined,
  };
  const bare = { displayName: undefined, experiment: undefined, workspace: undefined, createdAt: undefined };
  const none = { steps: [], tags: [], outputs: [], changes: undefined, studioUrl: "http://ml.azure.com" };
  const heads: string[] = [];
  for (const fields of [name, { ...name, displayName: "train" }, { ...bare, ...none, failure: undefined }]) {
    await withPage(
      failedRun(fields),
      ({ shown }) => void heads.push(shown(".top .headline, .top > .meta, .note, .tabs")),
    );
  }
  await assertTranscript(t, heads.join("\n"), import.meta.url);
});

Deno.test("page of a failed run links to the failed steps", async () => {
  const failure = { message: "Exit code 1", exception: "\nKeyError: 'x'\nmore" };
  const data = withSteps((_, at) => at < 8 ? { status: "Failed", failure } : {});
  await withPage(data, async ({ texts, click, state }) => {
    deepEqual(texts(".top .callout"), [], "the panel says why");
    deepEqual(texts(".top .actions > *").map((text) => text.trim()), [
      "clean-model-1",
      "join-prices-2",
      "split-features-3",
      "train-holidays-4",
      "evaluate-stations-5",
      "and 2 more failed",
    ]);
    await click("#tab-results");
    await click(".top .chip.failed", "join-prices-2");
    equal(state.hash, "#tab=steps&step=join_prices_2");
    deepEqual(texts(".top .message"), ["\nKeyError: 'x'\nmore"]);
    await click(".top .actions .chip", "Show the step");
    equal(state.hash, "#tab=steps&step=load_rides_0");
    await click("#tab-graph");
    await click(".top .chip.failed", "join-prices-2");
    equal(state.hash, "#tab=graph&step=join_prices_2");
  });
  const job = failedRun({ steps: [], failure: { message: "The image cannot be built." } });
  await withPage(
    job,
    ({ texts }) =>
      deepEqual(texts(".callout > div > *, .counts"), ["Why the job failed", "The image cannot be built."]),
  );
});

Deno.test("page of a run has the name of its job in azureml.yml as title", async () => {
  const titles: string[] = [];
  for (const fields of [{ job: "train" }, {}, { displayName: undefined }]) {
    await withPage(failedRun(fields), ({ texts }) => void titles.push(...texts("h1")));
  }
  deepEqual(titles, ["train", "bikes, 9 steps", "brave_otter_x7k2m9q4zp"]);
});

Deno.test("page of a run counts its steps by status", async () => {
  const statuses = [
    "Completed",
    "Failed",
    "Canceled",
    "NotRun",
    "Running",
    "Queued",
    undefined,
    "Skipped",
    "Failed",
  ];
  const data = withSteps((_, at) => ({ status: statuses[at] }));
  await withPage(data, async ({ texts, click }) => {
    deepEqual(texts(".counts .chip").map((text) => text.trim()), [
      "1 completed",
      "2 failed",
      "3 canceled or not run or skipped",
      "1 running",
      "1 queued",
      "1 waiting",
    ]);
    await click("#tab-steps");
    await click(".counts .chip", "2 failed");
    deepEqual(texts("tbody .col-name"), ["clean-model-1", "export-metrics-8"]);
    deepEqual(texts(".filter > span"), ["2 of 9"]);
    deepEqual(texts("[aria-pressed=true].chip").map((text) => text.trim()), ["2 failed"]);
    await click(".counts .chip", "2 failed");
    equal(texts("tbody tr").length, 9);
  });
  const canceled = withSteps(() => ({ status: "Canceled" }));
  await withPage(canceled, ({ texts }) => deepEqual(texts(".counts")[0]!.trim(), "9 canceled"));
});

Deno.test("filter finds steps by text", () =>
  withPage(failedRun(), async ({ texts, enter, send, state, find, click }) => {
    await click("#tab-steps");
    await enter(".filter input[type=search]", " TRAIN ");
    deepEqual(texts("tbody .col-name"), ["train-holidays-4"]);
    deepEqual([texts(".filter > span"), texts(".filter .chip")], [["1 of 9"], []]);
    await send(".filter input[type=search]", "keydown", { key: "a" });
    equal(state.hash, "#tab=steps&step=evaluate_stations_5");
    await send(".filter input[type=search]", "keydown", { key: "Enter" });
    equal(state.hash, "#tab=steps&step=train_holidays_4");
    deepEqual([state.focused, find("tr.chosen").textContent!.slice(0, 16)], [
      "train-holidays-4",
      "train-holidays-4",
    ]);
    await enter(".filter input[type=search]", "no such");
    deepEqual(texts("#view > .empty"), ["No step matches the filter."]);
    await click("#tab-overview");
    equal(texts(".filter").length, 0);
  }));

Deno.test("clicked step opens in the panel", () =>
  withPage(failedRun(), async ({ texts, click, send, state, find }) => {
    await click("#tab-steps");
    find("tbody button", "join-prices-2").focus();
    await click("tbody button", "join-prices-2");
    deepEqual([state.hash, state.focused], ["#tab=steps&step=join_prices_2", "join-prices-2"]);
    deepEqual(texts(".panel h2"), ["join-prices-2"]);
    find(".panel h2").focus();
    await click(".ports button", "load-rides-0");
    deepEqual([texts(".panel h2"), state.focused], [["load-rides-0"], "load-rides-0"]);
    await send(".panel", "keydown", { key: "Enter" });
    deepEqual(texts(".panel h2"), ["load-rides-0"]);
    await send(".panel", "keydown", { key: "Escape" });
    deepEqual([texts(".panel"), state.hash, state.focused], [[], "#tab=steps", "join-prices-2"]);
    equal(find("main").className, "bench");
  }));

Deno.test("metrics link to their steps", () =>
  withPage(failedRun(), async ({ click, state, texts }) => {
    await click("#tab-results");
    equal(texts(".panel").length, 0, "a panel is beside steps only");
    await click(".metrics button", "train-holidays-4 > fold 1");
    equal(state.hash, "#tab=steps&step=train_holidays_4");
  }));

Deno.test("narrow page of a run shows the steps first", () =>
  withPage(failedRun(), ({ texts, find }) => {
    equal(find("[role=tab][aria-selected=true]").id, "tab-steps");
    equal(texts(".panel").length, 0);
  }, { width: 720 }));

Deno.test("wide page of a run shows the graph with the selected step", () =>
  withPage(failedRun({ selected: "join_prices_2" }), ({ texts, find }) => {
    equal(find("[role=tab][aria-selected=true]").id, "tab-graph");
    deepEqual(texts(".panel h2"), ["join-prices-2"]);
    deepEqual(texts(".node.chosen .name"), ["join-prices-2"]);
  }, { width: 721 }));

Deno.test("page opens the tab and step in its URL", () =>
  withPage(failedRun(), async ({ click, texts, tell, state }) => {
    state.hash = "#tab=steps&step=load_rides_0";
    await tell("popstate");
    deepEqual([texts(".panel h2"), texts("tbody tr").length], [["load-rides-0"], 9]);
    state.hash = "";
    await tell("popstate");
    deepEqual([texts(".panel h2"), texts("#view .graph").length], [["evaluate-stations-5"], 1]);
    await click("#tab-steps");
    await click(".col-name button", "load-rides-0");
    equal(state.stops, 2, "Back leads to the tab and the step shown before");
  }));

Deno.test("arrow keys move from the last tab to the first", () =>
  withPage(failedRun(), async ({ send, find, state }) => {
    const chosen = () => find("[aria-selected=true][role=tab]").id;
    const press = async (key: string, fields: object = {}) => {
      const isHandled = await send("[role=tablist]", "keydown", { key, ...fields });
      return [chosen(), isHandled];
    };
    deepEqual(await press("ArrowLeft"), ["tab-overview", true]);
    equal(state.focused, "Overview");
    deepEqual(await press("ArrowLeft"), ["tab-changes", true]);
    deepEqual(await press("ArrowRight"), ["tab-overview", true]);
    deepEqual(await press("ArrowRight"), ["tab-graph", true]);
    deepEqual(await press("ArrowRight"), ["tab-steps", true]);
    deepEqual(await press("End"), ["tab-changes", true]);
    deepEqual(await press("Home"), ["tab-overview", true]);
    deepEqual(await press("x"), ["tab-overview", false]);
    for (const key of ["altKey", "ctrlKey", "metaKey"]) {
      deepEqual(await press("ArrowRight", { [key]: true }), ["tab-overview", false]);
    }
  }));

Deno.test("steps are sorted by the clicked column", () => {
  const used = [3, undefined, 1, 2];
  const data = withSteps((_, at) => ({
    usage: used[at] === undefined ? undefined : { peakBytes: used[at]! * 1000, cpuMs: 1 },
    compute: at === 2 ? undefined : `cpu-${9 - at}`,
    ...(at === 8 && { label: "ZULU", nodes: ["a", "b"] }),
  }));
  return withPage(data, async ({ click, texts, outline }) => {
    const orders: Record<string, string> = {};
    const note = (name: string) => {
      const arrow = texts("thead [aria-sort] button").join().at(-1)!;
      equal(
        outline("[aria-sort]").includes(`[aria-sort=${arrow === "↑" ? "ascending" : "descending"}]`),
        true,
      );
      orders[`${name} ${arrow}`] = texts("tbody .col-name > button").map((name) => /\d$|ZULU/.exec(name))
        .join(" ");
      return arrow;
    };
    await click("#tab-steps");
    note("Started");
    for (const name of ["Step", "Status", "Duration", "Started", "Peak memory", "Compute"]) {
      await click("thead button", name);
      await click("thead button", `${name} ${note(name)}`);
      note(name);
    }
    deepEqual(orders, {
      "Started ↑": "0 1 2 4 3 5 6 7 ZULU",
      "Step ↑": "1 5 2 0 6 7 3 4 ZULU",
      "Step ↓": "ZULU 4 3 7 6 0 2 5 1",
      "Status ↑": "ZULU 0 1 2 3 4 6 7 5",
      "Status ↓": "5 0 1 2 3 4 6 7 ZULU",
      "Duration ↓": "5 4 3 2 7 1 6 0 ZULU",
      "Duration ↑": "ZULU 0 6 1 7 2 3 4 5",
      "Started ↓": "ZULU 7 6 5 3 4 2 1 0",
      "Peak memory ↓": "0 3 2 1 4 5 6 7 ZULU",
      "Peak memory ↑": "1 4 5 6 7 ZULU 2 3 0",
      "Compute ↑": "2 ZULU 7 6 5 4 3 1 0",
      "Compute ↓": "0 1 3 4 5 6 7 ZULU 2",
    });
  });
});

Deno.test("table of steps leaves out columns without different values", () => {
  const unknown = { startedAt: undefined, queuedAt: undefined, usage: undefined };
  return withPage(
    withSteps((_, at) =>
      at < 2 ? { ...unknown, nodes: ["a", "b", "c"] } : { usage: undefined, compute: "cpu" }
    ),
    async ({ click, texts }) => {
      await click("#tab-steps");
      deepEqual(texts("thead th").map((head) => head.trim().replace(/^Timeline.*/, "Timeline")), [
        "Step",
        "Status",
        "Duration",
        "Timeline",
        "Started ↑",
        "Compute",
      ]);
      const rows = texts("tbody tr");
      deepEqual([rows[0], rows.at(-1)], [
        "join-prices-2 Completed7.4 swaited 1.4 s6:00:09 AMcpu",
        "export-metrics-8 Canceled––cpu",
      ]);
    },
  );
});

Deno.test("printed page has steps, metrics and logs", (t) => {
  const lines = Array.from({ length: 70 }, (_, at) => `\x1b[31mline ${at}\x1b[0m\n`).join("");
  const logs = [{ name: "a", text: lines }, { name: "b", text: "another log" }];
  const data = withSteps(({ status }) => status === "Failed" ? { logs } : {});
  return withPage(data, async ({ tell, shown, texts }) => {
    await tell("beforeprint");
    deepEqual(texts(".printed h2").slice(0, 2), ["Steps", "Metrics"]);
    equal(texts(".printed table.steps tbody tr").length, 9);
    equal(texts(".printed table.metrics tbody tr").length, 4);
    equal(texts(".printed .bar").length, 16);
    await assertTranscript(t, shown(".printed > div:last-child"), import.meta.url);
    await tell("afterprint");
    equal(texts(".printed").length, 0);
  });
});

Deno.test("parameters like numbers are shown as typed", () => {
  const inputs = ["1e3", "[1]", "[x", '{"a": 1}'].map((value, at) => ({ name: `p${at}`, value }));
  return withPage(withSteps((_, at) => at === 5 ? { inputs } : {}), ({ texts }) => {
    deepEqual(texts(".panel .ports .value"), ["1e3", "[\n  1\n]", "[x", '{\n  "a": 1\n}']);
  });
});

Deno.test("copy button says Copied for 1.5 s", () =>
  withPage(failedRun(), async ({ click, advance, texts, state }) => {
    await click(".top .copyable button");
    deepEqual([state.copied, texts(".top .copyable button")], ["brave_otter_x7k2m9q4zp", ["Copied"]]);
    await advance(1499);
    deepEqual(texts(".top .copyable button"), ["Copied"]);
    await advance(1);
    deepEqual(texts(".top .copyable button"), ["Copy"]);
    await click("[aria-label='Copy the command']");
    equal(state.copied?.startsWith("kedro azureml execute"), true);
  }));
