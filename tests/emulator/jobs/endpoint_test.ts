import { deepEqual, equal, match } from "node:assert/strict";
import type { CreateOptions } from "../../fakes/emulator.ts";
import type { TrackedOutcome } from "../../../src/emulator/state/options.ts";
import { fakeContext } from "../../fakes/context.ts";
import type { Loose } from "../client.ts";
import { createClient, ID, job, register } from "../two_steps.ts";

const API = `https://eastus.api.azureml.ms/mlflow/v2.0${ID}/api/2.0/mlflow`;
const HISTORY = `https://eastus.api.azureml.ms/history/v1.0${ID}`;

/** Runs a job with steps `a` and `b`, where `a` logs metrics. */
async function runTrackedJob(
  tracked: Record<string, TrackedOutcome> = {
    a: { metrics: { loss: [1, NaN, Infinity], mae: [0] }, params: { rate: "0.1" } },
  },
  { afterMs = 3_600_000, outcome = {}, ...options }: CreateOptions & { readonly afterMs?: number } = {},
) {
  let now = Date.parse("2026-01-01T00:00:00Z");
  const client = createClient({
    clock: { now: () => new Date(now), sleep: async () => {} },
    ...options,
    outcome: { tracked, ...outcome },
  });
  await register(client);
  await client.ask("PUT", `${ID}/jobs/job-1`, { body: job() });
  now += afterMs;
  const { body: { experimentId } } = await client.ask("GET", `${HISTORY}/runs/job-1`);
  const search = (body: object) =>
    client.ask("POST", `${API}/runs/search`, { body: { experiment_ids: [experimentId], ...body } });
  return { ...client, search };
}

/** The fields of a run that these tests read. */
interface Run {
  readonly info: { readonly run_name: string; readonly run_id: string };
  readonly data: { readonly tags: readonly { readonly key: string; readonly value: string }[] };
}

Deno.test("runs/search filters by tag and pages through a job and its steps", async () => {
  const { search } = await runTrackedJob();
  const filter = "tags.mlflow.rootRunId = 'job-1'";
  const names = async (body: object) => {
    const found = await search(body);
    return [found.body.runs.map(({ info }: Run) => info.run_name).sort(), found.body.next_page_token];
  };
  const [all] = await names({ filter });
  equal(all.length, 3);
  deepEqual(await names({ filter: "tags.mlflow.parentRunId = 'job-1'" }), [["a", "b"], undefined]);
  deepEqual(await names({ filter: "tags.`mlflow.rootRunId` = 'other'" }), [[], undefined]);
  const { body: first } = await search({ filter, max_results: 2 });
  const { body: second } = await search({ filter, max_results: 2, page_token: first.next_page_token });
  deepEqual([first.runs.length, second.runs.length, second.next_page_token], [2, 1, undefined]);
});

Deno.test("runs/get and metrics/get-history return NaN and Infinity as strings", async () => {
  const { ask, search } = await runTrackedJob();
  const { body: { runs } } = await search({ filter: "tags.mlflow.parentRunId = 'job-1'" });
  const { info: { run_id: id } } = runs.find(({ info }: Run) => info.run_name === "a");

  const { body: { run } } = await ask("GET", `${API}/runs/get?run_id=${id}`);

  equal(run.info.status, "FINISHED");
  const values = run.data.metrics.map(({ key, value, step }: Record<string, unknown>) => [key, value, step]);
  deepEqual(values, [["loss", "Infinity", 2], ["mae", 0, 0]]);
  deepEqual(run.data.params, [{ key: "rate", value: "0.1" }]);
  const { body: history } = await ask(
    "GET",
    `${API}/metrics/get-history?run_id=${id}&metric_key=loss&max_results=2`,
  );
  deepEqual(history.metrics.map(({ value }: { value: unknown }) => value), [1, "NaN"]);
  equal(history.next_page_token, "2");
});

Deno.test("runs/get and runs/search report errors in MLflow's format", async () => {
  const { ask, search } = await runTrackedJob();
  const missing = await ask("GET", `${API}/runs/get?run_id=none`);
  deepEqual([missing.status, missing.body.error_code], [404, "RESOURCE_DOES_NOT_EXIST"]);
  const unknown = await search({ filter: "metrics.loss > 1" });
  deepEqual([unknown.status, unknown.body.error_code], [400, "INVALID_PARAMETER_VALUE"]);
  const nowhere = await search({ experiment_ids: [] });
  deepEqual([nowhere.status, nowhere.body.error_code], [400, "INVALID_PARAMETER_VALUE"]);
  const anonymous = await ask("GET", `${API}/runs/get?run_id=job-1`, { headers: { authorization: null } });
  equal(anonymous.status, 401);
});

Deno.test("metrics/get-history pages through the values of one metric of one run", async () => {
  const { ask, search } = await runTrackedJob();
  const { body: { runs } } = await search({ filter: "tags.mlflow.parentRunId = 'job-1'" });
  const { info: { run_id: id } } = runs.find(({ info }: Run) => info.run_name === "a");
  const values = async (query: string) => {
    const { body } = await ask("GET", `${API}/metrics/get-history?run_id=${id}&${query}`);
    return [body.metrics.map(({ step }: { readonly step: number }) => step), body.next_page_token];
  };
  deepEqual(await values("metric_key=loss"), [[0, 1, 2], undefined]);
  deepEqual(await values("metric_key=loss&max_results=2&page_token=2"), [[2], undefined]);
  deepEqual(await values("metric_key=loss&max_results=3"), [[0, 1, 2], undefined]);
  deepEqual(await values("metric_key=none"), [[], undefined]);
});

