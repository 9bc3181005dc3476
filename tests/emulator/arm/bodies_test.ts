import { deepEqual, equal, match } from "node:assert/strict";
import { createEmulator } from "../../fakes/emulator.ts";
import { createClient, ID, job, register } from "../two_steps.ts";

const JOB = `${ID}/jobs/j1`;

for (
  const [what, body, headers, status, code] of [
    ["no body", undefined, {}, 400, "InvalidRequestContent"],
    ["text that is not JSON", "{", {}, 400, "InvalidRequestContent"],
    ["another content type", "{}", { "content-type": "text/plain" }, 415, "UnsupportedMediaType"],
    ["no content type", "{}", { "content-type": null }, 415, "UnsupportedMediaType"],
  ] as const
) {
  Deno.test(`emulator rejects a PUT with ${what}`, async () => {
    const client = createClient();
    await register(client);
    const answer = await client.ask("PUT", JOB, { ...(body && { body }), headers });
    deepEqual([answer.status, answer.body.error.code], [status, code]);
    equal(client.emulator.jobStatus("j1"), undefined);
  });
}

Deno.test("emulator keeps who created an asset, and when, if its description changes", async () => {
  let now = Date.parse("2026-01-01T00:00:00Z");
  const { ask } = createClient({ clock: { now: () => new Date(now), sleep: async () => {} } });
  for (
    const [path, properties] of [
      ["environments/mine", { image: "i" }],
      ["data/mine", { dataType: "uri_file", dataUri: "https://example.com/a.csv" }],
    ] as const
  ) {
    const put = async (description: string) =>
      (await ask("PUT", `${ID}/${path}/versions/1`, { body: { properties: { ...properties, description } } }))
        .body.systemData;
    const made = await put("a");
    now += 1000;
    const changed = await put("b");
    deepEqual([changed.createdAt, changed.createdBy], [made.createdAt, made.createdBy]);
    deepEqual([changed.lastModifiedAt > changed.createdAt, changed.lastModifiedBy], [true, made.createdBy]);
  }
});

Deno.test("emulator accepts JSON with a charset, and a POST without a body", async () => {
  const clock = { now: () => new Date(0), sleep: async () => {} };
  const client = createClient({ clock });
  await register(client);
  const headers = { "content-type": "application/JSON; charset=utf-8" };
  equal((await client.ask("PUT", JOB, { body: job(), headers })).status, 201);
  equal((await client.ask("POST", `${JOB}/cancel`, { headers: { "content-type": null } })).status, 202);
});

Deno.test("emulator returns permissions for everything but the denied actions, also on data", async () => {
  const denied = ["Microsoft.Storage/*/blobs/read"];
  const { ask } = createClient({ deniedActions: denied });
  const path = `${ID}/providers/Microsoft.Authorization/permissions`;
  deepEqual((await ask("GET", path, { version: "2022-04-01" })).body, {
    value: [{
      actions: ["*"],
      notActions: denied,
      dataActions: ["*"],
      notDataActions: denied,
      condition: null,
      conditionVersion: null,
    }],
  });
});

Deno.test("emulator archives a component with all its versions, and restores it", async () => {
  const client = createClient();
  await register(client);
  const container = `${ID}/components/two_steps`;
  const put = async (isArchived?: boolean) => {
    const body = { properties: isArchived === undefined ? {} : { isArchived } };
    const answer = await client.ask("PUT", container, { body });
    return [answer.status, answer.body.properties.isArchived];
  };
  const read = async () => (await client.ask("GET", container)).body.properties.isArchived;
  equal(await read(), false);
  deepEqual([await put(true), await read()], [[200, true], true]);
  deepEqual([await put(false), await read()], [[200, false], false]);
  deepEqual([await put(true), await put(), await read()], [[200, true], [200, false], false]);
  equal((await client.ask("PUT", `${ID}/components/gone`, { body: {} })).status, 404);
});

