import assert from "node:assert/strict";
import { component, createClient, ID, job, register } from "../two_steps.ts";

const JOB = `${ID}/jobs/job-1`;

/** Creates a job with one property changed. */
// deno-lint-ignore no-explicit-any
function jobWith(change: (properties: any) => void) {
  const body = structuredClone(job());
  change(body.properties);
  return body;
}

Deno.test("emulator accepts the same job again under its name", async () => {
  const client = createClient();
  await register(client);
  assert.equal((await client.ask("PUT", JOB, { body: job() })).status, 201);
  assert.equal((await client.ask("PUT", JOB, { body: job() })).status, 200);
  const renamed = jobWith((one) => one.displayName = "Another name");
  assert.equal((await client.ask("PUT", JOB, { body: renamed })).body.properties.displayName, "Another name");
  const other = jobWith((one) => delete one.jobs.b);
  assert.equal((await client.ask("PUT", JOB, { body: other })).status, 409);
});

Deno.test("emulator requires a valid token for the right audience", async () => {
  const { emulator, ask } = createClient();
  const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
  const cases = [
    [{ headers: { authorization: null } }, "AuthenticationFailed"],
    [bearer("x.y.z"), "InvalidAuthenticationToken"],
    [
      bearer(emulator.issueToken("https://management.azure.com", { lifetimeSeconds: -1 })),
      "ExpiredAuthenticationToken",
    ],
    [bearer(emulator.issueToken("https://storage.azure.com")), "InvalidAuthenticationTokenAudience"],
  ] as const;
  for (const [asked, code] of cases) {
    const answer = await ask("GET", ID, asked);
    assert.deepEqual([answer.status, answer.body.error.code], [401, code]);
    assert.match(answer.headers.get("www-authenticate")!, /^Bearer authorization_uri=/);
  }
});

Deno.test("emulator requires the Azure ML token for a pipeline job", async () => {
  const client = createClient();
  await register(client);
  const wrong = client.emulator.issueToken("https://management.azure.com");
  for (const token of [null, wrong]) {
    const answer = await client.ask("PUT", JOB, { body: job(), headers: { "x-azureml-token": token } });
    assert.equal(answer.status, 401);
  }
});

Deno.test("emulator requires a known api-version", async () => {
  const { ask } = createClient();
  const code = async (version: string | null) => (await ask("GET", ID, { version })).body.error?.code;
  assert.equal(await code(null), "MissingApiVersionParameter");
  assert.equal(await code("new"), "InvalidApiVersionParameter");
  for (const version of ["2019-01-01", "2019-01-01-preview", "2024-10-01-privatepreview"]) {
    assert.equal(await code(version), "NoRegisteredProviderFound", version);
  }
  assert.equal(await code("2024-10-01-preview"), undefined);
});

Deno.test("emulator names the missing action of an identity", async () => {
  const { ask } = createClient({
    deniedActions: ["Microsoft.MachineLearningServices/workspaces/computes/*"],
  });
  assert.equal((await ask("GET", ID)).status, 200);
  const { status, body } = await ask("GET", `${ID}/computes/cpu`);
  assert.deepEqual([status, body.error.code], [403, "AuthorizationFailed"]);
  assert.match(body.error.message, /workspaces\/computes\/read/);
});

Deno.test("emulator names the missing subscription, resource group or resource", async () => {
  const { ask } = createClient();
  const code = async (path: string) => (await ask("GET", path)).body.error.code;
  assert.equal(await code(ID.replace("11111111-2222-3333-4444-555555555555", "s-2")), "SubscriptionNotFound");
  assert.equal(await code(ID.replace("/rg/", "/other/")), "ResourceGroupNotFound");
  assert.equal(await code(`${ID}2`), "ResourceNotFound");
  assert.equal(await code(`${ID}2/jobs/a`), "ParentResourceNotFound");
  const compute = await ask("GET", `${ID}/computes/gpu`);
  assert.deepEqual([compute.status, compute.body, compute.headers.get("content-type")], [404, "", null]);
  const { error } = (await ask("GET", `${ID}/schedules/gone`)).body;
  assert.deepEqual([error.code, error.message], ["UserError", "Resource Trigger gone not found"]);
  assert.deepEqual(error.additionalInfo.at(-1), {
    type: "InnerError",
    info: { value: { code: "NotFound", innerError: null } },
  });
});

Deno.test("emulator rejects a component with a missing environment", async () => {
  const { ask } = createClient();
  const path = `${ID}/components/mine/versions/v`;
  const without = component(false);
  without.properties.componentSpec.environment += "x";
  assert.match(
    (await ask("PUT", path, { body: without })).body.error.message,
    /Environment .* was not found/,
  );
  assert.equal((await ask("PUT", path, { body: component(false) })).status, 201);
  const { status, body } = await ask("PUT", path, { body: component(true) });
  assert.equal(status, 400);
  assert.match(body.error.message, /Failed to update component mine since field "inputs" is immutable/);
});

Deno.test("emulator reports wrong sign-ins with Entra ID's codes", async () => {
  const { emulator } = createClient();
  const { tenant, client, secret } = emulator.identity;
  const signIn = async (form: Record<string, string>, of = tenant) => {
    const body = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: client,
      client_secret: secret,
      scope: "https://management.azure.com/.default",
      ...form,
    });
    const url = `https://login.microsoftonline.com/${of}/oauth2/v2.0/token`;
    return await (await emulator.fetch(new Request(url, { method: "POST", body }))).json();
  };
  assert.equal((await signIn({})).token_type, "Bearer");
  assert.deepEqual((await signIn({ client_secret: "no" })).error_codes, [7000215]);
  assert.deepEqual((await signIn({ client_secret: "" })).error_codes, [7000215]);
  assert.deepEqual((await signIn({ client_id: "no" })).error_codes, [700016]);
  assert.deepEqual((await signIn({}, "no")).error_codes, [90002]);
  assert.deepEqual((await signIn({ scope: "https://no.example/.default" })).error_codes, [500011]);
  assert.ok(!JSON.stringify(emulator.requests).includes(secret));
});

Deno.test("emulator answers 404 to another resource provider", async () => {
  const { ask } = createClient();
  for (
    const path of [
      ID.replace("resourceGroups", "groups"),
      ID.replace("/providers/", "/provided/"),
      ID.replace("Microsoft.MachineLearningServices", "Microsoft.Storage"),
    ]
  ) {
    const { status, body } = await ask("GET", path);
    assert.deepEqual([status, body.error.code], [404, "InvalidResourceNamespace"], path);
  }
  const { emulator } = createClient();
  assert.equal((await emulator.fetch(new Request("https://elsewhere.example/x"))).status, 404);
});
