import assert from "node:assert/strict";
import { ask, prepare, readRecording, tinyEmulator } from "../client.ts";

const query = "api-version=2023-06-01-preview";

async function world() {
  const made = tinyEmulator({ pace: { scheduleMs: 3000 } });
  const recording = await readRecording();
  await prepare(made.emulator, recording);
  const trigger = { triggerType: "Recurrence", frequency: "day", interval: 1, timeZone: "UTC" };
  const body = {
    properties: {
      action: { actionType: "CreateJob", jobDefinition: recording.job.properties },
      trigger: { ...trigger, schedule: { hours: [], minutes: [] } },
    },
  };
  const ask_ = (method: string, path: string, body?: unknown) => {
    const url = new URL(path, "https://management.azure.com/");
    const full = path.startsWith("https:")
      ? { path: url.pathname, query: url.search.slice(1) }
      : { path, query };
    return ask(made.emulator, method, full.path, { query: full.query, ...(body !== undefined && { body }) });
  };
  return { ...made, body, ask: ask_ };
}

Deno.test("emulator creates, changes and deletes schedules asynchronously", async () => {
  const { ask, advance, body } = await world();
  for (const isEnabled of [true, false]) {
    const changed = { properties: { ...body.properties, isEnabled } };
    const put = await ask("PUT", "schedules/daily", changed);
    assert.equal(put.status, 201);
    assert.deepEqual(Object.keys(put.body), ["properties"]);
    assert.equal(put.body.properties.provisioningState, "Creating");
    const status = put.headers.get("azure-asyncoperation")!;
    assert.match(status, /\/mfeOperationsStatus\/s:/);
    assert.equal((await ask("GET", status)).body.status, "Creating");
    advance(3000);
    const ended = await ask("GET", status);
    const { id, name, startTime, endTime, ...rest } = ended.body;
    assert.deepEqual(rest, { status: "Succeeded" });
    assert.match(id, new RegExp(`/mfeOperationResults/${name}$`));
    assert.equal(Date.parse(endTime) - Date.parse(startTime), 3000);
  }
  const { body: found } = await ask("GET", "schedules/daily");
  assert.deepEqual(Object.keys(found), ["name", "properties", "systemData"]);
  const { provisioningState, trigger, action } = found.properties;
  assert.deepEqual([provisioningState, trigger.frequency, trigger.schedule], ["Succeeded", "Day", {
    hours: [],
    minutes: [],
    weekDays: null,
    monthDays: null,
  }]);
  assert.deepEqual([action.jobDefinition.status, action.jobDefinition.services], ["NotStarted", null]);
  const removed = await ask("DELETE", "schedules/daily");
  assert.deepEqual([removed.status, removed.body], [202, "null"]);
  assert.match(removed.headers.get("location")!, /\/mfeOperationResults\/s:/);
  const status = removed.headers.get("azure-asyncoperation")!;
  assert.equal((await ask("GET", status)).body.status, "Deleting");
  advance(3000);
  assert.equal((await ask("GET", status)).body.status, "Succeeded");
  assert.equal((await ask("GET", "schedules/daily")).status, 404);
});
