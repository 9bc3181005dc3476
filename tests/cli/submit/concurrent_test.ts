import { deepEqual, equal } from "node:assert/strict";
import { makeWorld } from "../world.ts";

for (
  const [option, expected] of [
    ["", ["submitted main", "ended main", "submitted one", "ended one"]],
    [" --concurrent", ["submitted main", "submitted one", "ended main", "ended one"]],
  ] as const
) {
  Deno.test(`submit --wait${option} of two jobs reports "${expected.join(", ")}"`, async () => {
    const { ctx, kedroAzureml } = makeWorld();
    equal(await kedroAzureml(`submit -j main -j one --wait --json${option}`), 0, ctx.stderr());
    const results = ctx.stdout().trim().split("\n").map((line) => JSON.parse(line));
    const found = results.filter(({ type }) => type !== undefined).map(({ type, job }) => `${type} ${job}`);
    const sorted = option === "" ? found : [...found.slice(0, 2).sort(), ...found.slice(2).sort()];
    deepEqual(sorted, expected);
  });
}
