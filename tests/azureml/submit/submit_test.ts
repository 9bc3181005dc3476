import { deepEqual, equal, rejects } from "node:assert/strict";
import { openSubmitter } from "../../../src/azureml/submit/submit.ts";
import type { SubmitEvent } from "../../../src/azureml/submit/submit.ts";
import { codeAssetName } from "../../../src/azureml/job/code/file.ts";
import type { JobSpec } from "../../../src/azureml/job/job_spec.ts";
import { studioUrl } from "../../../src/azureml/runs/jobs.ts";
import { openWorkspace } from "../../../src/azureml/client/open_workspace.ts";
import { CLOUDS } from "../../../src/core/net/clouds.ts";
import { createEmulator, type EmulatorOptions } from "../../fakes/emulator.ts";
import { fakeContext } from "../../fakes/context.ts";
import { WORKSPACE } from "../../fakes/seed.ts";
import { prepareCode } from "../job/code/prepare_code.ts";
import { spec, STEP } from "../checks/subject.ts";

const CODE = { "/project/a.py": "print(1)\n", "/project/b.py": "" };

/** Creates a workspace of an emulator, and the submitters that commands open for it. */
async function worldOf(
  options: EmulatorOptions = {},
  answer: (request: Request) => Response | undefined = () => undefined,
) {
  const fetch = async (request: Request) => answer(request) ?? await azure.fetch(request);
  const ctx = fakeContext({ files: CODE, fetch });
  const seed = {
    workspaces: [WORKSPACE],
    computes: ["cpu", { name: "off", kind: "ComputeInstance" as const, state: "Stopped" }],
    environments: [{ name: "env", versions: ["1"] }],
    ...options.seed,
  };
  const azure = createEmulator({ clock: ctx.clock, ...options, seed });
  const scopes: string[] = [];
  const workspace = openWorkspace({
    ...ctx,
    cloud: CLOUDS.AzureCloud!,
    config: WORKSPACE,
    tokens: {
      async getToken(scope: string) {
        scopes.push(scope);
        return { token: azure.issueToken(scope.replace(/\/\.default$/, "")) };
      },
    },
  });
  const code = await prepareCode(ctx.fs, "/project");
  const events: SubmitEvent[] = [];
  return {
    azure,
    workspace,
    events,
    scopes,
    code,
    open: (more: Partial<Parameters<typeof openSubmitter>[1]> = {}) =>
      openSubmitter(workspace, {
        experiment: "folder",
        code: async () => code,
        properties: { "mlflow.source.git.commit": "c" },
        onEvent: (event) => events.push(event),
        ...more,
      }),
    /** The kinds of resources that were written. */
    written: () =>
      azure.requests.flatMap(({ method, url }) =>
        method !== "PUT" ? [] : /\/workspaces\/ws\/(.+)/.exec(new URL(url).pathname)?.[1]?.split("/")[0] ?? []
      ),
  };
}

const TWO = spec({
  steps: [STEP, { ...STEP, key: "test", node: "Test.It", name: "test", command: "other" }],
});

Deno.test("submit() reports its progress, and returns the job of Azure ML", async () => {
  const { open, events, workspace, code, azure } = await worldOf();
  const sending: unknown[] = [];
  const { components, properties: sent, ...job } = await open({
    tags: (name) => ({ job: name }),
    beforeSending: async (...given) => void sending.push(given),
  }).submit(TWO, { name: "j1" });
  const { properties } = azure.resources("jobs")[0]!;
  const url = studioUrl(workspace, "j1");
  deepEqual(job, {
    job: "main",
    name: "j1",
    status: "NotStarted",
    studioUrl: url,
    id: `${workspace.id}/jobs/j1`,
    wasThere: false,
  });
  const { tags, properties: own, experimentName } = properties;
  deepEqual([tags, own, experimentName], [{ job: "main" }, { "mlflow.source.git.commit": "c" }, "folder"]);
  deepEqual([sent.tags, sent.properties, sent.experimentName], [tags, own, experimentName]);
  equal(components.size, 2);
  deepEqual(sending, [[{ job: "main", name: "j1", studioUrl: url, components }, { properties: sent }]]);
  const lookups = ["workspace", "compute", "environment"];
  deepEqual(events.filter(({ type }) => lookups.includes(type)), [
    { type: "workspace", workspace: "ws", location: "eastus" },
    { type: "environment", asked: "env:1", shown: "env:1" },
    { type: "compute", name: "cpu" },
  ]);
  const uploads = events.filter(({ type }) => type === "upload");
  deepEqual(uploads.at(-1), {
    type: "upload",
    ...{ name: "a.py", files: 2, totalFiles: 2, sentBytes: 9, totalBytes: 9 },
  });
  const id = `${workspace.id}/codes/${codeAssetName(code.hash)}/versions/1`;
  const component = { type: "component", job: "main", there: 0, total: 2 } as const;
  deepEqual(events.filter(({ type }) => ["code", "component", "sending"].includes(type)), [
    { type: "code", id, files: 2, sizeBytes: 9, wasThere: false },
    { ...component, done: 1 },
    { ...component, done: 2 },
    { type: "sending", job: "main", name: "j1", url },
  ]);
});

