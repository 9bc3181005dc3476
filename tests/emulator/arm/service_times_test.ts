import { deepEqual, equal } from "node:assert/strict";
import { serviceTimeMs } from "../../fakes/emulator/latency.ts";
import { ask, tinyEmulator } from "../client.ts";

const WORKSPACE =
  "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w";

for (
  const [request, ms] of [
    ["PUT /components/c/versions/1", 1500],
    ["PUT /jobs/j", 1500],
    ["PUT /environments/e/versions/1", 700],
    ["PUT /data/d/versions/1", 400],
    ["PUT /computes/c", 450],
    ["PUT /schedules/s", 500],
    ["POST /codes/c/versions/1/startPendingUpload", 500],
    ["POST /jobs/j/cancel", 500],
    ["GET /environments/e/versions", 400],
    ["GET /components/c/versions/azureml_default", 3300],
    ["POST /datastores/d/listSecrets", 130],
    ["GET ", 80],
  ] as const
) {
  Deno.test(`serviceTimeMs() returns ${ms} for ${request === "GET " ? "GET of the workspace" : request}`, () => {
    const [method, path] = request.split(" ") as [string, string];
    equal(serviceTimeMs(method, { service: "resourceManager", path: WORKSPACE + path }), ms);
  });
}

Deno.test("emulator responds at once, or after latencyMs if it is set", async () => {
  const waits: number[] = [];
  const clock = { now: () => new Date(0), sleep: async (ms: number) => void waits.push(ms) };
  const { emulator } = tinyEmulator({ clock });
  equal((await ask(emulator, "GET", "computes/cpu-cluster")).status, 200);
  deepEqual(waits, []);
  const late = tinyEmulator({ clock, latencyMs: 7 });
  await ask(late.emulator, "GET", "computes/cpu-cluster");
  deepEqual(waits, [7]);
});

Deno.test("emulator takes ten seconds to stop or remove a compute", async () => {
  const { emulator, advance } = tinyEmulator();
  const put = { body: { properties: { computeType: "ComputeInstance" } } };
  await ask(emulator, "PUT", "computes/vm", put);
  for (const [method, path] of [["POST", "computes/vm/stop"], ["DELETE", "computes/vm"]] as const) {
    const { headers } = await ask(emulator, method, path);
    const operation = new URL(headers.get("azure-asyncoperation")!);
    const status = async () =>
      (await ask(emulator, "GET", operation.pathname, { query: operation.search.slice(1) })).body.status;
    const states = [await status()];
    for (const ms of [9999, 1]) {
      advance(ms);
      states.push(await status());
    }
    deepEqual(states, ["InProgress", "InProgress", "Succeeded"]);
  }
});
