import { deepEqual, rejects } from "node:assert/strict";
import { buildImage } from "../../../../src/azureml/service/history/build_image.ts";
import { workspaceOf } from "./odd_answers.ts";

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
    await rejects(told(["GettingOrProvisioningAcr", end]), { code: "environment.build_failed" });
  });
}
