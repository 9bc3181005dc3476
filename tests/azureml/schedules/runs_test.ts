import { deepEqual, rejects } from "node:assert/strict";
import { getSchedule, listScheduleRuns } from "../../../src/azureml/schedules/schedules.ts";
import { workspaceOf } from "../runs/odd_answers.ts";

const run = (at: number) => ({
  name: `run-${at}`,
  properties: { status: "Completed" },
  systemData: { createdAt: `2026-01-0${at}T00:00:00Z` },
});

/** Lists the runs of a schedule that has three and one without a name, in pages of two. */
async function namesOf(atMost: number): Promise<{ readonly names: string[]; readonly pages: number }> {
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
  const runs = await listScheduleRuns(workspace, "nightly", atMost);
  return { names: runs.map(({ name, createdAt }) => `${name} ${createdAt!.getUTCDate()}`), pages };
}

Deno.test("listScheduleRuns() stops reading pages after enough runs", async () => {
  deepEqual(await namesOf(20), { names: ["run-3 3", "run-2 2", "run-1 1"], pages: 2 });
  deepEqual(await namesOf(2), { names: ["run-3 3", "run-2 2"], pages: 2 });
  deepEqual(await namesOf(1), { names: ["run-3 3"], pages: 1 });
  deepEqual(await namesOf(0), { names: [], pages: 0 });
});

for (
  const [names, details, suggestion] of [
    [["nightly", "weekly"], ["schedules: nightly, weekly"], ' (did you mean "nightly"?)'],
    [[], [], ""],
  ] as const
) {
  Deno.test(`getSchedule() suggests ${names.length} names for a missing schedule`, async () => {
    const workspace = workspaceOf(({ url }) =>
      new URL(url).pathname.endsWith("/schedules")
        ? Response.json({ value: names.map((name) => ({ name, properties: {} })) })
        : Response.json({ error: { code: "UserError", message: "No." } }, { status: 404 })
    );
    await rejects(getSchedule(workspace, "nightli"), {
      code: "schedule.not_found",
      exit: 5,
      message: `Schedule "nightli" not found in workspace "${workspace.config.name}"${suggestion}`,
      details,
      data: { schedules: names },
      hint: "Run `kedro-azureml schedule list`, or choose another workspace of azureml.yml with `-w`",
    });
  });
}
