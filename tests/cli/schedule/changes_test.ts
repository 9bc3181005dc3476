import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
import { makeWorld } from "../world.ts";

const CONFIG = "/home/user/cronflow/conf/base/azureml.yml";

/** A world in which `schedule` ran for the jobs `named_cron` and `multi`, and what a later line prints. */
async function scheduled() {
  const { ctx, azure, kedroAzureml } = makeWorld({ project: "cronflow" });
  const printedBy = async (line: string, exit = 0) => {
    const before = [ctx.stderr().length, ctx.stdout().length] as const;
    equal(await kedroAzureml(line), exit, ctx.stderr());
    return { err: ctx.stderr().slice(before[0]), out: ctx.stdout().slice(before[1]) };
  };
  /** Replaces a part of azureml.yml. */
  const edit = async (from: string, to: string) => {
    const text = await ctx.fs.readText(CONFIG);
    equal(text.includes(from), true);
    await ctx.fs.writeText(CONFIG, text.replace(from, to));
  };
  doesNotMatch((await printedBy("schedule named_cron multi")).err, /Updating/);
  return { azure, printedBy, edit };
}

Deno.test("an updated schedule still counts days from its creation", async () => {
  const { ctx, kedroAzureml, printed } = makeWorld({ project: "cronflow" });
  equal(await kedroAzureml("schedule inline_recurrence"), 0, ctx.stderr());
  await ctx.clock.sleep(24 * 3_600_000);
  match(await printed("schedule inline_recurrence"), /every 2 days, UTC; next Sun 2026-01-04 03:04 UTC/);
});

Deno.test("schedule keeps a paused schedule paused", async () => {
  const { azure, printedBy } = await scheduled();
  await printedBy("schedule pause named_cron");
  const { out, err } = await printedBy("schedule named_cron");
  match(err, /^ {2}Updating schedule named_cron$/m);
  match(err, /^hint: Run `kedro-azureml schedule resume named_cron` to resume it$/m);
  match(out, /; it is still paused$/m);
  const [{ schedule, created, isEnabled }] = [
    JSON.parse((await printedBy("schedule named_cron --json")).out),
  ];
  deepEqual([schedule, created, isEnabled], ["named_cron", false, false]);
  const [sent] = azure.resources("schedules").filter(({ name }) => name === "named_cron");
  equal(sent!.properties.isEnabled, false);
});

Deno.test("schedule warns that a new recurrence runs at once", async () => {
  const { printedBy, edit } = await scheduled();
  await edit(
    "      - recurrence: {frequency: hour, interval: 6}\n",
    "      - recurrence: {frequency: day, interval: 1}\n",
  );
  const { out, err } = await printedBy("schedule multi");
  match(err, /schedule\[2\]\.recurrence: has no start_time, so Azure ML also runs the job as soon as/);
  match(out, /multi-2 runs job multi: every day, UTC; next Sat 2026-01-03 /);
  const runs = JSON.parse((await printedBy("schedule runs multi-2 --json")).out);
  match(runs.map(({ displayName }: { displayName: string }) => displayName).join(), /^multi-2-\d{8}T\d{6}Z$/);
  const jobs = JSON.parse((await printedBy("job list --json")).out);
  deepEqual((jobs.jobs ?? jobs).map(({ job }: { job: string }) => job), ["multi"]);
});

Deno.test("schedule warns about a day of the month in a cron expression", async () => {
  const { printedBy, edit } = await scheduled();
  await edit('expression: "5 5 * * *"', 'expression: "5 5 1 * *"');
  const { out, err } = await printedBy("schedule multi");
  match(err, /^warning: .*Azure ML reads "5 5 1 \* \*" as "5 5 \* \* \*"/m);
  match(err, /start_time: "2026-01-01T05:05:00"}`$/m);
  match(
    out,
    /multi-1 runs job multi: daily at 05:05, UTC \(cron 5 5 1 \* \*\); next Fri 2026-01-02 05:05 UTC/,
  );
});

Deno.test("schedule and validate warn of a schedule with a past end", async () => {
  const { printedBy, edit } = await scheduled();
  await edit(`end_time: "2027-01-01T00:00:00"`, `end_time: "2026-01-02T02:00:00"`);
  const { out } = await printedBy("validate named_cron");
  equal(out.split("[schedule.ended]").length, 2, out);
  match(
    out,
    /schedules\.nightly\.cron\.end_time: "2026-01-02T02:00:00" has passed, so the schedule does not run/,
  );
  match((await printedBy("schedule named_cron")).err, /end_time: "2026-01-02T02:00:00" has passed/);
  await edit(`end_time: "2026-01-02T02:00:00"`, `end_time: "2026-01-02T06:00:00"`);
  doesNotMatch((await printedBy("validate named_cron")).out, /has passed/);
});
