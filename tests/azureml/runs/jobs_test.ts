import { deepEqual, equal, rejects } from "node:assert/strict";
import {
  cancelJob,
  getJob,
  getPipelineBody,
  jobNotFound,
  sendableJob,
  studioUrl,
  studioUrlIn,
} from "../../../src/azureml/runs/jobs.ts";
import { workspaceOf } from "./odd_answers.ts";

Deno.test("getPipelineBody() names the type of a job that is no pipeline", async () => {
  const job = { name: "fox", properties: { jobType: "Command", status: "Completed" } };
  await rejects(getPipelineBody(workspaceOf(() => Response.json(job)), "fox"), {
    code: "job.no_pipeline",
    exit: 5,
    message: '"fox" is a Command job, not a pipeline job',
    hint: "Pass the name of a pipeline job; `kedro-azureml job list` shows them",
    data: { name: "fox", jobType: "Command" },
  });
});

const refused = (status: number) =>
  Response.json({ error: { code: "UserError", message: "No" } }, { status });

for (const status of [400, 404, 409]) {
  Deno.test(`cancelJob() reports an ended job after status ${status}`, async () => {
    const cancelOf = (answer: () => Response) =>
      cancelJob(workspaceOf(({ method }) => method === "POST" ? refused(status) : answer()), "fox");
    const jobWith = (status: string) => () => Response.json({ name: "fox", properties: { status } });
    deepEqual(await cancelOf(jobWith("Completed")), { outcome: "ended", status: "Completed" });
    deepEqual(await cancelOf(() => refused(404)), { outcome: "absent" });
    await rejects(cancelOf(jobWith("Running")), { message: /^Cannot cancel job "fox"/ });
  });
}

Deno.test("jobNotFound() suggests a similar job name", () => {
  const { message, hint } = jobNotFound(workspaceOf(() => new Response()), "fux", "fox");
  deepEqual([message, hint], [
    'Job "fux" not found in workspace "ws"',
    'Did you mean "fox"? Run `kedro-azureml job list` to see the names in Azure ML',
  ]);
});

Deno.test("getJob() reports a missing job with the name of its workspace", async () => {
  await rejects(getJob(workspaceOf(() => refused(404)), "fox"), {
    code: "job.not_found",
    exit: 5,
    message: 'Job "fox" not found in workspace "ws"',
    hint:
      "Run `kedro-azureml job list` to see the names in Azure ML, or choose another workspace of azureml.yml with `-w`",
  });
});

for (
  const [what, run, step, hint, data] of [
    [
      "names its job",
      { rootRunId: "fox", displayName: "clean" },
      'step "clean" of job "fox"',
      /--step clean/,
      { name: "s1", job: "fox", step: "clean" },
    ],
    ["has a parent", { rootRunId: "s1", parentRunId: "fox" }, 'step "s1" of job "fox"', /--step s1/, {
      name: "s1",
      job: "fox",
      step: "s1",
    }],
    ["names no other run", { rootRunId: "s1" }, "a step of a job", /Pass the name of the job; /, {
      name: "s1",
    }],
    ["cannot be read", undefined, "a step of a job", /Pass the name of the job; /, { name: "s1" }],
  ] as const
) {
  Deno.test(`getJob() rejects a step's run whose history ${what}`, async () => {
    const workspace = workspaceOf(({ url }) => {
      const { pathname, host } = new URL(url);
      if (pathname.endsWith("/jobs/s1")) return Response.json({ name: "s1", properties: null });
      if (host.startsWith("management.")) {
        const discoveryUrl = "https://eastus.api.azureml.ms/discovery";
        return Response.json({ id: pathname, name: "ws", properties: { discoveryUrl } });
      }
      if (pathname === "/discovery") return Response.json({ api: "https://eastus.api.azureml.ms/" });
      return run === undefined ? refused(403) : Response.json({ runId: "s1", ...run });
    });
    await rejects(getJob(workspace, "s1"), {
      code: "job.is_step",
      exit: 5,
      message: `"s1" is ${step}, not a job`,
      hint,
      data,
    });
  });
}

Deno.test("sendableJob() removes fields that Azure ML set", () => {
  const added = { status: "Completed", services: {}, parentJobName: "p", isArchived: true, sourceJobId: "s" };
  const given = {
    ...{ displayName: "D", description: null, settings: { a: null, b: 1 } },
    properties: {
      mine: "1",
      "azureml.runsource": "x",
      "_azureml.ClusterName": "c",
      runType: "HTTP",
      runSource: "M",
    },
  };
  const kept = { displayName: "D", settings: { b: 1 }, isArchived: false, properties: { mine: "1" } };
  deepEqual(sendableJob({ jobType: "Pipeline", ...added, ...given, limits: { timeout: "PT1H" } }), {
    jobType: "Pipeline",
    ...kept,
  });
  deepEqual(sendableJob({ jobType: "Command", ...added, ...given, limits: { timeout: "PT1H" } }), {
    ...{ jobType: "Command", limits: { timeout: "PT1H" } },
    ...kept,
  });
});

for (
  const [tenant, endpoint, expected] of [
    [undefined, undefined, ""],
    ["t", undefined, "&tid=t"],
    ["t", "https://ml.azure.com/runs/fox?wsid=x", "&tid=t"],
    ["t", "https://ml.azure.com/runs/fox?wsid=x&tid=other", ""],
    [undefined, "https://ml.azure.com/runs/fox?wsid=x", ""],
  ] as const
) {
  const to = endpoint === undefined ? "studioUrl() adds" : `studioUrlIn() adds to ${endpoint}`;
  Deno.test(`${to} ${expected || "nothing"} for tenant ${tenant ?? "unknown"}`, () => {
    const workspace = workspaceOf(() => new Response());
    const mine = {
      ...workspace,
      tenant: () => tenant,
    };
    const url = endpoint === undefined
      ? studioUrl(mine, "fox")
      : studioUrlIn({ services: { Studio: { endpoint } } }, mine)!;
    const start = endpoint ?? url.replace(/&.*/, "");
    equal(url, `${start}${expected}`);
    equal(start.startsWith("https://ml.azure.com/runs/fox?wsid="), true);
  });
}

Deno.test("studioUrl() omits the workspace for an emulator", () => {
  const workspace = workspaceOf(() => new Response());
  const cloud = { ...workspace.cloud, studio: "http://127.0.0.1:4712", newStudioKey: () => "k" };
  equal(studioUrl({ ...workspace, tenant: () => "t", cloud }, "fox"), "http://127.0.0.1:4712/runs/fox?key=k");
  const endpoint = "http://127.0.0.1:4712/runs/fox?wsid=/subscriptions/s&key=k";
  equal(studioUrlIn({ services: { Studio: { endpoint } } }), "http://127.0.0.1:4712/runs/fox?key=k");
  equal(
    studioUrlIn({ services: { Studio: { endpoint: endpoint.replace("127.0.0.1", "evil.org") } } }),
    undefined,
  );
});
