import { deepEqual } from "node:assert/strict";
import { behaviorOf } from "../../../src/app/emulator/options.ts";

const SEED = {};

Deno.test("behaviorOf() passes on --demand-mfa and --accept-any", () => {
  for (const value of [true, false]) {
    const { demandsMfa, acceptAny } = behaviorOf({ seed: SEED, demandMfa: value, acceptAny: value });
    deepEqual([demandsMfa, acceptAny], [value, value]);
  }
});

Deno.test("behaviorOf() prepares real steps without a delay", () => {
  const run = { folder: "/runs", bin: "/bin", parallelSteps: 1, data: {} };
  deepEqual(
    [behaviorOf({ seed: SEED }), behaviorOf({ seed: SEED, run })].map(({ pace }) => pace?.prepareMs),
    [
      1000,
      0,
    ],
  );
});
