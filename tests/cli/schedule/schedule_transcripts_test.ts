import { makeWorld, type WorldOptions } from "../world.ts";
import { assertTranscript } from "../assert_transcript.ts";

const CRON: WorldOptions = { project: "cronflow" };

/** What a user types, one after the other in one world. */
const cases: readonly { name: string; lines: readonly string[]; world?: WorldOptions }[] = [
  { name: "a schedule by cron", lines: ["schedule -j named_cron"], world: CRON },
  {
    name: "several, then deleted, and again",
    lines: ["schedule -j multi", "schedule --delete -j multi", "schedule --delete -j multi --json"],
    world: CRON,
  },
  {
    name: "what would be scheduled",
    lines: ["schedule --dry-run -j multi -j monthly_recurrence"],
    world: CRON,
  },
  {
    name: "what would be deleted",
    lines: ["schedule --delete --dry-run -j multi -j no_schedule"],
    world: CRON,
  },
  { name: "delete and an environment", lines: ["schedule --delete --aml-env x -j multi"], world: CRON },
  { name: "a job without a schedule", lines: ["schedule -j named_cron -j no_schedule"], world: CRON },
  { name: "an empty list", lines: ["schedule --dry-run -j empty_list"], world: CRON },
  {
    name: "schedules that cannot be made",
    lines: ["schedule -j unknown_ref -j bad_frequency -j named_cron -j pattern_no_minutes"],
    world: CRON,
  },
  { name: "one that cannot be made, as JSON", lines: ["schedule -j unknown_ref --json"], world: CRON },
  {
    name: "a service that refuses the schedule",
    lines: ["schedule -j inline_cron"],
    world: {
      ...CRON,
      emulator: {
        faults: [{ method: "PUT", url: /\/schedules\//, happens: { kind: "status", status: 400 } }],
      },
    },
  },
];

for (const { name, lines, world } of cases) {
  Deno.test(`schedule transcript: ${name}`, async (t) => {
    const { ctx, kedroAzureml } = makeWorld(world);
    const exits: number[] = [];
    for (const line of lines) exits.push(await kedroAzureml(line));
    const typed = lines.map((line) => `$ kedro-azureml ${line}\n`).join("");
    const text = `${typed}${ctx.stdout()}--- stderr\n${ctx.stderr()}--- exit ${exits.join(", ")}\n`;
    await assertTranscript(t, text, import.meta.url);
  });
}
