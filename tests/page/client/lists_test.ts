import { deepEqual, equal } from "node:assert/strict";
import type { CompareView, JobRow, JobsView, PageData, ProjectView } from "../../../src/page/view.ts";
import { assertTranscript } from "../../fakes/assert_transcript.ts";
import { withPage } from "../open_page.ts";
import { simulatedComparison, simulatedJobs, simulatedProject, simulatedSchedules } from "../simulated.ts";

function jobsPage(fields: Partial<JobsView> = {}, isLive = false): PageData {
  const data = simulatedJobs();
  const { jobs, ...view } = data.view as JobsView;
  return { ...data, isLive, view: { ...view, jobs: jobs.slice(0, 8), ...fields } };
}

function job(fields: Partial<JobRow>): JobRow {
  return { name: "a_1", status: "Running", href: "/runs/a_1", createdAt: 0, ...fields };
}

function comparison(fields: Partial<CompareView> = {}, isLive = false): PageData {
  const data = simulatedComparison();
  return { ...data, isLive, view: { ...data.view as CompareView, ...fields } };
}

function projectPage(fields: Partial<ProjectView> = {}): PageData {
  const data = simulatedProject();
  return { ...data, view: { ...data.view as ProjectView, ...fields } };
}

Deno.test("page of jobs shows each job of a workspace", (t) =>
  withPage(jobsPage(), ({ shown }) => assertTranscript(t, shown(), import.meta.url)));

Deno.test("page of jobs shows each job of an emulator", (t) => {
  const { madeAt } = simulatedJobs();
  const jobs = [
    job({
      job: "train",
      displayName: "Nightly",
      steps: 9,
      completed: 3,
      failed: 2,
      createdAt: madeAt - 5000,
    }),
    job({ href: "/runs/b", displayName: "a_1", steps: 2, failed: 0, createdBy: "Ada", createdAt: madeAt }),
    job({ href: "/runs/c", job: "x", displayName: "x", status: "Completed", endedAt: 61_000 }),
    job({ href: "/runs/d", status: "Canceled" }),
  ];
  return withPage(jobsPage({ workspace: undefined, jobs }), async ({ shown, texts }) => {
    equal(texts("label").length, 0, "whose jobs they are is not known");
    await assertTranscript(t, shown(".top, main, .sr-only[aria-live]"), import.meta.url);
  });
});

Deno.test("page of jobs requests only jobs that match its filters", () => {
  const found = {
    kind: "jobs",
    workspace: "ws",
    jobs: [job({ name: "old_1" })],
    isMore: true,
  };
  const none = { ...found, jobs: [], isMore: false };
  const answer = ({ find, status }: Record<string, string>) =>
    status === "Failed" ? none : find ? found : "lost";
  return withPage({ ...jobsPage(), isLive: true }, async ({ enter, click, advance, texts, state }) => {
    await enter(".filter [type=search]", "old");
    await advance(250);
    deepEqual([state.hash, texts("tbody code"), texts(".filter > .dim")], ["#find=old", ["old_1"], [
      "1 or more",
    ]]);
    await click(".more button", "Search older jobs");
    await advance(250);
    deepEqual([state.requests.at(-1)!.find, state.requests.at(-1)!.more], ["old", "1"]);
    await enter("[aria-label='Filter jobs by status']", "Failed");
    await advance(250);
    deepEqual([state.hash, texts("main p")], ["#find=old&more=1&status=Failed", ["No job matches."]]);
  }, { answer });
});

Deno.test("page of jobs compares the selected jobs", () =>
  withPage(jobsPage(), async ({ texts, enter, outline }) => {
    const tick = (at: number, is: boolean) => enter(`tbody tr:nth-child(${at + 1}) input`, is);
    await tick(1, true);
    deepEqual(texts(".filter > *:last-child"), ["Tick another run to compare them"]);
    await tick(5, true);
    await tick(0, true);
    const chosen = "tr.chosen code, .filter a";
    deepEqual(texts(chosen).length, 4);
    equal(
      outline(".filter a"),
      'a.button[href=/compare?run=otter_5&run=otter_1&run=otter_0] "Compare 3 runs"\n',
    );
    await tick(1, false);
    equal(outline(".filter a"), 'a.button[href=/compare?run=otter_5&run=otter_0] "Compare 2 runs"\n');
    deepEqual(texts("tr.chosen code"), ["brave_otter_0x7k2m9q4zp", "kind_otter_5x7k2m9q4zp"]);
  }));

