import { deepEqual } from "node:assert/strict";
import { readRunOutputs } from "../../../src/azureml/runs/history.ts";
import { workspaceOf } from "./odd_answers.ts";

Deno.test("readRunOutputs() locates 100 data assets per request", async () => {
  const asked: unknown[] = [];
  const workspace = workspaceOf(async (request) => {
    const body = await request.json();
    if (request.url.endsWith("/rundata")) {
      asked.push(body);
      const ids = Array.from({ length: 75 }, (_, at) => `azureml://data/${body.runId}/versions/${at}`);
      const outputs = Object.fromEntries(ids.map((id, at) => [`o${at}`, { assetId: id, type: "UriFolder" }]));
      return Response.json({ runMetadata: { outputs } });
    }
    asked.push(body.values.length);
    const values = body.values.map((id: string) => [id, { uri: `azureml://datastores/d/paths/${id}` }]);
    return Response.json({ values: Object.fromEntries(values) });
  });
  const outputs = await readRunOutputs(workspace, "https://eastus.api.azureml.ms", ["a", "b"]);
  deepEqual([...outputs].map(([run, of]) => [run, of.length]), [["a", 75], ["b", 75]]);
  const runs = ["a", "b"].map((runId) => ({ runId, selectRunMetadata: true }));
  deepEqual(asked, [...runs, 100, 50]);
});

Deno.test("readRunOutputs() reads 70 runs at once", async () => {
  let [open, most] = [0, 0];
  const workspace = workspaceOf(async () => {
    most = Math.max(most, ++open);
    await new Promise((resolve) => setTimeout(resolve));
    open--;
    return Response.json({ runMetadata: {} });
  });
  const runs = Array.from({ length: 100 }, (_, at) => `r${at}`);
  deepEqual((await readRunOutputs(workspace, "https://eastus.api.azureml.ms", runs)).size, 100);
  deepEqual(most, 70);
});
