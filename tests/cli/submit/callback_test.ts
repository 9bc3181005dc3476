import { deepEqual, rejects } from "node:assert/strict";
import { runCallback } from "../../../src/app/submit/submit.ts";
import type { SubmittedJob } from "../../../src/azureml/submit/submit.ts";
import { UserError } from "../../../src/core/errors.ts";
import type { Callback, CallbackJob } from "../../../src/kedro/callback.ts";
import { makeWorld } from "../world.ts";

const URL = "https://ml.azure.com/runs/fox";
const JOB = {
  ...{ job: "main", name: "fox", id: "/jobs/fox", status: "Starting", studioUrl: URL, wasThere: false },
  properties: {
    ...{ displayName: "Nightly", experimentName: "exp", description: "All of it", tags: { by: "ci" } },
    ...{ computeId: "/subscriptions/s/computes/cpu-cluster", properties: { commit: "abc" } },
  },
} as unknown as SubmittedJob;

/** Runs a callback for a job; returns the result, and what the callback got. */
async function called(call: (job: CallbackJob) => Promise<string>, job = JOB, signal?: AbortSignal) {
  const { ctx } = makeWorld({ ...(signal && { signal }) });
  const callback = { shown: "shop.notify:tell", call } as unknown as Callback;
  return await runCallback({ ...ctx, report() {} }, callback, job);
}

Deno.test("runCallback() passes a job with the names of azure-ai-ml, and returns the printed text", async () => {
  const got: unknown[] = [];
  const tell = async (job: CallbackJob) => `told ${got.push(job)}`;
  deepEqual(await called(tell), {
    ...{ type: "callback", job: JOB, callback: "shop.notify:tell", printed: "told 1" },
  });
  await called(tell, { ...JOB, properties: { computeId: "serverless" } } as unknown as SubmittedJob);
  const same = { name: "fox", id: "/jobs/fox", status: "Starting", studio_url: URL, type: "pipeline" };
  const services = { Studio: { endpoint: URL } };
  deepEqual(got, [
    {
      ...{ ...same, services, display_name: "Nightly", experiment_name: "exp", description: "All of it" },
      ...{ compute: "cpu-cluster", tags: { by: "ci" }, properties: { commit: "abc" } },
    },
    {
      ...{ ...same, services, display_name: null, experiment_name: null, description: null },
      ...{ compute: "serverless", tags: {}, properties: {} },
    },
  ]);
});

Deno.test("runCallback() returns the failure of a callback", async () => {
  const error = new UserError("It failed", { code: "callback.failed" });
  deepEqual(await called(() => Promise.reject(error)), {
    ...{ type: "callback_failed", job: JOB, callback: "shop.notify:tell", error },
  });
});

Deno.test("runCallback() does not blame a callback that Ctrl+C ended", async () => {
  const error = new UserError("It ended with status 130", { code: "callback.failed" });
  await rejects(called(() => Promise.reject(error), JOB, AbortSignal.abort("SIGINT")), error);
});
