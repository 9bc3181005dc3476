import { deepEqual, equal, rejects } from "node:assert/strict";
import type { AppEvent } from "../../../src/app/context.ts";
import { openConfig, withLoadOptions } from "../../../src/app/project/open.ts";
import { slashed } from "../../fakes/paths.ts";
import { makeWorld, type WorldOptions } from "../../cli/world.ts";

/** A project, and what is reported while it is read. */
function opened(options: WorldOptions = {}) {
  const { ctx } = makeWorld(options);
  const events: AppEvent[] = [];
  const report = (event: AppEvent) => void (event.type !== "cache" && events.push(event));
  return { ctx: { ...ctx, report }, files: ctx, events };
}

Deno.test("placeholders are filled only for runs on this machine", async () => {
  const { ctx, files } = opened();
  const config = `${ctx.cwd}/conf/base/azureml.yml`;
  const text = await files.fs.readText(config);
  await files.fs.writeText(config, text.replace('"ws-golden"', '"<workspace>"'));
  const nameOf = async (options: object) =>
    (await openConfig(ctx, options)).azureml.workspace.__default__!.name;
  equal(await nameOf({}), "<workspace>");
  equal(await nameOf({ fillsPlaceholders: true }), "emulator");
});

Deno.test("the project is read with -e, --params and --allow-outside", async () => {
  const { ctx, files } = opened();
  await files.fs.writeText("/home/user/shared/a.py", "");
  const options = { kedroEnv: "prod", params: { alpha: 1 }, allowOutside: ["/home/user/shared"] };
  const { resolve: _, settings, root, ...load } = await withLoadOptions(ctx, options, async (load) => load);
  equal(slashed(root), ctx.cwd);
  deepEqual(load, {
    ...{ env: "prod", outside: ["/home/user/shared"], runtimeParams: { alpha: 1 } },
  });
  equal(settings.base_env, "base");
  await rejects(withLoadOptions(ctx, { allowOutside: ["/home/user/nosuch"] }, async (load) => load), {
    code: "usage.allow_outside",
    message: 'Cannot allow what is in "/home/user/nosuch": it does not exist',
  });
});

Deno.test("settings.py of a nested package is read", async () => {
  const files = {
    "/shop/pyproject.toml":
      '[tool.kedro]\npackage_name = "shop.core"\nproject_name = "shop"\nkedro_init_version = "1.0.0"\n',
    "/shop/src/shop/__init__.py": "",
    "/shop/src/shop/core/__init__.py": "",
    "/shop/src/shop/core/pipeline_registry.py": "def register_pipelines():\n    return {}\n",
    "/shop/conf/base/catalog.yml": "",
    "/shop/conf/local/catalog.yml": "",
  };
  const settings = { "/shop/src/shop/core/settings.py": 'CONFIG_LOADER_ARGS = {"base_env": "main"}\n' };
  for (const [more, base_env] of [[settings, "main"], [{}, "base"]] as const) {
    const { ctx } = opened({ cwd: "/shop", files: { ...files, ...more } });
    equal((await withLoadOptions(ctx, {}, async (load) => load)).settings.base_env, base_env);
  }
});

Deno.test("a pipe in place of settings.py is not read", async () => {
  const { ctx } = opened();
  const settings = `${ctx.cwd}/src/tiny/settings.py`;
  const stat: typeof ctx.fs.stat = async (path) =>
    slashed(path) === settings
      ? { kind: "other", sizeBytes: 0, modifiedAt: undefined }
      : await ctx.fs.stat(path);
  await rejects(withLoadOptions({ ...ctx, fs: { ...ctx.fs, stat } }, {}, async (load) => load), {
    code: "project.unreadable",
    message: /settings\.py: it is not a regular file$/,
  });
});
