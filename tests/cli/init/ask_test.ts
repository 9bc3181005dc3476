import assert from "node:assert/strict";
import type { AppEvent } from "../../../src/app/context.ts";
import { askForOptions } from "../../../src/app/init/ask.ts";
import { SUBSCRIPTION_ID } from "../../fakes/seed.ts";
import { makeWorld, type WorldOptions } from "../world.ts";

/** Creates a project without azureml.yml, and a person who gives these answers. */
async function newProject(answers: readonly string[], options: WorldOptions = {}) {
  const world = makeWorld({ interactive: true, answers, ...options });
  await world.ctx.fs.remove(`${world.ctx.cwd}/conf/base/azureml.yml`);
  return { ...world, config: () => world.ctx.fs.readText(`${world.ctx.cwd}/conf/base/azureml.yml`) };
}

Deno.test("init asks for the workspace, compute and environment, and writes the answers", async () => {
  const { kedroAzureml, ctx, config } = await newProject([
    "nothing",
    "1111",
    "cpu-c",
    "kedro-env",
    "1",
    "n",
    "n",
  ]);
  assert.equal(await kedroAzureml("init"), 0, ctx.stderr());
  assert.match(ctx.stderr(), /Which subscription\?/);
  assert.match(ctx.stderr(), /Nothing matches "nothing"/);
  const text = await config();
  assert.match(text, /name: "ws-golden"/);
  assert.match(text, /cluster_name: "cpu-cluster"/);
  assert.match(text, /environment: "kedro-env@latest"/);
});

Deno.test("init --no-input with all values asks nothing", async () => {
  const all =
    "init --subscription-id s --resource-group rg --workspace-name ws --compute c --environment e@latest --no-input";
  const { kedroAzureml, ctx } = await newProject([]);
  assert.equal(await kedroAzureml(all), 0, ctx.stderr());
  assert.match(ctx.stdout(), /✓ Wrote conf\/base\/azureml\.yml\n/);
  assert.doesNotMatch(ctx.stderr(), /Which/);
});

