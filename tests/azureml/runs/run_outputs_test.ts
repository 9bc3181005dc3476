import { deepEqual } from "node:assert/strict";
import { readRunOutputs } from "../../../src/azureml/runs/history.ts";
import { workspaceOf } from "./odd_answers.ts";

Deno.test("readRunOutputs() reads the metadata of each run, and locates 100 data assets with one request", async () => {
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

Deno.test("readRunOutputs() asks for at most 70 runs at once", async () => {
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

Deno.test("readRunOutputs() names assets and models, and omits outputs without a place", async () => {
  const outputs = {
    data: { assetId: "azureml://x/data/rides/versions/3", type: "UriFolder" },
    unnamed: { assetId: "azureml://x/data/azureml_fox_output_data_x/versions/1", type: "UriFile" },
    own: { assetId: "azureml://x/data/azureml-own/versions/2", type: "UriFile" },
    lost: { assetId: "azureml://x/data/lost/versions/1", type: "UriFile" },
    model: { assetId: "azureml://x/models/bikes/versions/4", type: "MLFlowModel" },
    none: { type: "UriFile" },
  };
  const asked: string[][] = [];
  const workspace = workspaceOf(async (request) => {
    if (request.url.endsWith("/rundata")) return Response.json({ runMetadata: { outputs } });
    const { values } = await request.json();
    asked.push(values);
    const found = values.filter((id: string) => !id.includes("lost")).map((
      id: string,
    ) => [id, { uri: `at ${id}` }]);
    return Response.json({ values: Object.fromEntries(found) });
  });
  const found = await readRunOutputs(workspace, "https://eastus.api.azureml.ms", ["a", "b"]);
  const { data, unnamed, own, lost } = outputs;
  deepEqual(found.get("a"), [
    { name: "data", uri: `at ${data.assetId}`, asset: "rides:3" },
    { name: "unnamed", uri: `at ${unnamed.assetId}`, asset: undefined },
    { name: "own", uri: `at ${own.assetId}`, asset: "azureml-own:2" },
    { name: "model", uri: undefined, asset: "bikes:4" },
  ]);
  deepEqual(found.get("b"), found.get("a"));
  deepEqual(asked, [[data, unnamed, own, lost].map(({ assetId }) => assetId)]);
});
