import { deepEqual } from "node:assert/strict";
import { openCommandContext } from "../../../src/cli/terminal/command_context.ts";
import { fakeContext } from "../../fakes/context.ts";

Deno.test("a followed job's table is redrawn each second on a terminal", () => {
  const tickMs = (options = {}, { interactive = true, ...env }: Record<string, unknown> = {}) =>
    openCommandContext(
      fakeContext({ interactive: interactive === true, env: env as Record<string, string> }),
      options,
    ).tickMs;
  deepEqual([tickMs(), tickMs({ emulator: true, verbose: true })], [1000, 1000]);
  deepEqual(
    [
      tickMs({ json: true }),
      tickMs({ quiet: true }),
      tickMs({}, { CI: "1" }),
      tickMs({}, { interactive: false }),
    ],
    [undefined, undefined, undefined, undefined],
  );
});