Deno.test("init asks again only for placeholders, and fills them in", async () => {
  const { kedroAzureml, ctx, config } = await newProject(["1111", "cpu-c", "n", "n"]);
  assert.equal(await kedroAzureml("init --environment kedro-env@latest --no-input"), 0);
  await ctx.fs.writeText(`${ctx.cwd}/conf/base/azureml.yml`, `${await config()}# mine\n`);
  assert.equal(await kedroAzureml("init --ci none --no-vscode"), 0, ctx.stderr());
  assert.doesNotMatch(ctx.stderr(), /Which (environment|CI)|VS Code/);
  assert.match(await config(), /name: "ws-golden"[^]*cluster_name: "cpu-cluster"[^]*# mine\n$/);
  assert.doesNotMatch(await config(), /"<(?!gpu)/);
  const before = await config();
  assert.equal(await kedroAzureml("init --compute other"), 0);
  assert.match(ctx.stderr(), /left unchanged; --compute had no effect/);
  assert.equal(await config(), before);
});

Deno.test("init runs setup if its last question is answered with yes", async () => {
  const { kedroAzureml, ctx } = await newProject(["1111", "cpu-c", "kedro-env", "1", "n", "y"]);
  assert.equal(await kedroAzureml("init"), 0, ctx.stderr());
  assert.match(ctx.stdout(), /Workspace ws-golden[^]*= compute cpu-cluster[^]*Nothing is missing/);
});

Deno.test("init says how to create a workspace that does not exist", async () => {
  const { kedroAzureml, ctx } = await newProject(["1111", "1", "n"]);
  assert.equal(await kedroAzureml("init --workspace-name other"), 0, ctx.stderr());
  assert.match(
    ctx.stderr(),
    /has no workspace "other" that you can see\nhint: Create it at https:\/\/ml\.azure\.com/,
  );
  assert.match(ctx.stderr(), /az ml workspace create --name other --resource-group/);
});

Deno.test("askForOptions() warns if no subscription is visible, or the workspace does not exist", async () => {
  const codes: string[] = [];
  const lonely = makeWorld({ interactive: true });
  const person = { choose: () => Promise.resolve(undefined), confirm: () => Promise.resolve(false) };
  const report = (event: AppEvent) => void (event.type === "warning" && codes.push(event.warning.code));
  const none = { ...lonely.ctx, fetch: answerNoSubscriptions(lonely.ctx.fetch), person, report };
  await askForOptions(none as unknown as Parameters<typeof askForOptions>[0], {}, ["workspace"]);
  await askForOptions(
    { ...lonely.ctx, person, report } as unknown as Parameters<typeof askForOptions>[0],
    { subscriptionId: SUBSCRIPTION_ID, workspace: "other" },
    ["workspace"],
  );
  assert.deepEqual(codes, ["init.no_subscription", "init.no_workspace"]);
});

/** An Azure whose identity sees no subscription. */
function answerNoSubscriptions(fetch: (request: Request) => Promise<Response>) {
  return (request: Request) =>
    /\/subscriptions\?/.test(request.url) ? Promise.resolve(Response.json({ value: [] })) : fetch(request);
}

Deno.test("init --vscode writes tasks with problem matchers for this program's messages", async () => {
  const { kedroAzureml, ctx } = await newProject([]);
  await ctx.fs.writeText(`${ctx.cwd}/.vscode/settings.json`, "{}");
  assert.equal(await kedroAzureml("init --vscode --no-input"), 0, ctx.stderr());
  assert.match(ctx.stderr(), /\.vscode\/settings\.json already exists and was left unchanged/);
  assert.equal(await ctx.fs.readText(`${ctx.cwd}/.vscode/settings.json`), "{}");
  const { tasks } = JSON.parse(await ctx.fs.readText(`${ctx.cwd}/.vscode/tasks.json`));
  assert.deepEqual(tasks[0].args, ["validate"]);
  assert.equal(await kedroAzureml("validate main"), 3);
  assert.equal(await kedroAzureml("submit main --aml-env x@latest"), 3);
  await ctx.fs.writeText(`${ctx.cwd}/conf/base/azureml.yml`, "jobs: {");
  assert.equal(await kedroAzureml("compile main"), 3);
  const lines = (ctx.stdout() + ctx.stderr()).split("\n");
  const found = lines.flatMap((_, at) => matches(tasks[0].problemMatcher, lines, at) ?? []);
  const kinds = [
    "✗ conf/base/azureml.yml:7:22: workspace",
    "  conf/base/azureml.yml:7:22 workspace",
    "  at conf",
  ];
  for (const kind of kinds) {
    assert.ok(found.some((line) => line.startsWith(kind)), `${kind}: ${found.join("\n")}`);
  }
  const placed = lines.filter((line) => /^[✗!·] \S+\.(?:yml|py|toml):\d/.test(line));
  assert.deepEqual(placed.filter((line) => !found.includes(line)), []);
});

interface Matcher {
  readonly pattern: readonly { readonly regexp: string }[];
}

/** The line, if one of the matchers finds a problem there, as VS Code does: each pattern in the line after the last. */
function matches(matchers: readonly Matcher[], lines: readonly string[], at: number): string | undefined {
  return matchers.some(({ pattern }) =>
      pattern.every(({ regexp }, after) => new RegExp(regexp).test(lines[at + after] ?? ""))
    )
    ? lines[at]
    : undefined;
}

Deno.test("init writes placeholders and says why if Azure cannot be reached", async () => {
  const { kedroAzureml, ctx, config } = await newProject([], {
    fetch: () => Promise.reject(new TypeError("dns error")),
  });
  assert.equal(await kedroAzureml("init"), 0, ctx.stderr());
  assert.match(ctx.stderr(), /Cannot look up your workspaces, so azureml\.yml has placeholders/);
  assert.match(await config(), /<workspace>/);
});

Deno.test("askForOptions() warns and returns the options unchanged if Azure cannot be reached", async () => {
  const { ctx } = makeWorld({ fetch: () => Promise.reject(new TypeError("dns error")) });
  const events: AppEvent[] = [];
  const person = {} as NonNullable<Parameters<typeof askForOptions>[0]["person"]>;
  const options = { compute: "c" };
  assert.equal(
    await askForOptions({ ...ctx, person, report: (event) => void events.push(event) }, options, [
      "workspace",
    ]),
    options,
  );
  const [warning] = events.flatMap((event) => event.type === "warning" ? [event.warning.code] : []);
  assert.equal(warning, "init.offline");
});
