import { equal, match } from "node:assert/strict";
import { makeWorld } from "../world.ts";

/** Values that `emulator` rejects, and the error. */
const REJECTED: readonly (readonly [line: string, error: RegExp])[] = [
  ["emulator --fault jobs", /fault/],
  ["emulator --latency soon", /--latency/],
  ["emulator --limits half", /--limits/],
  ["emulator --provision soon", /--provision/],
  ["emulator --port 99999999", /port/i],
  ["emulator --role Nobody", /role/i],
];

for (const [line, error] of REJECTED) {
  Deno.test(`${line} fails with a usage error`, async () => {
    const { ctx, kedroAzureml } = makeWorld();
    equal(await kedroAzureml(line), 2, ctx.stderr());
    match(ctx.stderr(), error);
  });
}