Deno.test("runs/search returns the runs of the given experiments that have all tags of a filter", async () => {
  const { ask, emulator, search } = await runTrackedJob();
  const other = await ask("POST", `${API}/runs/search`, { body: { experiment_ids: ["other"] } });
  deepEqual(other.body, { runs: [] });
  const both = (user: string) =>
    search({ filter: `tags.mlflow.parentRunId = 'job-1' and tags.mlflow.user = "${user}"` });
  deepEqual([(await both("emulator")).body.runs.length, (await both("me")).body.runs.length], [2, 0]);
  const { body: { runs } } = await search({ filter: " " });
  deepEqual(new Set(runs.map(({ info }: Loose) => info.user_id)), new Set([emulator.identity.client]));
  const times = runs.map(({ info }: { info: { readonly start_time: number } }) => info.start_time);
  deepEqual(times, times.toSorted((one: number, other: number) => other - one));
});

Deno.test("runs/search returns what the step of one job logged, and when each run started", async () => {
  const { search, ask } = await runTrackedJob({
    a: { metrics: { loss: [1] } },
    "job-1/a": { metrics: { loss: [2] }, tags: { stage: "x" } },
  });
  const { body: { runs } } = await search({ filter: "tags.stage = 'x'" });
  deepEqual(runs.map(({ data }: Loose) => data.metrics.map(({ value }: Loose) => value)), [[2]]);
  const { body } = await ask("GET", `${HISTORY}/runs/${runs[0].info.run_id}`);
  deepEqual(
    [runs[0].info.start_time, runs[0].info.end_time],
    [body.startTimeUtc, body.endTimeUtc].map((time) => String(Date.parse(time))),
  );
  match(runs[0].info.artifact_uri, new RegExp(`^azureml:.*/runs/${runs[0].info.run_id}/artifacts$`));
});

/** A disk with MLflow's store, in which these runs are nested in `job-1`. */
function storeOf(nested: readonly string[]): NonNullable<CreateOptions["disk"]> {
  const run = { user_id: "u", status: "RUNNING", end_time: null, lifecycle_stage: "active" };
  const tables: Readonly<Record<string, readonly Record<string, string | number | null>[]>> = {
    "tags WHERE key": nested.map((id) => ({ run_uuid: id, value: "job-1" })),
    runs: ["job-1", ...nested].map((id, at) => ({
      ...run,
      start_time: at + 1,
      run_uuid: id,
      name: id,
      experiment: "exp",
      artifact_uri: "",
    })),
    latest_metrics: [{ run_uuid: "job-1", key: "loss", value: 3, is_nan: 0, timestamp: 5, step: 0 }],
    "tags WHERE run_uuid": nested.map((id) => (
      { run_uuid: id, key: "mlflow.parentRunId", value: "job-1" }
    )),
  };
  const { fs } = fakeContext({ files: { "/state/mlflow/mlflow.db": "" } });
  const rows = async (_: string, query: string) =>
    Object.entries(tables).find(([table]) => query.includes(`FROM ${table}`))?.[1] ?? [];
  return { fs: { ...fs, rows } as unknown as typeof fs, folder: "/state" };
}

Deno.test("runs/search returns the stored values of a run and of its nested runs", async () => {
  const { search } = await runTrackedJob({ "": { metrics: { loss: [1] } } }, {
    disk: storeOf(["fold", "refit"]),
  });
  const { body: { runs } } = await search({});
  const shown = runs.map((
    { info, data }: Loose,
  ) => [info.run_name, (data.metrics ?? []).map(({ value }: Loose) => value)]);
  deepEqual(shown.toSorted(), [["a", []], ["b", []], ["fold", []], ["job-1", [3]], ["refit", []]]);
  deepEqual(shown.slice(-2), [["refit", []], ["fold", []]], "the latest comes first");
});

Deno.test("runs/search returns MLflow's statuses, and no values of a run that has not started", async () => {
  const states = async (afterMs: number, options: CreateOptions = {}) => {
    const { search, ask } = await runTrackedJob({ a: { metrics: { loss: [1] } } }, { afterMs, ...options });
    const { body: { runs } } = await search({});
    for (const { info, data } of runs) {
      const path = `${API}/metrics/get-history?run_id=${info.run_id}&metric_key=loss`;
      equal((await ask("GET", path)).body.metrics.length, data.metrics?.length ?? 0, info.run_name);
    }
    return Object.fromEntries(
      runs.map((
        { info, data }: Loose,
      ) => [info.run_name, [info.status, data.metrics?.length ?? 0, "end_time" in info]]),
    );
  };
  const only = (all: Record<string, unknown>) => Object.values(all);
  deepEqual(only(await states(0)), [["SCHEDULED", 0, false]]);
  const { a } = await states(4000) as Record<string, unknown>;
  deepEqual(a, ["RUNNING", 1, false]);
  const failed = await states(3_600_000, { outcome: { failingSteps: { b: "no" } } });
  deepEqual(failed.b, ["FAILED", 0, true]);
  for (
    const [afterFirstStep, status] of [["Canceled", "KILLED"], ["NotResponding", "FAILED"]] as const
  ) {
    const ended = await states(3_600_000, { outcome: { afterFirstStep } });
    equal((ended["job-1"] as readonly unknown[])[0], status);
  }
});
