import { deepEqual, equal, rejects } from "node:assert/strict";
import { openCallback, runCallback } from "../../../src/app/submit/submit.ts";
import { projectOf } from "../../../src/app/project/open.ts";
import type { SubmittedJob } from "../../../src/azureml/submit/submit.ts";
import { UserError } from "../../../src/core/errors.ts";
import type { Callback, CallbackJob } from "../../../src/kedro/callback.ts";
import { makeWorld } from "../world.ts";
import { exited } from "../../fakes/context.ts";

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

Deno.test("a callback gets a job with the fields of azure-ai-ml", async () => {
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

Deno.test("a failed callback leaves the job submitted", async () => {
  const error = new UserError("It failed", { code: "callback.failed" });
  deepEqual(await called(() => Promise.reject(error)), {
    ...{ type: "callback_failed", job: JOB, callback: "shop.notify:tell", error },
  });
});

Deno.test("--on-job-scheduled finds the function with --python and -C", async () => {
  const ran: unknown[] = [];
  const opened = async (options: Parameters<typeof openCallback>[2]) => {
    const { ctx } = makeWorld({
      exec: async (program, _, options) => {
        ran.push([program, options?.cwd]);
        return exited();
      },
    });
    const project = await projectOf(ctx, { directory: "/home/user/tiny" });
    const onJobScheduled = { module: "tiny.notify", function: "tell" };
    return await openCallback({ ...ctx, cwd: "/home/user", report() {} }, project, {
      onJobScheduled,
      ...options,
    });
  };
  equal((await opened({ kedroPython: "/venv/bin/python" }))?.shown, "tiny.notify:tell");
  await opened({ kedroPython: "/venv/bin/python", directory: "tiny" });
  deepEqual(ran, [["/venv/bin/python", "/home/user"], ["/venv/bin/python", "tiny"]]);
});

Deno.test("Ctrl+C during a callback is an interruption", async () => {
  const error = new UserError("It ended with status 130", { code: "callback.failed" });
  await rejects(called(() => Promise.reject(error), JOB, AbortSignal.abort("SIGINT")), error);
});
