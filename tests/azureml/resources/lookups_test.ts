import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { getCompute } from "../../../src/azureml/resources/kinds.ts";
import { createCluster, createDataAsset, createEnvironment } from "../../../src/azureml/resources/create.ts";
import { computesOf, type LookupEvent, openLookups } from "../../../src/azureml/resources/pin.ts";
import { KINDS, newestVersion, nextVersion } from "../../../src/azureml/resources/kinds.ts";
import { getWorkspace } from "../../../src/azureml/resources/kinds.ts";
import { spec, STEP } from "../checks/subject.ts";
import { workspaceOf } from "../runs/odd_answers.ts";

const NO = { error: { code: "UserError", message: "No." } };

/** A workspace that answers with the body of the last part of each path, and what it was asked. */
function answering(bodies: Readonly<Record<string, unknown>>) {
  const asked: string[] = [];
  const sent: unknown[] = [];
  const workspace = workspaceOf(async (request) => {
    const { pathname, search } = new URL(request.url);
    const path = pathname.split("/workspaces/ws")[1]!.slice(1);
    asked.push(`${request.method} ${path}${search.includes("orderBy") ? search.replace(/.*?&/, "?") : ""}`);
    if (request.method === "PUT") {
      sent.push(await request.json());
      return Response.json({ id: pathname, name: path.split("/").at(-1), properties: {} }, { status: 201 });
    }
    const body = bodies[path];
    return body === undefined ? Response.json(NO, { status: 404 }) : Response.json(body);
  });
  return { workspace, asked, sent };
}

Deno.test("openLookups() sends each request once and reports what it found", async () => {
  const { workspace, asked } = answering({
    "": { id: "/x/workspaces/ws", name: "ws", location: "eastus", properties: {} },
    "computes/cpu": { name: "cpu", properties: { computeType: "AmlCompute" } },
    "environments/env/versions/2": { name: "2", properties: {} },
    "data/raw/versions/3": { name: "3", properties: {} },
  });
  const events: LookupEvent[] = [];
  const { workspace: check, compute, environment, data } = openLookups(workspace, (one) => events.push(one));
  for (let count = 0; count < 2; count++) {
    await check();
    equal((await compute("cpu")).name, "cpu");
    equal((await environment("env:2")).shown, "env:2");
    equal(await data({ path: "azureml:raw:3", type: "uri_file" }), `${workspace.id}/data/raw/versions/3`);
  }
  deepEqual(asked, [
    "GET ",
    "GET computes/cpu",
    "GET environments/env/versions/2",
    "GET data/raw/versions/3",
  ]);
  deepEqual(events, [
    { type: "workspace", workspace: "ws", location: "eastus" },
    { type: "compute", name: "cpu" },
    { type: "environment", asked: "env:2", shown: "env:2" },
    { type: "data", path: "azureml:raw:3", id: `${workspace.id}/data/raw/versions/3` },
  ]);
});

Deno.test("getWorkspace() returns whether the workspace is public", async () => {
  const read = async (properties: object) =>
    (await getWorkspace(answering({ "": { id: "/workspaces/ws", name: "ws", properties } }).workspace))
      .isPublic;
  deepEqual(
    [
      await read({}),
      await read({ publicNetworkAccess: "Enabled" }),
      await read({ publicNetworkAccess: "DISABLED" }),
    ],
    [true, true, false],
  );
});

Deno.test("getWorkspace() fails for a missing workspace", async () => {
  await rejects(getWorkspace(answering({}).workspace), { code: "azure.not_found" });
});

Deno.test("getCompute() reads a cluster, an instance and an attached compute", async () => {
  const read = async (properties: object) => {
    const { workspace } = answering({ "computes/c": { name: "c", properties } });
    const { id, name, ...info } = await getCompute(workspace, "c");
    deepEqual([id, name], [`${workspace.id}/computes/c`, "c"]);
    return Object.fromEntries(Object.entries(info).filter(([, value]) => value !== undefined));
  };
  const error = (code?: string, message?: string) => ({ error: { code, message } });
  deepEqual(
    await read({
      ...{ computeType: "AmlCompute", provisioningState: "Failed" },
      provisioningErrors: [error("Quota", "None left")],
      properties: {
        ...{ vmSize: "V", scaleSettings: { maxNodeCount: 4 } },
        errors: [
          error("ClusterHasWarnings", "It retires"),
          error("ClusterHasWarnings"),
          error(undefined, "Odd"),
          {},
        ],
      },
    }),
    {
      ...{ kind: "AmlCompute", provisioningState: "Failed", vmSize: "V", maxNodes: 4 },
      ...{ errors: ["Quota: None left", "Odd", ""], notices: ["It retires", "ClusterHasWarnings"] },
    },
  );
  deepEqual(await read({ computeType: "ComputeInstance", properties: { state: "Stopped" } }), {
    ...{ kind: "ComputeInstance", state: "Stopped", maxNodes: 1, errors: [], notices: [] },
  });
  deepEqual(await read({ computeType: "Kubernetes", properties: null }), {
    ...{ kind: "Kubernetes", errors: [], notices: [] },
  });
});

