import { equal } from "node:assert/strict";
import { prepareReader } from "../../../src/app/project/prepare_reader.ts";
import { makeWorld } from "../../cli/world.ts";

Deno.test("prepareReader() starts the reader unless the cache has the project", async () => {
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
