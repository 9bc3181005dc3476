import { deepEqual } from "node:assert/strict";
import { behaviorOf } from "../../../src/app/emulator/options.ts";

Deno.test("behaviorOf() prepares real steps without a delay", () => {
  const run = { folder: "/runs", bin: "/bin", parallelSteps: 1, data: {} };
  deepEqual(
    [behaviorOf({}), behaviorOf({ run }), behaviorOf({ run, prepareMs: 5 })].map(({ pace }) =>
      pace?.prepareMs
    ),
    [1000, 0, 5],
  );
});
