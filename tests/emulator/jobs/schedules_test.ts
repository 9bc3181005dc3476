import { deepEqual, equal, match } from "node:assert/strict";
import { createClient, ID, job, register } from "../two_steps.ts";

const NIGHTLY = `${ID}/schedules/nightly`;

/** Creates an emulator with the schedules `nightly`, which is enabled, and `paused`. */
async function createSchedules() {
  const client = createClient();
  await register(client);
  const properties = {
    trigger: { triggerType: "Cron", expression: "0 3 * * *", timeZone: "UTC" },
    action: { actionType: "CreateJob", jobDefinition: job().properties },
  };
  const put = (name: string, isEnabled: boolean) =>
    client.ask("PUT", `${ID}/schedules/${name}`, { body: { properties: { ...properties, isEnabled } } });
  deepEqual([(await put("nightly", true)).status, (await put("paused", false)).status], [201, 201]);
  return { ...client, put };
}

Deno.test("emulator refuses to delete an enabled schedule", async () => {
  const { ask, put } = await createSchedules();
  const rejected = await ask("DELETE", NIGHTLY);
  deepEqual([rejected.status, rejected.body.error.code], [400, "UserError"]);

  await put("nightly", false);
  equal((await ask("DELETE", NIGHTLY)).status, 202);
  equal((await ask("GET", NIGHTLY)).status, 404);
});

Deno.test("emulator triggers a schedule only with the preview API version", async () => {
  const { ask } = await createSchedules();
  const trigger = (version: string) => ask("POST", `${NIGHTLY}/trigger`, { body: {}, version });
  equal((await trigger("2024-04-01")).status, 400);
  const { status, body } = await trigger("2024-01-01-preview");
  deepEqual([status, body.scheduleActionType], [200, "CreateJob"]);
});

Deno.test("emulator starts a job for a new recurrence without start time", async () => {
  const { ask } = await createSchedules();
  const put = async (name: string, more: object, isEnabled = true) => {
    const trigger = {
      ...{ triggerType: "Recurrence", frequency: "day", interval: 1, timeZone: "UTC" },
      ...{ schedule: { hours: [3], minutes: [0] }, ...more },
    };
    const action = { actionType: "CreateJob", jobDefinition: job().properties };
    await ask("PUT", `${ID}/schedules/${name}`, { body: { properties: { trigger, action, isEnabled } } });
    const { body } = await ask("GET", `${ID}/jobs?scheduleId=${name}`);
    return body.value.map(({ properties }: { properties: { displayName: string } }) =>
      properties.displayName
    );
  };
  deepEqual(await put("later", { startTime: "2026-06-01T00:00:00" }), []);
  deepEqual(await put("off", {}, false), []);
  const frequency = await ask("GET", `${ID}/schedules/off`);
  equal(frequency.body.properties.trigger.frequency, "Day");
  deepEqual(await put("loud", { frequency: "DAY", startTime: "2026-06-01T00:00:00" }), []);
  equal((await ask("GET", `${ID}/schedules/loud`)).body.properties.trigger.frequency, "Day");
  const weekly = { frequency: "WEEK", startTime: "2026-06-01T00:00:00" };
  deepEqual(
    await put("weekly", {
      ...weekly,
      schedule: { hours: [3], minutes: [0], weekDays: ["monday", "SUNDAY"] },
    }),
    [],
  );
  const { body: { properties: { trigger } } } = await ask("GET", `${ID}/schedules/weekly`);
  deepEqual([trigger.frequency, trigger.schedule.weekDays], ["Week", ["Monday", "Sunday"]]);
  const [first, ...others] = await put("daily", {});
  match(first, /^daily-\d{8}T\d{6}Z$/);
  deepEqual(others, []);
  deepEqual(await put("daily", {}), [first]);
});
