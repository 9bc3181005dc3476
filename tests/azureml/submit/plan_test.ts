import { deepEqual, match, rejects } from "node:assert/strict";
import { planRerun } from "../../../src/azureml/submit/rerun.ts";
import { openWorkspace } from "../../../src/azureml/client/open_workspace.ts";
import { CLOUDS } from "../../../src/core/net/clouds.ts";
import { component, createClient, ID, job, register, WORKSPACE } from "../../emulator/two_steps.ts";
import { fakeContext } from "../../fakes/context.ts";

/** Creates an emulator in which step `a`, which has two outputs, completes, and `b`, which reads the second, fails. */
async function worldOf(
  stepMs = 0,
  change: (request: Request, fetch: (request: Request) => Promise<Response>) => Promise<Response> = (
    request,
    fetch,
  ) => fetch(request),
) {
  const ctx = fakeContext();
  const pace = { prepareMs: 0, stepMs };
  const { emulator, ask } = createClient({ clock: ctx.clock, pace, outcome: { failingSteps: { b: "no" } } });
  await register({ ask });
  const two = component(false);
  Object.assign(two.properties.componentSpec.outputs, { second: { type: "uri_folder" } });
  await ask("PUT", `${ID}/components/two_outputs/versions/1`, { body: two });
  const body = job();
  Object.assign(body.properties.jobs.a, {
    componentId: `${ID}/components/two_outputs/versions/1`,
    outputs: { out: { job_output_type: "uri_folder" }, second: { job_output_type: "uri_folder" } },
  });
  Object.assign(body.properties.jobs.b, {
    inputs: { in: { job_input_type: "literal", value: "${{parent.jobs.a.outputs.second}}" } },
  });
  const asked: string[] = [];
  const workspace = openWorkspace(
    {
      ...ctx,
      fetch(request: Request) {
        asked.push(new URL(request.url).pathname.split("/workspaces/ws/")[1] ?? "");
        return change(request, emulator.fetch);
      },
      cloud: CLOUDS.AzureCloud!,
      config: WORKSPACE,
      tokens: { getToken: async (scope) => ({ token: emulator.issueToken(scope.replace("/.default", "")) }) },
    } as Parameters<typeof openWorkspace>[0],
  );
  return {
    workspace,
    submit: async (change: object = {}) => {
      await ask("PUT", `${ID}/jobs/j1`, { body: { properties: { ...body.properties, ...change } } });
    },
    computes: () => asked.flatMap((path) => /^computes\/(.+)/.exec(path)?.[1] ?? []).toSorted(),
  };
}

Deno.test("planRerun() reads the same output of a completed step", async () => {
  const { workspace, submit } = await worldOf();
  await submit();
  const { body, steps, leftOut } = await planRerun(workspace, "j1", { fromFailed: true });
  deepEqual([steps, leftOut].map((part) => part.map(({ key }) => key)), [["b"], ["a"]]);
  const { b } = body.properties.jobs as { b: { inputs: { in: { uri: string } } } };
  match(b.inputs.in.uri, /\/second\/?$/);
});

Deno.test("planRerun() reads the outputs of a reused step", async () => {
  let id = "";
  const producers: string[] = [];
  const { workspace, submit } = await worldOf(0, async (request, fetch) => {
    const { pathname } = new URL(request.url);
    if (pathname.endsWith("/rundata")) {
      const body = await request.json();
      producers.push(body.runId);
      const { url, method, headers } = request;
      return await fetch(new Request(url, { method, headers, body: JSON.stringify({ ...body, runId: id }) }));
    }
    if (!pathname.endsWith("/children")) return await fetch(request);
    const { value } = await (await fetch(request)).json() as { value: { runId: string; status: string }[] };
    id = value.find(({ status }) => status === "Completed")!.runId;
    const properties = { "azureml.isreused": "true", "azureml.reusedrunid": "earlier" };
    return Response.json({ value: value.map((run) => run.runId === id ? { ...run, properties } : run) });
  });
  await submit();
  const { leftOut } = await planRerun(workspace, "j1", { fromFailed: true });
  deepEqual([leftOut.map(({ key }) => key), producers], [["a"], ["earlier"]]);
});

Deno.test("planRerun() rejects the failed steps of a running job", async () => {
  const { workspace, submit } = await worldOf(60_000);
  await submit();
  await rejects(planRerun(workspace, "j1", { fromFailed: true }), { code: "rerun.not_ended" });
  deepEqual((await planRerun(workspace, "j1", { fromFailed: false })).steps.length, 2);
});
