import { deepEqual, rejects } from "node:assert/strict";
import { getCompute } from "../../../src/azureml/resources/kinds.ts";

import { computesOf } from "../../../src/azureml/resources/pin.ts";

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

Deno.test("computesOf() returns each compute once, and first the job's own, even if no step uses it", () => {
  const steps = ["gpu", "cpu", "gpu"].map((compute) => ({ ...STEP, compute }));
  deepEqual(computesOf(spec({ compute: "cpu", steps })), ["cpu", "gpu"]);
  deepEqual(computesOf(spec({ compute: "own", steps })), ["own", "gpu", "cpu"]);
});
