import { makeWorld, type WorldOptions } from "../world.ts";
import { assertTranscript } from "../assert_transcript.ts";

/** What a user of the plugin types here, and what is different in the world in which they type it. */
const cases: readonly { name: string; line: string; world?: WorldOptions }[] = [
  { name: "a callback without a function", line: "run -j main --on-job-scheduled tiny.notify" },
  { name: "a callback, and no Python", line: "run -j main --on-job-scheduled tiny.notify:tell" },
  {
    name: "a schedule that Azure refuses, and those behind it",
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
  Deno.test(`transcript: ${name}`, async (t) => {
    const { ctx, kedroAzureml } = makeWorld(world);
    const exit = await kedroAzureml(line);
    const transcript = `$ ${line}\n${ctx.stdout()}--- stderr\n${ctx.stderr()}--- exit ${exit}\n`;
    await assertTranscript(t, transcript, import.meta.url);
  });
}
