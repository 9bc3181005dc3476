import { makeWorld, type WorldOptions } from "../world.ts";
import { assertTranscript, transcriptOf } from "../transcript.ts";

/** A command line of the plugin, and the options of the world in which it runs. */
const cases: readonly { name: string; line: string; world?: WorldOptions }[] = [
  { name: "--on-job-scheduled needs Python", line: "run -j main --on-job-scheduled tiny.notify:tell" },
  {
    name: "schedule skips later jobs if Azure rejects a schedule",
    line: "schedule -j named_cron -j multi -j single_list",
    world: {
      project: "cronflow",
      emulator: {
        faults: [{ method: "PUT", url: /\/schedules\/multi-1/, happens: { kind: "status", status: 400 } }],
      },
    },
  },
];

for (const { name, line, world } of cases) {
  Deno.test(`${name}`, async (t) => {
    await assertTranscript(t, await transcriptOf(makeWorld(world), [line]), import.meta.url);
  });
}
