import { equal, match } from "node:assert/strict";
import { assertTranscript, transcriptOf } from "../transcript.ts";
import { makeWorld } from "../world.ts";

Deno.test("job commands accept the name of a job for its last run", async (t) => {
  const world = makeWorld();
  const { ctx, kedroAzureml } = world;
  for (const line of ["main --name first", "main --name second", "one --name third"]) {
    equal(await kedroAzureml(`submit ${line} --wait`), 0, ctx.stderr());
  }
  const text = await transcriptOf(world, [
    "job show main",
    "job view main~1",
    "job open last",
    "job show first --json",
    "job follow main --json",
    "job logs main",
    "job metrics one",
    "job cancel one",
    "job stop third",
    "rerun main --dry-run",
    "job report main -o main.html",
    "job show main~2",
    "job show mian",
    "job show thrid",
  ]);
  await assertTranscript(t, text.replace(/\d+ KiB/, "N KiB"), import.meta.url);
});

Deno.test("job commands accept a link to Azure ML studio", async () => {
  const { azure, ctx, kedroAzureml } = makeWorld();
  equal(await kedroAzureml("submit main --name first --wait"), 0, ctx.stderr());
  equal(await kedroAzureml("submit main --name second --wait"), 0, ctx.stderr());
  const link = (name: string) =>
    new RegExp(`https://\\S+/runs/${name}\\?\\S+`).exec(ctx.stderr() + ctx.stdout())![0];
  const outside = makeWorld({ fetch: (request) => azure.fetch(request), cwd: "/home/user" });
  equal(await outside.kedroAzureml("job show first"), 3);
  match(outside.ctx.stderr(), /No Kedro project found.*\n.*any job by its link to Azure ML studio/);
  equal(await outside.kedroAzureml(`job show ${link("first")} --json`), 0, outside.ctx.stderr());
  equal(JSON.parse(outside.ctx.stdout()).name, "first");
  equal(
    await outside.kedroAzureml(`job compare ${link("first")} ${link("second")}`),
    0,
    outside.ctx.stderr(),
  );
  equal(await kedroAzureml(`job open ${link("second")} first`), 0, ctx.stderr());
  match(ctx.stdout(), /runs\/second\?.*\n.*runs\/first\?/);
});

Deno.test("job open finds the last run in the named environment and workspace", async () => {
  const { ctx, kedroAzureml, edit } = makeWorld();
  const staging =
    "  staging: {subscription_id: 99999999-2222-3333-4444-555555555555, resource_group: rg-staging, name: ws-staging}\n";
  await edit("conf/base/azureml.yml", ["workspace:\n", `workspace:\n${staging}`]);
  ctx.files.set(`${ctx.cwd}/conf/prod/.gitkeep`, new Uint8Array());
  const opened = async (line: string, exit = 0) => {
    const before = [ctx.stdout().length, ctx.stderr().length] as const;
    equal(await kedroAzureml(line), exit, ctx.stderr());
    const [, run, workspace] = /runs\/(\w+)\?\S*workspaces\/([\w-]+)/.exec(ctx.stdout().slice(before[0])) ??
      [];
    return exit === 0 ? `${run} in ${workspace}` : ctx.stderr().slice(before[1]);
  };
  match(
    await opened("-e prod job open -w staging", 2),
    /No job of environment "prod" was submitted to workspace "staging" from this project on this machine/,
  );
  for (
    const line of [
      "submit main --name first",
      "-e prod submit main --name second",
      "submit main --name third -w staging",
    ]
  ) {
    equal(await kedroAzureml(line), 0, ctx.stderr());
    await ctx.clock.sleep(1000);
  }
  for (const name of ["", " last", " main"]) {
    equal(await opened(`job open${name}`), "third in ws-staging");
    equal(await opened(`job open${name} -w __default__`), "second in ws-golden");
    equal(await opened(`-e prod job open${name}`), "second in ws-golden");
    equal(await opened(`-e local job open${name} -w __default__`), "first in ws-golden");
  }
  match(await opened("-e prod job open last -w staging", 5), /No run matches "last": 0 runs are remembered/);
});
