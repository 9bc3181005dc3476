import { deepEqual, equal, rejects } from "node:assert/strict";
import {
  mainMetrics,
  type MetricValue,
  openTracking,
  readJobMetrics,
  readMainMetrics,
  type StepMetrics,
} from "../../../src/azureml/runs/metrics.ts";
import type { RunHistory } from "../../../src/azureml/runs/history.ts";
import { workspaceOf } from "./odd_answers.ts";

const API = "https://eastus.api.azureml.ms";
const HISTORY = { api: API, run: async () => ({ experimentId: undefined }) } as unknown as RunHistory;

/** A workspace whose MLflow endpoint answers with these bodies; `asked` has path, query and body of each request. */
function mlflow(answer: (path: string, url: URL) => Response) {
  const asked: { readonly path: string; readonly query: object; readonly body: unknown }[] = [];
  const workspace = workspaceOf(async (request) => {
    const url = new URL(request.url);
    const path = url.pathname.split("/mlflow/").at(-1)!;
    const body = await request.text();
    asked.push({
      path,
      query: Object.fromEntries(url.searchParams),
      body: body === "" ? undefined : JSON.parse(body),
    });
    return answer(path, url);
  });
  return { workspace, asked };
}

/** A run in MLflow's format. */
function run(id: string, { metrics = [], params = [], tags = [] }: {
  readonly metrics?: readonly object[];
  readonly params?: readonly object[];
  readonly tags?: readonly (readonly [string, string])[];
} = {}) {
  return {
    info: { run_id: id, run_name: `name of ${id}` },
    data: { metrics, params, tags: tags.map(([key, value]) => ({ key, value })) },
  };
}

const VALUE = { key: "loss", value: 0.5, step: 2, timestamp: 1000 };

Deno.test("openTracking() reads all pages of runs", async () => {
  const pages = [
    { runs: [run("a", { metrics: [VALUE] })], next_page_token: "more" },
    { runs: [run("b")] },
  ];
  const { workspace, asked } = mlflow(() => Response.json(pages.shift()));
  const runs = await openTracking(workspace, HISTORY).runsOf("j1", "7");
  deepEqual(runs, [
    {
      id: "a",
      name: "name of a",
      parent: undefined,
      metrics: [{ name: "loss", value: 0.5, step: 2, at: new Date(1000) }],
      params: {},
      tags: {},
      note: undefined,
    },
    { id: "b", name: "name of b", parent: undefined, metrics: [], params: {}, tags: {}, note: undefined },
  ]);
  const search = { experiment_ids: ["7"], filter: "tags.mlflow.rootRunId = 'j1'", max_results: 1000 };
  deepEqual(asked, [
    { path: "runs/search", query: {}, body: search },
    { path: "runs/search", query: {}, body: { ...search, page_token: "more" } },
  ]);
});

Deno.test("openTracking() returns undefined for a missing run", async () => {
  const { workspace, asked } = mlflow((_, { searchParams }) => {
    const id = searchParams.get("run_id");
    if (id === "gone") return Response.json({}, { status: 404 });
    if (id === "denied") return Response.json({ error: { code: "x", message: "no" } }, { status: 403 });
    return Response.json({ run: run(id === "other" ? "a" : "ID") });
  });
  const tracking = openTracking(workspace, HISTORY);
  equal((await tracking.run("id"))?.id, "ID");
  equal(await tracking.run("gone"), undefined);
  await rejects(tracking.run("denied"), { name: "UserError", message: /read the metrics of run "denied"/ });
  await rejects(tracking.run("other"), { code: "network.answer" });
  deepEqual(asked[0], { path: "runs/get", query: { run_id: "id" }, body: undefined });
});

