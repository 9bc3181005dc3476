import { SUBSCRIPTION_ID } from "../../fakes/seed.ts";
import { assertTranscript, transcriptOf } from "../transcript.ts";
import { makeWorld, type WorldOptions } from "../world.ts";

const CRON: WorldOptions = { project: "cronflow" };

/** Command lines that run one after another in one world. */
const CREATION: readonly { name: string; lines: readonly string[]; world?: WorldOptions }[] = [
  { name: "creates a cron schedule", lines: ["schedule -j named_cron"], world: CRON },
  {
    name: "--delete deletes several schedules",
    lines: ["schedule -j multi", "schedule --delete -j multi", "schedule --delete -j multi --json"],
    world: CRON,
  },
  {
    name: "--dry-run prints the schedules",
    lines: ["schedule --dry-run -j multi -j monthly_recurrence"],
    world: CRON,
  },
  {
    name: "--delete --dry-run prints the schedules",
    lines: ["schedule --delete --dry-run -j multi -j no_schedule"],
    world: CRON,
  },
  { name: "--delete rejects --aml-env", lines: ["schedule --delete --aml-env x -j multi"], world: CRON },
  {
    name: "fails for a job without a schedule",
    lines: ["schedule -j named_cron -j no_schedule", "schedule -j no_schedule --json"],
    world: CRON,
  },
  { name: "fails for an empty list of schedules", lines: ["schedule --dry-run -j empty_list"], world: CRON },
  {
    name: "prints all problems of schedules",
    lines: ["schedule -j unknown_ref -j bad_frequency -j named_cron -j pattern_no_minutes"],
    world: CRON,
  },
  { name: "--json prints the problem of a schedule", lines: ["schedule -j unknown_ref --json"], world: CRON },
  {
    name: "fails without schedules in azureml.yml",
    lines: ["schedule list", "schedule list --json", "schedule delete none", "schedule delete none --json"],
    world: CRON,
  },
  {
    name: "prints why Azure rejects a schedule",
    lines: ["schedule -j inline_cron"],
    world: {
      ...CRON,
      emulator: {
        faults: [{ method: "PUT", url: /\/schedules\//, happens: { kind: "status", status: 400 } }],
      },
    },
  },
  {
    name: "creates other schedules if Azure rejects one",
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
  Deno.test(`schedule ${name}`, async (t) => {
    await assertTranscript(t, await transcriptOf(makeWorld(world), lines), import.meta.url);
  });
}

/** Command lines that run one after another in a world with schedules. */
const MANAGEMENT: readonly { name: string; lines: readonly string[] }[] = [
  { name: "list prints each schedule", lines: ["schedule list"] },
  { name: "show prints the next times", lines: ["schedule show multi-nightly"] },
  { name: "show --json prints the schedule", lines: ["schedule show multi-2 --json"] },
  { name: "show suggests a schedule for a typo", lines: ["schedule show multi-nihgtly"] },
  {
    name: "pause disables a schedule until resume",
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
    name: "trigger starts a job",
    lines: [
      "schedule runs multi-1",
      "schedule trigger multi-1",
      "schedule trigger multi-1 --wait-for-completion",
      "schedule runs multi-1",
      "schedule runs multi-1 --limit 1 --json",
    ],
  },
  {
    name: "list rejects an option of `schedule`",
    lines: ["schedule list -j x", "schedule -j x list", "schedule show x --delete"],
  },
  {
    name: "list accepts -w before and after `list`",
    lines: ["schedule list -w staging", "schedule -w staging list"],
  },
  { name: "suggests a subcommand for a typo", lines: ["schedule lsit", "schedule main"] },
  { name: "pause without a name lists the schedules", lines: ["schedule pause"] },
  {
    name: "list outside a project needs a workspace",
    lines: [
      "-C /tmp schedule list",
      `-C /tmp schedule list --subscription-id ${SUBSCRIPTION_ID} --resource-group rg-golden --workspace-name ws-golden`,
    ],
  },
  { name: "--help lists the subcommands", lines: ["schedule --help", "schedule trigger --help"] },
];

for (const { name, lines } of MANAGEMENT) {
  Deno.test(`schedule ${name}`, async (t) => {
    const world = makeWorld(CRON);
    await world.kedroAzureml("schedule -j multi");
    await assertTranscript(t, await transcriptOf(world, lines), import.meta.url);
  });
}
