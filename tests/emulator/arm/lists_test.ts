import assert from "node:assert/strict";
import { ask, type Loose, tinyEmulator, WORKSPACE_ID } from "../client.ts";

const query = "api-version=2024-04-01";

Deno.test("emulator pages lists by 100 unless $top is set", async () => {
  const versions = Array.from({ length: 101 }, (_, at) => String(at + 1));
  const { emulator } = tinyEmulator({ seed: { data: [{ name: "many", versions }] } });
  const list = async (more: string) => {
    const { status, body } = await ask(emulator, "GET", "data/many/versions", { query: `${query}${more}` });
    return {
      status,
      names: body.value?.map(({ name }: Loose) => name),
      next: body.nextLink as string | undefined,
    };
  };
  const first = await list("");
  assert.deepEqual(first.names, versions.slice(1).reverse());
  const next = new URL(first.next!);
  assert.equal(next.origin, "https://management.azure.com");
  assert.equal(next.searchParams.get("api-version"), "2024-04-01");
  const last = await list(`&$skipToken=${next.searchParams.get("$skipToken")}`);
  assert.deepEqual([last.names, last.next], [["1"], undefined]);
  assert.equal((await list("&$skip=1")).next, undefined);
  assert.deepEqual(await list("&$top=2&$skip=3"), { status: 200, names: ["98", "97"], next: undefined });
  assert.equal((await list("&$top=101")).names.length, 101);
  assert.deepEqual(await list("&$skip=101"), { status: 200, names: [], next: undefined });
  for (const wrong of ["$skipToken=abcd", "$skipToken=_", "$top=x", "$skip=-1"]) {
    assert.equal((await list(`&${wrong}`)).status, 400, wrong);
  }
});

Deno.test("emulator refuses a version with another conda file or data type", async () => {
  const { emulator } = tinyEmulator();
  const put = async (path: string, properties: Loose) =>
    (await ask(emulator, "PUT", path, { query, body: { properties } })).status;
  const image = "python:3.11";
  const condaFile = "dependencies:\n  - pip\n";
  const environment = "environments/mine/versions/1";
  assert.equal(await put(environment, { image, condaFile }), 201);
  assert.equal(await put(environment, { image, condaFile, description: "same" }), 201);
  const { properties } = (await ask(emulator, "GET", environment, { query })).body;
  assert.equal(properties.condaFile, '{\n  "dependencies": [\n    "pip"\n  ]\n}');
  assert.equal(await put("environments/bare/versions/1", { image, condaFile: null }), 201);
  const bare = await ask(emulator, "GET", "environments/bare/versions/1", { query });
  assert.equal(bare.body.properties.condaFile, "");
  assert.equal(await put(environment, { image, condaFile: "dependencies:\n  - pytest\n" }), 409);
  const dataUri = "azureml://datastores/workspaceblobstore/paths/a/";
  assert.equal(await put("data/mine/versions/1", { dataType: "uri_folder", dataUri }), 201);
  assert.equal(await put("data/mine/versions/1", { dataType: "mltable", dataUri }), 400);
});

Deno.test("emulator replaces a data asset made by dataOnDemand", async () => {
  const { emulator } = tinyEmulator({ seed: { dataOnDemand: true } });
  const path = "data/new/versions/1";
  assert.equal((await ask(emulator, "GET", path, { query })).status, 200);
  assert.equal((await ask(emulator, "GET", "data/new", { query })).body.properties.nextVersion, "1");
  const properties = { dataType: "uri_file", dataUri: "azureml://datastores/workspaceblobstore/paths/a.csv" };
  assert.equal((await ask(emulator, "PUT", path, { query, body: { properties } })).status, 201);
  const { dataType, dataUri } = (await ask(emulator, "GET", path, { query })).body.properties;
  assert.deepEqual([dataType, dataUri.split("/paths/")[1]], ["uri_file", "a.csv"]);
  assert.equal((await ask(emulator, "GET", "data/new", { query })).body.properties.nextVersion, "2");
});

Deno.test("emulator with a private link refuses run history", async () => {
  const { emulator } = tinyEmulator({ isPrivate: true });
  const { body: { properties } } = await ask(emulator, "GET", "");
  assert.equal(properties.publicNetworkAccess, "Disabled");
  const statusAt = async (origin: string) => {
    const { status, body } = await ask(emulator, "POST", `/history/v1.0${WORKSPACE_ID}/runs:query`, {
      origin,
    });
    return [status, body.error?.code];
  };
  assert.deepEqual(await statusAt("https://eastus.api.azureml.ms"), [403, "UserError"]);
  assert.deepEqual(await statusAt(properties.discoveryUrl.replace(/\/discovery$/, "")), [200, undefined]);
});
