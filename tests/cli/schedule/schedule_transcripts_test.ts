import { SUBSCRIPTION_ID } from "../../fakes/seed.ts";
import { assertTranscript, transcriptOf } from "../transcript.ts";
import { makeWorld, type WorldOptions } from "../world.ts";

const CRON: WorldOptions = { project: "cronflow" };

/** Command lines that run one after another in one world. */
const CREATION: readonly { name: string; lines: readonly string[]; world?: WorldOptions }[] = [
  { name: "a cron schedule", lines: ["schedule -j named_cron"], world: CRON },
  {
    name: "several schedules, deleted twice",
    lines: ["schedule -j multi", "schedule --delete -j multi", "schedule --delete -j multi --json"],
    world: CRON,
  },
  {
    name: "schedule --dry-run",
    lines: ["schedule --dry-run -j multi -j monthly_recurrence"],
    world: CRON,
  },
  {
    name: "schedule --delete --dry-run",
    lines: ["schedule --delete --dry-run -j multi -j no_schedule"],
    world: CRON,
  },
  { name: "schedule --delete --aml-env", lines: ["schedule --delete --aml-env x -j multi"], world: CRON },
  {
    name: "a job without a schedule",
    lines: ["schedule -j named_cron -j no_schedule", "schedule -j no_schedule --json"],
    world: CRON,
  },
  { name: "an empty list of schedules", lines: ["schedule --dry-run -j empty_list"], world: CRON },
  {
    name: "invalid schedules",
    lines: ["schedule -j unknown_ref -j bad_frequency -j named_cron -j pattern_no_minutes"],
    world: CRON,
  },
  { name: "an invalid schedule, as JSON", lines: ["schedule -j unknown_ref --json"], world: CRON },
  {
    name: "no schedules",
    lines: ["schedule list", "schedule list --json", "schedule delete none", "schedule delete none --json"],
    world: CRON,
  },
  {
    name: "a schedule rejected by Azure",
    lines: ["schedule -j inline_cron"],
    world: {
      ...CRON,
      emulator: {
        faults: [{ method: "PUT", url: /\/schedules\//, happens: { kind: "status", status: 400 } }],
      },
    },
  },
  {
    name: "one of several schedules rejected by Azure",
    lines: [
      "schedule -j named_cron -j inline_cron -j multi -j single_list",
      "schedule list",
    ],
    world: {
      ...CRON,
      emulator: {
        faults: [{
          method: "PUT",
          url: /\/schedules\/inline_cron/,
          happens: { kind: "status", status: 400 },
        }],
      },
    },
  },
];

for (const { name, lines, world } of CREATION) {
  Deno.test(`schedule matches its transcript: ${name}`, async (t) => {
    await assertTranscript(t, await transcriptOf(makeWorld(world), lines), import.meta.url);
  });
}

/** Command lines that run one after another in a world with schedules. */
const MANAGEMENT: readonly { name: string; lines: readonly string[] }[] = [
  { name: "list", lines: ["schedule list"] },
  { name: "show", lines: ["schedule show multi-nightly"] },
  { name: "show, as JSON", lines: ["schedule show multi-2 --json"] },
  { name: "an unknown schedule", lines: ["schedule show multi-nihgtly"] },
  {
    name: "pause and resume",
    lines: [
      "schedule pause multi-nightly",
      "schedule pause multi-nightly",
      "schedule show multi-nightly",
      "schedule list",
      "schedule resume multi-nightly",
      "schedule resume multi-nightly",
    ],
  },
  {
    name: "trigger, follow and list runs",
    lines: [
      "schedule runs multi-1",
      "schedule trigger multi-1",
      "schedule trigger multi-1 --wait-for-completion",
      "schedule runs multi-1",
      "schedule runs multi-1 --limit 1 --json",
    ],
  },
  {
    name: "an option of the parent command",
    lines: ["schedule list -j x", "schedule -j x list", "schedule show x --delete"],
  },
  { name: "an option of both commands", lines: ["schedule list -w staging", "schedule -w staging list"] },
  { name: "a mistyped command", lines: ["schedule lsit", "schedule main"] },
  { name: "a missing schedule name", lines: ["schedule pause"] },
  {
    name: "outside a project",
    lines: [
      "-C /tmp schedule list",
      `-C /tmp schedule list --subscription-id ${SUBSCRIPTION_ID} --resource-group rg-golden --workspace-name ws-golden`,
    ],
  },
  { name: "help", lines: ["schedule --help", "schedule trigger --help"] },
];

for (const { name, lines } of MANAGEMENT) {
  Deno.test(`schedule matches its transcript: ${name}`, async (t) => {
    const world = makeWorld(CRON);
    await world.kedroAzureml("schedule -j multi");
    await assertTranscript(t, await transcriptOf(world, lines), import.meta.url);
  });
}