Deno.test("submit() sends no job and no code a second time", async () => {
  const { open, events, azure, written, workspace } = await worldOf();
  const first = await open().submit(TWO, { name: "j1" });
  const [sent, count] = [written(), events.length];
  deepEqual([...new Set(sent)].toSorted(), ["codes", "components", "jobs"]);
  const again = await open().submit(TWO, { name: "j1" });
  deepEqual(again, {
    ...first,
    status: again.status,
    properties: again.properties,
    components: new Map(),
    wasThere: true,
  });
  deepEqual(written(), sent);
  const known = async () => first.components;
  const other = await open({ knownComponents: known }).submit(TWO, { name: "j2" });
  deepEqual(written().slice(sent.length), ["jobs"]);
  deepEqual(other.components, first.components);
  const [code] = azure.resources("codes/versions");
  deepEqual(
    events.slice(count).filter(({ type }) => type === "code" || type === "component"),
    [
      { type: "code", id: code!.id, files: 2, sizeBytes: 9, wasThere: true },
      ...[1, 2].map((done) => ({ type: "component", job: "main", done, there: done, total: 2 })),
    ],
  );
  equal(other.id, `${workspace.id}/jobs/j2`);
});

Deno.test("submit() stops before it sends anything if a compute cannot run the job, unless that is allowed", async () => {
  const one = (change: Partial<JobSpec>) =>
    spec({ compute: "off", steps: [{ ...STEP, compute: "off" }], ...change });
  const { open, written, events } = await worldOf();
  await rejects(open().submit(one({})), {
    code: "compute.stopped",
    message: 'Cannot submit job "main": compute instance "off" is Stopped; a job does not start it',
  });
  deepEqual(written(), []);
  const message = 'Compute instance "off" is Stopped; a job does not start it';
  const hint =
    "Run `az ml compute start --name off --workspace-name ws --resource-group rg --subscription 11111111-2222-3333-4444-555555555555`, or use a cluster in azureml.yml";
  const allow = ["compute.stopped"];
  await rejects(open({ allow, strict: true }).submit(one({})), { code: "compute.stopped" });
  await open({ allow }).submit(one({}));
  deepEqual(events.filter(({ type }) => type === "warning"), [
    { type: "warning", warning: { code: "compute.stopped", message, hint } },
  ]);
});

Deno.test("submit() registers all components again if Azure ML refuses those of the last job, but not for other reasons", async () => {
  for (const [message, puts] of [["The component is gone.", 2], ["The data is gone.", 1]] as const) {
    const { open, written } = await worldOf({
      faults: [{
        ...{ method: "PUT", url: /\/jobs\//, after: 1, times: 1 },
        happens: { kind: "refuse", status: 400, code: "UserError", message },
      }],
    });
    const { components } = await open().submit(TWO);
    const before = written().length;
    const again = open({ knownComponents: async () => components }).submit(TWO);
    if (puts === 1) await rejects(again, { code: "azure.rejected" });
    else deepEqual((await again).components, components);
    deepEqual(written().slice(before), puts === 1 ? ["jobs"] : ["jobs", "components", "components", "jobs"]);
  }
});