Deno.test("page of schedules shows each schedule", async (t) => {
  await withPage(simulatedSchedules(), ({ shown }) => assertTranscript(t, shown(), import.meta.url));
  const view = { kind: "schedules", workspace: "ws", schedules: [] } as const;
  await withPage(
    { ...simulatedSchedules(), view },
    ({ texts }) => deepEqual(texts("main > *"), ["The workspace has no schedules."]),
  );
});

Deno.test("page of a comparison shows its runs side by side", (t) => {
  const configuration = [{ file: "conf/base/parameters.yml", key: "rate", values: ["0.1", "0.05", null] }];
  return withPage(
    comparison({ configuration }),
    ({ shown }) => assertTranscript(t, shown(), import.meta.url),
  );
});

Deno.test("live page of a comparison links to its runs", (t) => {
  const runs = [
    { name: "a b", status: "Completed", commit: "4f2c1de0a5b64c1e9d7f", dirty: true as const },
    { name: "c", status: "Running", commit: "4f2c1de0a5b64c1e9d7f" },
  ];
  const steps = "load clean fit score plot push".split(" ").map((node) => ({
    node,
    statuses: [],
    durationsMs: [],
  }));
  const names = steps.map(({ node }) => node);
  const changes = [
    { aspect: "code", steps: names, values: ["a", "b"] },
    { aspect: "code", steps: [...names, "more"], values: ["a", null] },
    { aspect: "code", steps: names.slice(1), values: ["a".repeat(300), "b".repeat(301)] },
  ];
  return withPage(
    comparison({ runs, changes, files: [], metrics: [], steps }, true),
    ({ shown, texts }) => {
      equal(texts(".compare > section").length, 2);
      return assertTranscript(t, shown(".top, .compare > section"), import.meta.url);
    },
  );
});

Deno.test("page of a comparison can hide equal values", () => {
  const { metrics } = comparison().view as CompareView;
  const inTheMiddle = { step: "load", metric: "mae", values: [1, 2, 1] };
  return withPage(comparison({ metrics: [...metrics, inTheMiddle] }), async ({ texts, enter }) => {
    const names = (of: string) => texts(`[aria-label=${of}] tbody th`);
    await enter(".compare > .filter input", false);
    deepEqual([names("Metrics").length, names("Steps").length], [4, 3]);
    await enter(".compare > .filter input", true);
    deepEqual([names("Metrics"), names("Steps")], [["mae score", "rmse score > fold 1", "mae load"], [
      "load ",
      "fit ",
      "score ",
    ]]);
  });
});

Deno.test("page of a comparison shows changes from the chosen baseline", () =>
  withPage(comparison(), async ({ texts, enter, state }) => {
    await enter("select", "brave_otter_x7k2m9q4zp");
    equal(state.hash, "#baseline=brave_otter_x7k2m9q4zp");
    deepEqual(texts("[aria-label=Metrics] tr:first-child > *"), [
      ...["Metric", "B brave_otter_x7k2m9q4zp", "A calm_lark_1b2c3d4e5f", "C kind_heron_0a9b8c7d6e"],
      ...["mae score", "1.5 ", "1.73998 ▲ 16 %", "–"],
    ]);
  }));

for (const tab of ["graph", "steps", "catalog", "parameters"]) {
  Deno.test(`page of pipelines shows their ${tab}`, (t) =>
    withPage(projectPage(), async ({ shown, click, state }) => {
      await click(`#tab-${tab}`);
      equal(state.hash, `#tab=${tab}`);
      await assertTranscript(t, shown(), import.meta.url);
    }));
}

Deno.test("page of pipelines opens the pipeline in its URL", async () => {
  await withPage(projectPage(), async ({ enter, texts, state, find }) => {
    await enter("select", "training");
    equal(state.hash, "#tab=steps&pipeline=training");
    deepEqual(texts("tbody .col-name"), ["split", "fit", "score"]);
    equal((find("select") as HTMLSelectElement).value, "training");
  }, { hash: "#tab=steps&step=clean" });
  await withPage(projectPage(), ({ texts }) => {
    deepEqual(texts("tbody .col-name"), ["split", "fit", "score"]);
  }, { hash: "#tab=steps&pipeline=training" });
});

Deno.test("page of pipelines opens the clicked node", (t) =>
  withPage(projectPage(), async ({ click, shown, state, find }) => {
    await click("tbody button", "fit");
    equal(state.hash, "#tab=steps&step=fit");
    equal(find("tr.chosen button").getAttribute("aria-pressed"), "true");
    await assertTranscript(t, shown(".panel"), import.meta.url);
  }, { hash: "#tab=steps" }));
