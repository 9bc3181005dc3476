import { equal, match } from "node:assert/strict";
import { makeWorld } from "../world.ts";

/** Values that `emulator` rejects, and the error. */
const REJECTED: readonly (readonly [line: string, error: RegExp])[] = [
  ["emulator --port 99999999", /port/i],
  ["emulator --workspace ws", /--workspace/],
];

for (const [line, error] of REJECTED) {
  Deno.test(`${line} fails with a usage error`, async () => {
    const { ctx, kedroAzureml } = makeWorld();
    equal(await kedroAzureml(line), 2, ctx.stderr());
    match(ctx.stderr(), error);
  });
}
