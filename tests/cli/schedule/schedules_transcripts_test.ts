import { SUBSCRIPTION_ID } from "../../fakes/seed.ts";
import { makeWorld } from "../world.ts";
import { assertTranscript } from "../assert_transcript.ts";

/** What a user types, one after the other in one world, once there are some schedules. */
const cases: readonly { name: string; lines: readonly string[] }[] = [
  { name: "list", lines: ["schedule list"] },
  { name: "show", lines: ["schedule show multi-nightly"] },
  { name: "show, as JSON", lines: ["schedule show multi-2 --json"] },
  { name: "one that is not there", lines: ["schedule show multi-nihgtly"] },
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
    name: "trigger, follow, and its runs",
    lines: [
      "schedule runs multi-1",
      "schedule trigger multi-1",
      "schedule trigger multi-1 --wait-for-completion",
      "schedule runs multi-1",
      "schedule runs multi-1 --limit 1 --json",
    ],
  },
  {
    name: "an option of the command above",
    lines: ["schedule list -j x", "schedule -j x list", "schedule show x --delete"],
  },
  { name: "an option of both", lines: ["schedule list -w staging", "schedule -w staging list"] },
  { name: "a mistyped command", lines: ["schedule lsit", "schedule main"] },
  { name: "a command without its schedule", lines: ["schedule pause"] },
  {
    name: "outside a project",
    lines: [
      "-C /tmp schedule list",
      `-C /tmp schedule list --subscription-id ${SUBSCRIPTION_ID} --resource-group rg-golden --workspace-name ws-golden`,
    ],
  },
  { name: "help", lines: ["schedule --help", "schedule trigger --help"] },
];

for (const { name, lines } of cases) {
  Deno.test(`schedules transcript: ${name}`, async (t) => {
    const { ctx, kedroAzureml } = makeWorld({ project: "cronflow" });
    await kedroAzureml("schedule -j multi");
    const before = [ctx.stdout().length, ctx.stderr().length];
    const exits: number[] = [];
    for (const line of lines) exits.push(await kedroAzureml(line));
    const typed = lines.map((line) => `$ kedro-azureml ${line}\n`).join("");
    const text = `${typed}${ctx.stdout().slice(before[0])}--- stderr\n${ctx.stderr().slice(before[1])}` +
      `--- exit ${exits.join(", ")}\n`;
    await assertTranscript(t, text, import.meta.url);
  });
}