Deno.test("emulator describes its cloud as a list before api-version 2022-09-01, and requires an api-version", async () => {
  const emulator = createEmulator({ origin: "https://127.0.0.1:4711" });
  const ask = async (query: string) => {
    const answer = await emulator.fetch(
      new Request(`https://management.azure.com/metadata/endpoints${query}`),
    );
    return { status: answer.status, body: await answer.json() };
  };
  const older = (await ask("?api-version=2019-05-01")).body;
  const newer = (await ask("?api-version=2022-09-01")).body;
  deepEqual(older, [newer]);
  const origin = "https://127.0.0.1:4711/";
  deepEqual([newer.name, newer.resourceManager, newer.graph, newer.graphAudience], [
    "AzureMLEmulator",
    origin,
    origin,
    origin,
  ]);
  deepEqual(newer.authentication, {
    loginEndpoint: origin,
    audiences: [origin],
    tenant: "common",
    identityProvider: "AAD",
  });
  const missing = await ask("");
  deepEqual([missing.status, missing.body.error.code], [400, "MissingApiVersionParameter"]);
});

Deno.test("emulator creates a compute in ten seconds, and returns its properties and identity", async () => {
  let now = Date.parse("2026-01-01T00:00:00Z");
  const { ask } = createClient({ clock: { now: () => new Date(now), sleep: async () => {} } });
  const properties = {
    computeType: "AmlCompute",
    properties: {
      vmSize: "standard_d2",
      userAccountCredentials: { adminUserName: "me", adminUserPassword: "x" },
    },
  };
  const made = await ask("PUT", `${ID}/computes/new`, { body: { properties } });
  deepEqual([made.status, made.body.properties.provisioningState], [201, "Creating"]);
  deepEqual(made.body.properties.properties, {
    ...{ vmSize: "STANDARD_D2", subnet: null, currentNodeCount: null, targetNodeCount: null },
    ...{ nodeStateCounts: null, allocationState: null, errors: null, virtualMachineImage: null },
    ...{ isolatedNetwork: false, enableBatchPrivateLink: false, vmPriority: null },
    userAccountCredentials: { adminUserName: "me" },
  });
  const operation = made.headers.get("azure-asyncoperation")!;
  match(operation, /\/computeOperationsStatus\/c:.+\?api-version=2024-01-01-preview&service=new$/);
  const status = async () => (await ask("GET", operation)).body.status;
  now += 9_999;
  equal(await status(), "InProgress");
  now += 1;
  equal(await status(), "Succeeded");
  const identity = { type: "UserAssigned", userAssignedIdentities: { "/id/a": {} } };
  const again = await ask("PUT", `${ID}/computes/new`, { body: { properties, identity } });
  equal(again.status, 200);
  const { type, userAssignedIdentities } = again.body.identity;
  deepEqual([type, Object.keys(userAssignedIdentities["/id/a"])], ["UserAssigned", [
    "principalId",
    "clientId",
  ]]);
  const own = async (type: string) => {
    const body = { properties: { ...properties, disableLocalAuth: true }, identity: { type } };
    return (await ask("PUT", `${ID}/computes/own`, { body })).body;
  };
  const [first, second] = [await own("SystemAssigned"), await own("SystemAssigned")];
  match(first.identity.principalId, /^[\da-f-]{36}$/);
  deepEqual(
    [second.identity, second.properties.disableLocalAuth],
    [first.identity, true],
    "it stays the same one",
  );
  const both = "SystemAssigned, UserAssigned";
  deepEqual((await own(both)).identity, { ...first.identity, type: both });
  const kubernetes = { computeType: "Kubernetes", properties: { namespace: "mine" } };
  const attached = await ask("PUT", `${ID}/computes/k8s`, { body: { properties: kubernetes } });
  deepEqual(attached.body.properties.properties, { namespace: "mine" });
});

