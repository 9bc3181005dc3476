import { deepEqual } from "node:assert/strict";
import { behaviorOf } from "../../../src/app/emulator/options.ts";

Deno.test("behaviorOf() sets no preparation delay for real steps unless one is given", () => {
  const run = { folder: "/runs", bin: "/bin", parallelSteps: 1, data: {} };
  deepEqual(
    [behaviorOf({}), behaviorOf({ run }), behaviorOf({ run, prepareMs: 5 })].map(({ pace }) =>
      pace?.prepareMs
    ),
    [1000, 0, 5],
  );
});
