import { fileURLToPath } from "node:url";
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { ask, type Loose, prepare, putJob, readRecording, tinyEmulator } from "../emulator/client.ts";
import { isThere, peerPath, skippedWithout } from "./peer.ts";
import { recordedDeviations } from "./recorded_answers.ts";

/** Azure's OpenAPI specification and its validator; neither is part of the project. */
const OPENAPI = fileURLToPath(new URL("../../../shared/openapi", import.meta.url));
const OAV = "oav/package.json";
const STABLE =
  "specification/machinelearningservices/resource-manager/Microsoft.MachineLearningServices/stable";
const query = "api-version=2023-04-01";

const skipped = isThere(OPENAPI)
  ? skippedWithout(OAV)
  : ` (skipped: no ${OPENAPI}, which is not part of the project)`;

Deno.test({
  name: `emulator responses conform to Azure's OpenAPI specification${skipped}`,
  ignore: skipped !== "",
  // The validator leaves a timer running.
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async (t) => {
    const validator = await createValidator();
    const exchanges = await exerciseEmulator();
    assert.ok(exchanges.length > 25);
    const deviations = recordedDeviations();
    for (const { request, response } of exchanges) {
      const path = pathOf(request);
      await t.step(
        `${response.statusCode} response to ${request.method} ${path || "the workspace"} conforms`,
        async () => {
          assert.deepEqual(await errorsOf(validator, request, deviations.without(path, response)), []);
        },
      );
    }
    await t.step(
      "each listed deviation from the specification occurs",
      () => assert.deepEqual(deviations.unseen(), []),
    );
    const { request, response } = exchanges.find(({ request: { url } }) => /jobs\/j1\?/.test(url))!;
    const broken = {
      "an unknown property": { surprise: null },
      "an object in place of a recorded null": { notificationSetting: {} },
      "a number in place of the outputs": { outputs: 7 },
    };
    for (const [what, other] of Object.entries(broken)) {
      await t.step(`validator detects ${what}`, async () => {
        const properties = { ...response.body.properties, ...other };
        const answer = { ...response, body: { ...response.body, properties } };
        const errors = await errorsOf(validator, request, deviations.without(pathOf(request), answer));
        assert.equal(errors.length, 1, errors.join("\n"));
        assert.ok(errors[0]!.includes(Object.keys(other)[0]!), errors[0]);
      });
    }
  },
});

/** The path of a request within its workspace. */
const pathOf = ({ url }: Loose) => new URL(url).pathname.split("/workspaces/")[1]!.replace(/^[^/]+\/?/, "");

async function errorsOf(
  validator: Loose,
  liveRequest: Loose,
  liveResponse: Loose,
): Promise<readonly string[]> {
  const { requestValidationResult, responseValidationResult } = await validator.validateLiveRequestResponse({
    liveRequest,
    liveResponse,
  });
  return [requestValidationResult, responseValidationResult].flatMap((result: Loose) => {
    const errors = result.errors.map(({ code, message, pathsInPayload }: Loose) =>
      `${code}: ${message} ${pathsInPayload}`
    );
    if (errors.length === 0) assert.equal(result.isSuccessful, true, result.runtimeException?.message);
    return errors;
  });
}

async function createValidator(): Promise<Loose> {
  const { LiveValidator } = createRequire(peerPath(OAV))("oav/dist/lib/liveValidation/liveValidator.js");
  const validator = new LiveValidator({
    directory: OPENAPI,
    swaggerPathsPattern: [`${STABLE}/2023-04-01/*.json`],
    loadValidatorInInitialize: false,
  });
  await validator.initialize();
  return validator;
}

/** Sends every kind of request to the emulator and returns requests and answers. */
async function exerciseEmulator(): Promise<readonly Loose[]> {
  const { emulator, advance } = tinyEmulator();
  const exchanges: Loose[] = [];
  const recorded = { ...emulator, fetch: (request: Request) => record(exchanges, request, emulator.fetch) };
  const recording = await readRecording();
  recording.code.properties.properties.hash_version = "202208";
  await prepare(recorded, recording, query);
  const headers = { "x-azureml-token": emulator.issueToken("https://ml.azure.com") };
  await putJob(recorded, "j1", recording.job, { query, headers, body: recording.job });
  const { properties: jobDefinition } = recording.job;
  for (const trigger of TRIGGERS) {
    const body = { properties: { action: { actionType: "CreateJob", jobDefinition }, trigger } };
    await ask(recorded, "PUT", `schedules/${trigger.triggerType}`, { query, body });
  }
  const reads = [...READS, recording.codePath, ...Object.keys(recording.components)];
  for (const path of reads) await ask(recorded, "GET", path, { query });
  await ask(recorded, "POST", "datastores/workspaceblobstore/listSecrets", { query });
  advance(4000);
  await ask(recorded, "POST", "jobs/j1/cancel", { query });
  return exchanges;
}

const TRIGGERS = [
  { triggerType: "Cron", expression: "0 3 * * *", timeZone: "UTC" },
  { triggerType: "Recurrence", frequency: "Day", interval: 1, schedule: { hours: [3], minutes: [0] } },
];

const READS = [
  "",
  "components",
  "computes",
  "computes/cpu-cluster",
  "computes/gone",
  "environments",
  "environments/kedro-env",
  "environments/kedro-env/versions",
  "environments/kedro-env/versions/12",
  "data",
  "data/rides",
  "data/rides/versions",
  "data/rides/versions/1",
  "datastores",
  "datastores/workspaceblobstore",
  "jobs",
  "jobs/j1",
  "jobs/gone",
  "schedules",
  "schedules/Cron",
];

async function record(
  exchanges: Loose[],
  request: Request,
  send: (request: Request) => Promise<Response>,
): Promise<Response> {
  const sent = await request.clone().text();
  const answer = await send(request);
  if (new URL(request.url).hostname !== "management.azure.com") return answer;
  const got = await answer.clone().text();
  exchanges.push({
    request: {
      method: request.method,
      url: request.url,
      headers: Object.fromEntries(request.headers),
      ...(sent !== "" && { body: JSON.parse(sent) }),
    },
    response: {
      statusCode: String(answer.status),
      headers: Object.fromEntries(answer.headers),
      ...(got !== "" && { body: JSON.parse(got) }),
    },
  });
  return answer;
}
