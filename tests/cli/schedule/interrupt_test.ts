import { equal } from "node:assert/strict";
import { makeWorld, type World } from "../world.ts";

/** Runs lines, the last of which Ctrl+C interrupts at a request to change a schedule; returns its last lines. */
async function interrupted(method: string, ...lines: readonly string[]): Promise<string> {
  const controller = new AbortController();
  const interrupts = (request: Request) => request.method === method && /\/schedules\//.test(request.url);
  let isArmed = false;
  const world: World = makeWorld({
    project: "cronflow",
    signal: controller.signal,
    async fetch(request) {
      if (!isArmed || !interrupts(request)) return await world.azure.fetch(request);
      controller.abort("SIGINT");
      throw new DOMException("The signal has been aborted", "AbortError");
    },
  });
  const { ctx, kedroAzureml } = world;
  for (const [at, line] of lines.entries()) {
    isArmed = at === lines.length - 1;
    equal(await kedroAzureml(line), isArmed ? 130 : 0, ctx.stderr());
  }
  const printed = ctx.stderr().trimEnd().split("\n");
  return printed.slice(printed.findLastIndex((line) => line.startsWith("  "))).join("\n");
}

Deno.test("schedule says how to delete a schedule after Ctrl+C", async () => {
  equal(
    await interrupted("PUT", "schedule -j named_cron"),
    "  Creating schedule named_cron\n" +
      'error: Interrupted (Ctrl+C); schedule "named_cron" may have been created\n' +
      "hint: Run `kedro-azureml schedule list` to see the schedules, and `kedro-azureml schedule delete named_cron` to delete it",
  );
});

const CREATE = "schedule -j named_cron";
for (
  const [lines, saying, done] of [
    [["schedule delete named_cron"], "Deleting", "disabled or deleted"],
    [["schedule pause named_cron"], "Pausing", "paused"],
    [["schedule pause named_cron", "schedule resume named_cron"], "Resuming", "resumed"],
    [[CREATE], "Updating", "updated"],
  ] as const
) {
  Deno.test(`${lines.at(-1)} interrupted by Ctrl+C says that the schedule may have been ${done}`, async () => {
    equal(
      await interrupted("PUT", CREATE, ...lines),
      `  ${saying} schedule named_cron\n` +
        `error: Interrupted (Ctrl+C); schedule "named_cron" may have been ${done}\n` +
        "hint: Run `kedro-azureml schedule list` to see the schedules",
    );
  });
}
