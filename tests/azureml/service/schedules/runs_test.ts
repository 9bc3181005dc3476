import { deepEqual } from "node:assert/strict";
import { listScheduleRuns } from "../../../../src/azureml/service/schedules/runs.ts";
import { getSchedule, listSchedules } from "../../../../src/azureml/service/schedules/schedule.ts";
import { workspaceOf } from "../history/odd_answers.ts";

const run = (at: number) => ({
  name: `run-${at}`,
  properties: { status: "Completed" },
  systemData: { createdAt: `2026-01-0${at}T00:00:00Z` },
});

/** Lists the runs of a schedule that has three and one without a name, in pages of two. */
async function namesOf(atMost?: number): Promise<{ readonly names: string[]; readonly pages: number }> {
  let pages = 0;
  const workspace = workspaceOf(({ url }) => {
    const { pathname, searchParams } = new URL(url);
    if (pathname.endsWith("/schedules/nightly")) return Response.json({ name: "nightly", properties: {} });
    pages++;
    deepEqual(
      ["scheduled", "scheduleId", "listViewType"].map((name) => searchParams.get(name)),
      searchParams.has("$skip") ? [null, null, null] : ["true", "nightly", "All"],
    );
    if (searchParams.has("$skip")) return Response.json({ value: [run(2), run(1)] });
    return Response.json({ value: [run(3), { properties: {} }], nextLink: `${url.split("?")[0]}?$skip=2` });
  });
  const runs = await listScheduleRuns(workspace, "nightly", { atMost });
  return { names: runs.map(({ name, createdAt }) => `${name} ${createdAt!.getUTCDate()}`), pages };
}

Deno.test("listScheduleRuns() returns the newest runs and reads no more pages than it needs", async () => {
  deepEqual(await namesOf(), { names: ["run-3 3", "run-2 2", "run-1 1"], pages: 2 });
  deepEqual(await namesOf(2), { names: ["run-3 3", "run-2 2"], pages: 2 });
  deepEqual(await namesOf(1), { names: ["run-3 3"], pages: 1 });
  deepEqual(await namesOf(0), { names: [], pages: 0 });
});

const CREATED = { systemData: { createdAt: "2026-01-01T00:00:00Z" } };

Deno.test("listSchedules() returns schedules by name, with the time of their creation, or now if it is not known", async () => {
  const value = [
    { name: "b", properties: { displayName: "B", isEnabled: false }, ...CREATED },
    { name: "c", properties: {} },
    { name: "a", ...CREATED },
  ];
  const workspace = workspaceOf(() => Response.json({ value }));
  const listed = (await listSchedules(workspace)).map(({ name, displayName, isEnabled, createdAt }) =>
    [name, displayName, isEnabled, createdAt.toISOString()] as const
  );
  deepEqual(listed, [
    ["a", undefined, true, "2026-01-01T00:00:00.000Z"],
    ["b", "B", false, "2026-01-01T00:00:00.000Z"],
    ["c", undefined, true, "2026-01-02T03:04:05.000Z"],
  ]);
});

Deno.test("getSchedule() returns a trigger without fields of an unexpected type", async () => {
  const trigger = {
    ...{ triggerType: "Recurrence", frequency: "Day", interval: 2, timeZone: 5, endTime: null },
    schedule: { hours: [3], minutes: "0", weekDays: null },
  };
  const read = async (properties: object) => {
    const workspace = workspaceOf(() => Response.json({ name: "s", properties, ...CREATED }));
    return await getSchedule(workspace, "s");
  };
  deepEqual((await read({ trigger })).trigger, {
    ...{ triggerType: "Recurrence", frequency: "Day", interval: 2, schedule: { hours: [3] } },
  });
  deepEqual((await read({ trigger: { ...trigger, interval: "2", schedule: [] } })).trigger, {
    ...{ triggerType: "Recurrence", frequency: "Day" },
  });
  deepEqual((await read({ trigger: "odd" })).trigger, { triggerType: "unknown" });
});
