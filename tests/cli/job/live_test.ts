import { equal, match, ok } from "node:assert/strict";
import { SIGNED_IN } from "../../fakes/seed.ts";
import { makeWorld } from "../world.ts";

Deno.test("submit --wait on a terminal ends with a table of all steps", async () => {
  const { ctx, kedroAzureml } = makeWorld({ interactive: true });
  equal(await kedroAzureml("submit -j main --wait-for-completion"), 0);
  const frames = ctx.frames.filter(([name]) => name !== "count").map(([, ...lines]) => lines.join("\n"));
  ok(
    frames.some((frame) => /▸ clean +Running/.test(frame) && / count +Waiting/.test(frame)),
    frames.join("\n\n"),
  );
  match(ctx.stderr(), /Completed, 2 of 2 steps, .*\n✓ clean +Completed +2 s +cpu-cluster\n✓ count/);
  ok(!/clean: Running/.test(ctx.stderr()));
});

Deno.test("submit --wait prints lines in CI and on a dumb terminal", async () => {
  for (const env of [{ CI: "true" }, { TERM: "dumb" }]) {
    const { ctx, kedroAzureml } = makeWorld({ interactive: true, env: { ...SIGNED_IN, ...env } });
    equal(await kedroAzureml("submit -j main --wait-for-completion"), 0);
    match(ctx.stderr(), /clean: Running/);
  }
});
