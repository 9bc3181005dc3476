import { deepEqual, rejects } from "node:assert/strict";
import { getCompute, getWorkspace } from "../../../src/azureml/resources/kinds.ts";
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

Deno.test("getWorkspace() returns whether public access is allowed", async () => {
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

Deno.test("getCompute() lists the computes if one is missing", async () => {
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
