import { deepEqual } from "node:assert/strict";
import { openCommandContext } from "../../../src/cli/terminal/command_context.ts";
import { fakeContext } from "../../fakes/context.ts";

Deno.test("openCommandContext() makes a command redraw its table each second only where a table is drawn", () => {
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
