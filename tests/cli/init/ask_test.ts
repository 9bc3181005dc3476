import assert from "node:assert/strict";
import type { AppEvent } from "../../../src/app/context.ts";
import { askForOptions } from "../../../src/app/init/ask.ts";
import { makeWorld, type WorldOptions } from "../world.ts";

/** Creates a project without azureml.yml, and a person who gives these answers. */
async function newProject(answers: readonly string[], options: WorldOptions = {}) {
  const world = makeWorld({ interactive: true, answers, ...options });
  await world.ctx.fs.remove(`${world.ctx.cwd}/conf/base/azureml.yml`);
  return { ...world, config: () => world.ctx.fs.readText(`${world.ctx.cwd}/conf/base/azureml.yml`) };
}

Deno.test("init asks for what Azure lists, and fills it in", async () => {
  const { kedroAzureml, ctx, config } = await newProject(["nothing", "1111", "cpu-c", "kedro-env", "1"]);
  assert.equal(await kedroAzureml("init"), 0, ctx.stderr());
  assert.match(ctx.stderr(), /Which subscription\?/);
  assert.match(ctx.stderr(), /Nothing matches "nothing"/);
  const text = await config();
  assert.match(text, /name: "ws-golden"/);
  assert.match(text, /cluster_name: "cpu-cluster"/);
  assert.match(text, /environment: "kedro-env@latest"/);
});

Deno.test("init asks nothing that is given, and nothing with --no-input", async () => {
  const all =
    "init --subscription-id s --resource-group rg --workspace-name ws --compute c --environment e@latest --no-input";
  const { kedroAzureml, ctx } = await newProject([]);
  assert.equal(await kedroAzureml(all), 0, ctx.stderr());
  assert.doesNotMatch(ctx.stderr(), /Which/);
});

Deno.test("init writes placeholders and says why if Azure cannot be asked", async () => {
  const { kedroAzureml, ctx, config } = await newProject([], {
    fetch: () => Promise.reject(new TypeError("dns error")),
  });
  assert.equal(await kedroAzureml("init"), 0, ctx.stderr());
  assert.match(ctx.stderr(), /Azure was not asked, so azureml\.yml has placeholders/);
  assert.match(await config(), /<workspace>/);
});

Deno.test("askForOptions() reports init.offline and returns the options as they are", async () => {
  const { ctx } = makeWorld({ fetch: () => Promise.reject(new TypeError("dns error")) });
  const events: AppEvent[] = [];
  const person = {} as NonNullable<Parameters<typeof askForOptions>[0]["person"]>;
  const options = { compute: "c" };
  assert.equal(
    await askForOptions({ ...ctx, person, report: (event) => void events.push(event) }, options),
    options,
  );
  const [warning] = events.flatMap((event) => event.type === "warning" ? [event.warning.code] : []);
  assert.equal(warning, "init.offline");
});
