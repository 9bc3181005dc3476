import { deepEqual, rejects } from "node:assert/strict";
import { buildImage } from "../../../src/azureml/resources/create.ts";
import { workspaceOf } from "../runs/odd_answers.ts";

const API = "https://eastus.api.azureml.ms";

/** Builds an image whose build has these states, one at each request, and collects the states that are told. */
async function told(states: readonly string[]) {
  const waiting = [...states];
  const workspace = workspaceOf(({ url, method }) => {
    const { pathname } = new URL(url);
    if (pathname === "/discovery") return Response.json({ api: API });
    if (!url.startsWith(API)) {
      return Response.json({ id: pathname, name: "ws", properties: { discoveryUrl: `${API}/discovery` } });
    }
    return Response.json(method === "POST" ? { location: `${API}/build` } : { status: waiting.shift() });
  });
  const events = await Array.fromAsync(buildImage(workspace, { name: "e", version: "1" }));
  return events.map((event) => event.type === "status" ? event.status : event.type);
}

for (const end of ["Succeeded", "succeeded", "Completed"]) {
  Deno.test(`buildImage() tells each state once until the build has ${end}`, async () => {
    deepEqual(await told(["NotStarted", "Running", "Running", end]), [
      "Queued",
      "NotStarted",
      "Running",
      end,
    ]);
  });
}

for (const end of ["Failed", "Canceled", "Unknown"]) {
  Deno.test(`buildImage() fails if the build has ${end}`, async () => {
    await rejects(told(["GettingOrProvisioningAcr", end]), {
      code: "environment.build_failed",
      exit: 5,
      message: `Cannot build the image of environment "e:1": the build ended as ${end}`,
      hint: "Read the end of the log above, change environment/conda.yml, and run the command again",
    });
  });
}

Deno.test("buildImage() asks for the image once, then for its build every five seconds, and tells its log", async () => {
  const asked: string[] = [];
  const waits: number[] = [];
  const log = ["Step 1/2\n", "Step 1/2\nStep 2/2"];
  const states = ["Running", "Running", "Succeeded"];
  const workspace = workspaceOf((request) => {
    const { host, pathname } = new URL(request.url);
    if (host === "logs.blob.core.windows.net") {
      const from = Number(/bytes=(\d+)-/.exec(request.headers.get("range")!)![1]);
      const text = log[Math.min(waits.length, 1)]!;
      const headers = {
        "x-ms-request-id": "1",
        "content-range": `bytes ${from}-${text.length - 1}/${text.length}`,
      };
      return from >= text.length
        ? new Response(null, { status: 416, headers })
        : new Response(text.slice(from), { status: 206, headers });
    }
    if (pathname === "/discovery") return Response.json({ api: API });
    if (host.startsWith("management.")) {
      return Response.json({ id: pathname, name: "ws", properties: { discoveryUrl: `${API}/discovery` } });
    }
    asked.push(`${request.method} ${pathname.replace(/^.*\/workspaces\/ws/, "…")}`);
    if (request.method === "POST") return Response.json({ location: `${API}/build` });
    return Response.json({
      status: states.shift(),
      logUrl: "https://logs.blob.core.windows.net/c/log?sig=x",
    });
  });
  const sleep = async (ms: number) => void waits.push(ms);
  const patient = { ...workspace, clock: { ...workspace.clock, sleep } };
  deepEqual(await Array.fromAsync(buildImage(patient, { name: "my env", version: "1" })), [
    { type: "status", status: "Queued" },
    { type: "log", text: "Step 1/2\n" },
    { type: "status", status: "Running" },
    { type: "log", text: "Step 2/2\n" },
    { type: "status", status: "Succeeded" },
  ]);
  deepEqual(asked, [
    "POST …/environments/my%20env/versions/1/image",
    "GET /build",
    "GET /build",
    "GET /build",
  ]);
  deepEqual(waits, [5000, 5000]);
});
