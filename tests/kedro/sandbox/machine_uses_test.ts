import { deepStrictEqual, throws } from "node:assert/strict";
import { countUses, machineUses, resetUses } from "../../../src/kedro/sandbox/uses.ts";

const imports = {
  wasi_snapshot_preview1: { clock_time_get: () => 1, random_get: () => 2, fd_write: () => 3 },
  env: {
    emscripten_date_now: () => 4,
    emscripten_get_now: () => 5,
    _tzset_js: () => 6,
    _localtime_js: (time: bigint) => Number(time),
    _mktime_js: () => 8,
    other: () => 9,
  },
};

Deno.test("countUses() counts reads of the clock", () => {
  const { wasi_snapshot_preview1: wasi, env } = countUses(imports) as typeof imports;
  resetUses();
  deepStrictEqual([wasi.clock_time_get(), env.emscripten_date_now(), env.emscripten_get_now()], [1, 4, 5]);
  deepStrictEqual([wasi.random_get(), wasi.fd_write(), env.other()], [2, 3, 9]);
  deepStrictEqual([env._localtime_js(7n), env._tzset_js(), env._mktime_js()], [7, 6, 8]);
  deepStrictEqual(machineUses(), { clock: 3, random: 1, timeZone: 3 });
  resetUses();
  deepStrictEqual(machineUses(), { clock: 0, random: 0, timeZone: 0 });
});

Deno.test("countUses() rejects an unknown interpreter", () => {
  throws(() => countUses({ ...imports, env: {} }), /does not import "emscripten_date_now"/);
});
