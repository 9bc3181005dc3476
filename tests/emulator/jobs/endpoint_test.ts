import { deepEqual, equal } from "node:assert/strict";
import type { CreateOptions } from "../../fakes/emulator.ts";
import type { TrackedOutcome } from "../../fakes/emulator/outcomes.ts";
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

Deno.test("runs/search returns MLflow's statuses", async () => {
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