Deno.test("openTracking() reads all values of a metric", async () => {
  const pages = [{ metrics: [VALUE], next_page_token: "more" }, { metrics: [{ ...VALUE, step: 3 }] }, {}];
  const { workspace, asked } = mlflow(() => Response.json(pages.shift()));
  const { history } = openTracking(workspace, HISTORY);
  deepEqual((await history("a", "loss")).map(({ step }) => step), [2, 3]);
  deepEqual(await history("a", "other"), []);
  const query = { run_id: "a", metric_key: "loss", max_results: "25000" };
  deepEqual(asked.slice(0, 2).map(({ query }) => query), [query, { ...query, page_token: "more" }]);
});

/** A step of a job whose run has this id. */
function step(key: string, id: string | undefined, more: object = {}) {
  return {
    key,
    label: `node ${key}`,
    run: id === undefined ? undefined : { id, experimentId: "7", ...more },
  } as never;
}

const nestedIn = (parent: string) => [["mlflow.parentRunId", parent]] as const;

Deno.test("readJobMetrics() lists the job's own metrics last", async () => {
  const runs = [
    run("j1", { metrics: [VALUE] }),
    run("r2", { tags: [...nestedIn("j1"), ["note", "x"]] }),
    run("child", { metrics: [VALUE], tags: nestedIn("r1") }),
    run("grandchild", { params: [{ key: "a", value: "b" }], tags: nestedIn("child") }),
    run("r1", { metrics: [VALUE], tags: nestedIn("j1") }),
    run("empty", { tags: nestedIn("r1") }),
    run("loop", { metrics: [VALUE], tags: nestedIn("loop") }),
    run("stranger", { metrics: [VALUE], tags: nestedIn("unknown") }),
  ];
  const { workspace } = mlflow(() => Response.json({ runs }));
  const steps = [step("one", "r1"), step("two", "r2"), step("three", undefined)];
  const found = await readJobMetrics(workspace, { name: "j1", steps, history: HISTORY });
  deepEqual(found.map(({ id, step, key, nested }) => [id, step, key, nested]), [
    ["r1", "node one", "one", []],
    ["child", "node one", "one", ["name of child"]],
    ["grandchild", "node one", "one", ["name of child", "name of grandchild"]],
    ["r2", "node two", "two", []],
    ["j1", undefined, undefined, []],
  ]);
});

Deno.test("readJobMetrics() reads metrics of reused steps", async () => {
  const { workspace } = mlflow((path) =>
    Response.json(path === "runs/get" ? { run: run("old", { metrics: [VALUE] }) } : { runs: [] })
  );
  const steps = [step("one", "r1", { reusedFrom: "old" })];
  const [found] = await readJobMetrics(workspace, { name: "j1", steps, history: HISTORY });
  deepEqual([found?.id, found?.key], ["old", "one"]);
});

const metric = (name: string): MetricValue => ({ name, value: 1, step: 0, at: undefined });
const logged = (step: string | undefined, nested: readonly string[], ...names: readonly string[]) =>
  ({ step, nested, metrics: names.map(metric) }) as unknown as StepMetrics;

Deno.test("mainMetrics() lists MLflow's own metrics last", () => {
  const found = mainMetrics([
    logged("a", [], "training_loss", "system/cpu", "accuracy"),
    logged("a", ["fold 1"], "accuracy"),
    logged(undefined, [], "total"),
  ]);
  deepEqual(found.map(({ step, name }) => [step, name]), [
    ["a", "accuracy"],
    [undefined, "total"],
    ["a", "training_loss"],
  ]);
});

Deno.test("readMainMetrics() returns no metrics if they cannot be read", async () => {
  const { workspace } = mlflow(() => Response.json({ error: { code: "x" } }, { status: 403 }));
  const job = { name: "j1", steps: [step("one", "r1")], history: HISTORY };
  deepEqual(await readMainMetrics(workspace, job), []);
  const broken = {
    ...job,
    get steps(): never {
      throw new TypeError("defect");
    },
  };
  await rejects(readMainMetrics(workspace, broken), { message: "defect" });
});