Deno.test("getCompute() returns the serverless compute without a request", async () => {
  const { workspace, asked } = answering({});
  equal((await getCompute(workspace, "serverless")).name, "serverless");
  deepEqual(asked, []);
});

Deno.test("getCompute() lists the workspace's computes if a compute is missing", async () => {
  const { workspace } = answering({
    computes: { value: [{ name: "cpu" }, { name: "gpu" }, { name: "big" }] },
  });
  await rejects(getCompute(workspace, "c"), {
    code: "compute.not_found",
    exit: 5,
    message: 'Compute "c" not found in workspace "ws"',
    details: ["computes: big, cpu, gpu"],
    hint: "Change `compute` in azureml.yml, or create it with `kedro-azureml setup`",
    data: { computes: ["big", "cpu", "gpu"] },
  });
  await rejects(getCompute(answering({ computes: { value: [] } }).workspace, "c"), {
    code: "compute.not_found",
    details: [],
  });
});

Deno.test("nextVersion() returns the version that Azure proposes, or 1", async () => {
  const next = async (properties?: object) => {
    const body = properties && { name: "env", properties };
    return await nextVersion(answering({ "environments/env": body }).workspace, KINDS.environmentName, "env");
  };
  const proposed = [{ nextVersion: "7" }, { nextVersion: null }, { nextVersion: "" }, undefined];
  deepEqual(await Promise.all(proposed.map(next)), ["7", "1", "1", "1"]);
  const other = answering({ "environments/env": { name: "env" } }).workspace;
  await rejects(nextVersion(other, KINDS.environmentName, "env"), { code: "network.answer" });
});

Deno.test("newestVersion() returns the version that was created last, if any", async () => {
  const newest = async (body?: unknown) =>
    await newestVersion(answering({ "data/raw/versions": body }).workspace, KINDS.data, "raw");
  const properties = { dataUri: "x" };
  deepEqual(await newest({ value: [{ name: "9", properties }, { name: "8" }] }), {
    name: "9",
    properties: { ...properties, isAnonymous: false, isArchived: false },
  });
  deepEqual([await newest({ value: [] }), await newest()], [undefined, undefined]);
  const { workspace, asked } = answering({});
  await newestVersion(workspace, KINDS.environment, "env");
  match(asked.join(), /^GET environments\/env\/versions\?.*orderBy=createdtime(?:%20|\+)desc/);
  match(asked.join(), /top=1/);
  const refused = workspaceOf(() => Response.json(NO, { status: 403 }));
  await rejects(newestVersion(refused, KINDS.data, "raw"), { code: "azure.forbidden" });
});

Deno.test("createCluster(), createEnvironment() and createDataAsset() send only the given options", async () => {
  const { workspace, sent, asked } = answering({});
  const cluster = { name: "c", vmSize: "V", minNodes: 0, maxNodes: 4, idleSeconds: 120, hasIdentity: false };
  await createCluster(workspace, undefined, cluster);
  await createCluster(workspace, "eastus", { ...cluster, hasIdentity: true });
  await createEnvironment(workspace, { name: "e", version: "1", image: "i", condaFile: undefined });
  await createEnvironment(workspace, { name: "e", version: "2", image: "i", condaFile: "name: e" });
  await createDataAsset(workspace, { name: "d", version: "1", type: "uri_file", uri: "u" });
  const scaleSettings = { minNodeCount: 0, maxNodeCount: 4, nodeIdleTimeBeforeScaleDown: "PT120S" };
  const properties = {
    computeType: "AmlCompute",
    properties: { vmSize: "V", vmPriority: "Dedicated", scaleSettings },
  };
  deepEqual(sent, [
    { properties },
    { location: "eastus", identity: { type: "SystemAssigned" }, properties },
    { properties: { image: "i", isAnonymous: false, isArchived: false } },
    { properties: { image: "i", isAnonymous: false, isArchived: false, condaFile: "name: e" } },
    { properties: { dataType: "uri_file", dataUri: "u", isAnonymous: false, isArchived: false } },
  ]);
  deepEqual(asked.slice(2), [
    "PUT environments/e/versions/1",
    "PUT environments/e/versions/2",
    "PUT data/d/versions/1",
  ]);
});

Deno.test("computesOf() returns each compute once, and first the job's own, even if no step uses it", () => {
  const steps = ["gpu", "cpu", "gpu"].map((compute) => ({ ...STEP, compute }));
  deepEqual(computesOf(spec({ compute: "cpu", steps })), ["cpu", "gpu"]);
  deepEqual(computesOf(spec({ compute: "own", steps })), ["own", "gpu", "cpu"]);
});
