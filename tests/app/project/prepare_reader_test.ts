import { equal } from "node:assert/strict";
import { prepareReader } from "../../../src/app/project/prepare_reader.ts";
import { run } from "../../../src/cli/command_line.ts";
import { makeWorld } from "../../cli/world.ts";

Deno.test("the reader of projects starts only if the cache lacks the project", async () => {
  const { ctx, kedroAzureml } = makeWorld();
  let started = 0;
  const counting = { ...ctx, resources: { ...ctx.resources, prepareReader: () => void started++ } };
  await prepareReader(counting, ctx.cwd, {});
  equal(started, 1);
  equal(await kedroAzureml("inspect"), 0);
  await prepareReader(counting, ctx.cwd, {});
  equal(started, 1);
  await prepareReader(counting, ctx.cwd, { cache: false });
  equal(started, 2);
});

for (
  const [line, starts] of [
    ["inspect", 1],
    ["inspect --snapshot snapshot.json", 0],
    ["inspect --kedro-python python3", 0],
    ["submit --package jobs.kap", 0],
  ] as const
) {
  Deno.test(`${line} ${starts === 0 ? "starts no" : "starts the"} reader of projects early`, async () => {
    const { ctx } = makeWorld();
    let started = 0;
    await run(line.split(" "), {
      ...ctx,
      resources: { ...ctx.resources, prepareReader: () => void started++ },
    });
    equal(started, starts, ctx.stderr());
  });
}