Deno.test("emulator returns a datastore's secrets only from listSecrets, until the datastore is deleted", async () => {
  const { ask } = createClient();
  const path = `${ID}/datastores/mine`;
  const put = (credentials: object) =>
    ask("PUT", path, {
      body: { properties: { datastoreType: "AzureBlob", accountName: "a", containerName: "c", credentials } },
    });
  const secrets = async (expirableSecret?: unknown) =>
    (await ask("POST", `${path}/listSecrets`, {
      ...(expirableSecret !== undefined && { body: { expirableSecret } }),
    }))
      .body;
  const mine = { secretsType: "AccountKey", key: "mine" };
  const made = await put({ credentialsType: "AccountKey", secrets: mine });
  deepEqual([made.status, made.body.properties.credentials], [201, { credentialsType: "AccountKey" }]);
  deepEqual([await secrets(), await secrets(false)], [mine, mine]);
  equal((await secrets(true)).secretsType, "Sas");
  const changed = await put({ credentialsType: "AccountKey" });
  deepEqual([changed.status, await secrets()], [200, mine]);
  const { createdAt, lastModifiedAt } = changed.body.systemData;
  equal(createdAt, made.body.systemData.createdAt);
  equal(lastModifiedAt > createdAt, true);
  await put({ credentialsType: "None" });
  deepEqual(await secrets(), { secretsType: "None" });
  await put({ credentialsType: "AccountKey" });
  equal((await secrets()).key, btoa("key of emulatorstore1"));
  await put({ credentialsType: "AccountKey", secrets: mine });
  equal((await ask("DELETE", path)).status, 200);
  equal((await ask("GET", path)).status, 404);
  await put({ credentialsType: "AccountKey" });
  equal((await secrets()).key, btoa("key of emulatorstore1"));
});

Deno.test("emulator keeps its default datastore when it is changed, and rejects another default", async () => {
  const { ask } = createClient();
  const put = async (name: string, more: object = {}) => {
    const properties = { datastoreType: "AzureBlob", accountName: "a", containerName: "c", ...more };
    return (await ask("PUT", `${ID}/datastores/${name}`, { body: { properties } })).status;
  };
  deepEqual([await put("workspaceblobstore"), await put("mine"), await put("mine", { isDefault: true })], [
    200,
    201,
    400,
  ]);
  const { body: { value } } = await ask("GET", `${ID}/datastores?isDefault=true`);
  deepEqual(value.map(({ name }: { readonly name: string }) => name), ["workspaceblobstore"]);
});

Deno.test("emulator describes the computes of its seed with their kinds, states and errors", async () => {
  const errors = { Quota: "None left" };
  const computes = [
    { name: "mine", kind: "ComputeInstance", state: "Stopped", errors },
    { name: "k8s", kind: "Kubernetes" },
    { name: "cpu", maxNodes: 2, errors, provisioningState: "Failed" },
  ] as const;
  const { ask } = createClient({
    seed: {
      workspaces: [{
        subscription_id: "11111111-2222-3333-4444-555555555555",
        resource_group: "rg",
        name: "ws",
      }],
      computes,
    },
  });
  const read = async (name: string) => (await ask("GET", `${ID}/computes/${name}`)).body.properties;
  const listed = [{ error: { code: "Quota", message: "None left" } }];
  const mine = await read("mine");
  deepEqual([mine.computeType, mine.properties], [
    "ComputeInstance",
    { vmSize: "STANDARD_DS3_V2", state: "Stopped", errors: listed },
  ]);
  deepEqual((await read("k8s")).properties, {
    namespace: "default",
    defaultInstanceType: "defaultinstancetype",
  });
  const cpu = await read("cpu");
  deepEqual([cpu.provisioningState, cpu.properties.scaleSettings.maxNodeCount, cpu.properties.errors], [
    "Failed",
    2,
    listed,
  ]);
});

Deno.test("emulator records requests with secrets masked, and bodies as JSON, form fields, text or size", async () => {
  const { ask, emulator } = createClient();
  await ask("PUT", `${ID}/jobs/j`, { body: { a: 1 } });
  await ask("PUT", `${ID}/jobs/j`, { body: "{" });
  await ask("PUT", `${ID}/jobs/j`, { body: "12345", headers: { "content-type": "text/plain" } });
  await ask("GET", ID);
  const url = "https://login.microsoftonline.com/common/oauth2/v2.0/token?sig=secret&x=1";
  const body = new URLSearchParams({ grant_type: "x", client_secret: "secret" });
  await emulator.fetch(new Request(url, { method: "POST", body }));
  deepEqual(emulator.requests.map(({ body }) => body), [
    { a: 1 },
    "{",
    { sizeBytes: 5 },
    undefined,
    { grant_type: "x", client_secret: "***" },
  ]);
  deepEqual(emulator.requests.map(({ status }) => status), [400, 400, 415, 200, 400]);
  match(emulator.requests.at(-1)!.url, /\?sig=\*\*\*&x=1$/);
  deepEqual([...new Set(emulator.requests.slice(0, 4).map(({ headers }) => headers.authorization))], ["***"]);
});
