import { firstGraph } from "../../src/page/graph_model.ts";
import type { CompareView, JobsView, PageData, RunView, StepView } from "../../src/page/view.ts";
import { type BrowserOptions, type OpenPage, withPage } from "./open_page.ts";
import {
  simulatedComparison,
  simulatedJobs,
  simulatedProject,
  simulatedRun,
  simulatedSchedules,
} from "./simulated.ts";

/** A step with everything that a page can show of a step. */
const FULL: Partial<StepView> = {
  failure: {
    message: "It failed.",
    exception: "ValueError: no",
    place: "src/a.py:5 in f",
    causedBy: "KeyError: 1",
    hint: "Run `a`",
  },
  logs: ["a.txt", "b.txt"].map((name) => ({
    name,
    text: "ERROR node\nWARNING\n" +
      '  File "/v/lib/python3.12/site-packages/a/b.py", line 7, in f\n'.repeat(3),
  })),
  nodes: ["first", "second"],
  nodeRuns: [{ name: "first", status: "Completed", durationMs: 2000 }],
  tracked: [
    {
      metrics: [{ name: "mae", value: 1, count: 9, min: 1, max: 3, curve: [0, 3, 1, 2, 2, 1] }],
      params: [["a", "1"]],
      note: "<ul><li>A note.</li></ul>",
      files: [
        { path: "a.csv", sizeBytes: 9, text: "a,b\n1,2\n" },
        { path: "a.txt", sizeBytes: 9, text: "words" },
        { path: "a.png", sizeBytes: 9, data: "data:image/png;base64,AA==" },
        { path: "a.html", sizeBytes: 9, text: "<p>words" },
      ],
    },
    ...[1, 2, 3, 4, 5, 6].map((fold) => ({
      nested: `fold ${fold}`,
      metrics: [{ name: "mae", value: fold, count: 3, min: 1, max: fold + 1, curve: [0, 3, 1, 2, 2, fold] }],
      params: [],
    })),
  ],
  sizes: { out: 2048 },
  places: { out: "azureml://datastores/a/paths/b" },
  usage: { peakBytes: 1, cpuMs: 1 },
  source: "src/a.py:1",
  code: "def f(): pass",
};

/** A run of nine steps, whose failed step has everything that a page can show of a step. */
export function fullRun(): PageData {
  const data = simulatedRun(9, { isOver: true });
  const view = data.view as RunView;
  const steps = view.steps.map((step) => ({ ...step, ...(step.status === "Failed" && FULL) }));
  return { ...data, view: { ...view, notices: ["Some logs could not be read."], steps } };
}

/** The comparison of three runs, with changes of configuration. */
export function fullComparison(): PageData {
  const { view, ...data } = simulatedComparison();
  const configuration = [{ file: "conf/base/catalog.yml", key: "a", values: ["1", "2", null] }];
  const datasets = [{ step: "load", dataset: "rides", bytes: [1000, 2000, null] }];
  return {
    ...data,
    isLive: true,
    view: {
      ...view as CompareView,
      configuration,
      datasets,
      tracked: [FULL.tracked ?? [], FULL.tracked ?? [], []].map((all) =>
        all.map((view) => ({ ...view, label: "load" }))
      ),
    },
  };
}

/** The jobs of an emulator, which knows their steps. */
export function emulatedJobs(): PageData {
  const { view, ...data } = simulatedJobs();
  const jobs = (view as JobsView).jobs.slice(0, 5).map((job) => ({ ...job, steps: 3, failed: 1 }));
  return { ...data, isLive: true, view: { kind: "jobs", jobs, isMore: true } };
}

/** Shows pages one after the other, and keeps what each shows. @returns Elements with the page in them. */
async function kept(
  shown: readonly (readonly [PageData, BrowserOptions?, ((page: OpenPage) => Promise<void>)?])[],
): Promise<readonly Element[]> {
  const pages: Element[] = [];
  for (const [data, options, act] of shown) {
    await withPage(data, async (page) => {
      await act?.(page);
      pages.push(page.find(".page").parentElement!.cloneNode(true) as Element);
    }, options);
  }
  return pages;
}

/** Pages that show, taken together, what a page can show. */
export function everyPage(): Promise<readonly Element[]> {
  const tab = (id: string, step = "") => ({ hash: `#tab=${id}&step=${step}` });
  const grouped = fullRun();
  const { steps, ...view } = grouped.view as RunView;
  const inSpaces = steps.map((step, at) => ({
    ...step,
    label: at < 5 ? `train.n${at}` : `space_${at}.${step.label}`,
  }));
  const completed = {
    ...view,
    status: "Completed",
    steps: steps.map((step) => ({ ...step, status: "Completed" })),
  };
  const stale = simulatedRun(9);
  const log = { files: ["a.txt"], file: "a.txt", text: "a", next: 1, skippedBytes: 0 };
  const answer = ({ part }: Record<string, string>) => part === "log" ? log : "lost";
  return kept([
    [simulatedJobs(), {}, (page) => page.enter("tbody tr:first-child input", true)],
    [emulatedJobs()],
    [{ ...emulatedJobs(), view: { kind: "jobs", jobs: [], isMore: false } }],
    [simulatedSchedules()],
    [fullComparison()],
    ...["steps", "catalog", "parameters"].map((id) => [simulatedProject(), tab(id)] as const),
    [fullRun(), tab("steps", "clean_model_1")],
    ...["overview", "results", "changes"].map((id) => [fullRun(), tab(id)] as const),
    [simulatedRun(9), tab("steps", "export_metrics_8")],
    [simulatedRun(9), tab("graph", "load_rides_0"), (page) => page.click(".chip.completed")],
    [fullRun(), { hash: "" }, async (page) => {
      await page.tell("beforeprint");
      await page.enter(".find input", "node");
    }],
    [{ ...grouped, view: completed }, { hash: "" }, (page) => page.tell("beforeprint")],
    [fullRun(), tab("steps", "evaluate_stations_5"), async (page) => {
      await page.click(".log-bar button[aria-pressed]");
      await page.enter(".log-bar label input", true);
    }],
    [{ ...grouped, view: { ...view, steps: inSpaces, graph: firstGraph(inSpaces) } }],
    [
      { ...grouped, view: { ...view, steps: inSpaces, graph: { ...firstGraph(inSpaces), open: [] } } },
      {},
      (page) => page.enter(".toggles input", true),
    ],
    [simulatedRun(60), {}, async (page) => {
      for (let times = 0; times < 2; times++) await page.click("[aria-label='Zoom out']");
    }],
    [simulatedRun(120), {}, async (page) => {
      for (let times = 0; times < 9; times++) await page.click("[aria-label='Zoom out']");
      await page.enter(".filter input[type=search]", "load");
    }],
    [{ ...stale, isLive: true }, { ...tab("steps", "load_rides_0"), answer }, (page) => page.advance(5000)],
  ]);
}
