import assert from "node:assert/strict";
import type { AppEvent } from "../../../src/app/context.ts";
import { askForOptions } from "../../../src/app/init/init.ts";
import { GOLDEN_SEED, SIGNED_IN, SUBSCRIPTION_ID } from "../../fakes/seed.ts";
import { makeWorld, type WorldOptions } from "../world.ts";

/** Creates a project without azureml.yml, and a person who gives these answers. */
async function newProject(answers: readonly string[], options: WorldOptions = {}) {
  const world = makeWorld({ interactive: true, answers, ...options });
  await world.ctx.fs.remove(`${world.ctx.cwd}/conf/base/azureml.yml`);
  return { ...world, config: () => world.ctx.fs.readText(`${world.ctx.cwd}/conf/base/azureml.yml`) };
}

Deno.test("init writes the answers to its questions", async () => {
  const { kedroAzureml, ctx, config } = await newProject([
    "1",
    "nothing",
    "1111",
    "cpu-c",
    "kedro-env",
    "1",
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

Deno.test("init asks again only for placeholders", async () => {
  const { kedroAzureml, ctx, config } = await newProject(["1", "1111", "cpu-c", "n"]);
  assert.equal(await kedroAzureml("init --environment kedro-env@latest --no-input"), 0);
  await ctx.fs.writeText(`${ctx.cwd}/conf/base/azureml.yml`, `${await config()}# mine\n`);
  assert.equal(await kedroAzureml("init --ci none"), 0, ctx.stderr());
  assert.doesNotMatch(ctx.stderr(), /Which (environment|CI)/);
  assert.match(await config(), /name: "ws-golden"[^]*cluster_name: "cpu-cluster"[^]*# mine\n$/);
  assert.doesNotMatch(await config(), /"<(?!gpu)/);
  const before = await config();
  const said = ctx.stderr().length;
  assert.equal(await kedroAzureml("init --compute other"), 0);
  assert.match(ctx.stderr(), /already has other values; --compute had no effect/);
  assert.doesNotMatch(ctx.stderr().slice(said), /\?/);
  assert.equal(await config(), before);
});

Deno.test("init runs setup after a yes to its last question", async () => {
  const { kedroAzureml, ctx } = await newProject(["1", "1111", "cpu-c", "kedro-env", "1", "y"]);
  assert.equal(await kedroAzureml("init"), 0, ctx.stderr());
  assert.match(ctx.stdout(), /Workspace ws-golden[^]*= exists: compute cpu-cluster[^]*Nothing is missing/);
});

Deno.test("init without a workspace sends no request", async () => {
  const { kedroAzureml, ctx, config } = await newProject(["2"], {
    fetch: () => Promise.reject(new Error("no request is sent")),
  });
  assert.equal(await kedroAzureml("init"), 0, ctx.stderr());
  assert.deepEqual((await config()).match(/"<(?!gpu)[^>]+>/g), [
    '"<subscription id>',
    '"<resource group>',
    '"<workspace>',
  ]);
  assert.match(await config(), /environment: "tiny-env@latest"/);
  assert.match(ctx.stdout(), /The catalog \(nothing is created in Azure\)/);
  assert.match(ctx.stderr(), /Run job main on this machine now/);
  assert.match(ctx.stderr(), /hint: Run `kedro-azureml rehearse main`/);
});

Deno.test("init --rehearse asks on a terminal before it changes the catalog", async () => {
  const { kedroAzureml, ctx } = await newProject(["n"], {
    exec: () =>
      Promise.resolve({ found: true, timedOut: false, status: 0, stdout: "uv 0.8.0\n", stderr: "" }),
  });
  const catalog = "raw:\n  type: pandas.CSVDataset\n  filepath: data/raw.csv\n";
  await ctx.fs.writeText(`${ctx.cwd}/conf/base/catalog.yml`, catalog);
  await ctx.fs.writeText(`${ctx.cwd}/data/raw.csv`, "a\n1\n");
  await ctx.fs.writeText(`${ctx.cwd}/requirements.txt`, "kedro~=1.2.0\npandas\n");
  assert.equal(await kedroAzureml("init --rehearse"), 0, ctx.stderr());
  assert.match(ctx.stderr(), /Apply these \d changes\?[^]*hint: Run `kedro-azureml init --rehearse`/);
  assert.equal(await ctx.fs.readText(`${ctx.cwd}/conf/base/catalog.yml`), catalog);
});

const OTHER = { subscription_id: SUBSCRIPTION_ID, resource_group: "rg-other", name: "ws-golden" };
const STAGING_ID = "99999999-2222-3333-4444-555555555555";
const SUBSCRIPTION = [
  "Which subscription?",
  `Emulator (${SUBSCRIPTION_ID})`,
  `Emulator (${STAGING_ID})`,
];
const WORKSPACE = ["Which workspace?", "ws-golden (rg-golden, eastus)", "ws-golden (rg-other, eastus)"];
const COMPUTE = [
  "Which compute?",
  "cpu-cluster",
  "gpu-cluster",
  "highmem-cluster",
  "a new one, which `setup` creates",
];
const ENVIRONMENT = [
  "Which environment?",
  "a new one, from the project's requirements",
  "kedro-env",
  "other-env",
  "spaceflights-env",
];
const CI = ["Which CI workflow?", "none", "github", "azure"];
const FOUND = { subscriptionId: SUBSCRIPTION_ID, resourceGroup: "rg-golden", workspace: "ws-golden" };
const REST = { ci: "none" } as const;

for (
  const [what, { options, missing = [], choices = [] }, questions, answers] of [
    [
      "values and new things",
      {
        options: {},
        missing: ["compute", "environment"],
        choices: ["11111111", "rg-other", "a new", "a new", "azure"],
      },
      [SUBSCRIPTION, WORKSPACE, COMPUTE, ENVIRONMENT, CI],
      {
        ...FOUND,
        resourceGroup: "rg-other",
        compute: "cpu-cluster",
        newEnvironment: true,
        ci: "azure",
      },
    ],
    [
      "existing things",
      {
        options: { resourceGroup: "rg-golden" },
        missing: ["compute", "environment"],
        choices: ["11111111", "gpu", "other-env", "github"],
      },
      [SUBSCRIPTION, COMPUTE, ENVIRONMENT, CI],
      { ...FOUND, compute: "gpu-cluster", environment: "other-env@latest", ci: "github" },
    ],
    ["nothing in azureml.yml", { options: { ...FOUND }, choices: ["none"] }, [CI], { ...FOUND, ...REST }],
    [
      "no environment if a new one is wanted",
      { options: { ...FOUND, newEnvironment: true, ...REST }, missing: ["environment"] },
      [],
      { ...FOUND, newEnvironment: true, ...REST },
    ],
    [
      "everything missing, down to a new cluster",
      { options: { ...FOUND }, missing: ["compute", "environment"] },
      [COMPUTE, ENVIRONMENT, CI],
      { ...FOUND, compute: "cpu-cluster", ...REST },
    ],
  ] as const
) {
  Deno.test(`init asks for ${what}`, async () => {
    const seed = { workspaces: [...GOLDEN_SEED.workspaces!, OTHER] };
    const { ctx } = makeWorld({ interactive: true, emulator: { seed } });
    const left: string[] = [...choices];
    const asked: string[][] = [];
    const events: unknown[] = [];
    const person = {
      choose(question: string, shown: readonly string[]) {
        asked.push([question, ...shown]);
        const wanted = left.shift();
        return Promise.resolve(shown.find((text) => wanted !== undefined && text.includes(wanted)));
      },
      confirm(question: string) {
        asked.push([question]);
        return Promise.resolve(left.shift() === "yes");
      },
    };
    const report = (event: AppEvent) => void (event.type === "workspace" && events.push(event));
    const world = { ...ctx, person, report } as unknown as Parameters<typeof askForOptions>[0];
    assert.deepEqual(await askForOptions(world, { ...options }, missing), answers);
    assert.deepEqual(asked, questions);
    const workspace = { type: "workspace", workspace: "ws-golden", location: "eastus" };
    const isLookedUp = "workspace" in answers && questions.some((question) => question !== CI);
    assert.deepEqual(events, isLookedUp ? [workspace] : []);
  });
}

Deno.test("init warns if no subscription is visible", async () => {
  const warnings: unknown[] = [];
  const lonely = makeWorld({ interactive: true });
  const person = { choose: () => Promise.resolve(undefined), confirm: () => Promise.resolve(false) };
  const report = (event: AppEvent) => void (event.type === "warnings" && warnings.push(...event.warnings));
  const ctx = { ...lonely.ctx, person, report } as unknown as Parameters<typeof askForOptions>[0];
  await askForOptions({ ...ctx, fetch: answerNoSubscriptions(lonely.ctx.fetch) }, {}, ["workspace"]);
  for (const given of [{ workspace: "other" }, { resourceGroup: "rg-none" }]) {
    await askForOptions(ctx, { subscriptionId: SUBSCRIPTION_ID, ...given }, ["workspace", "compute"]);
  }
  const noWorkspace = (wanted: string, name: string, group: string) => ({
    code: "init.no_workspace",
    message: `Subscription ${SUBSCRIPTION_ID} has no workspace${wanted} that you can see`,
    hint: "Create it at https://ml.azure.com, or run `az ml workspace create " +
      `--name ${name} --resource-group ${group} --subscription ${SUBSCRIPTION_ID}\`: ` +
      "it gets a storage account and a key vault of its own. Then run `kedro-azureml init` again",
  });
  assert.deepEqual(warnings, [
    {
      code: "init.no_subscription",
      message: "Your account sees no subscription, so azureml.yml has placeholders",
      hint: "Use `kedro-azureml auth login --tenant ID` for another tenant, or ask for access",
    },
    noWorkspace(' "other"', "other", "'<resource group>'"),
    noWorkspace(' in resource group "rg-none"', "'<workspace>'", "rg-none"),
  ]);
});

/** An Azure whose identity sees no subscription. */
function answerNoSubscriptions(fetch: (request: Request) => Promise<Response>) {
  return (request: Request) =>
    /\/subscriptions\?/.test(request.url) ? Promise.resolve(Response.json({ value: [] })) : fetch(request);
}

for (
  const [what, change, why, hint] of [
    [
      "Azure cannot be reached",
      { fetch: () => Promise.reject(new TypeError("dns error")) },
      /^Cannot /,
      /^Check the network connection/,
    ],
    ["nobody can sign in", { env: { AZURE_TOKEN_CREDENTIALS: "prod" } }, /sign/i, /^Set up "prod"/],
    ["Azure refuses", { emulator: { deniedActions: ["*/computes/read"] } }, /computes/, /^Ask an owner/],
    [
      "the cloud is unknown",
      { env: { ...SIGNED_IN, AZUREML_CURRENT_CLOUD: "none" } },
      /cloud/,
      /^Set AZUREML_CURRENT_CLOUD/,
    ],
  ] as const
) {
  Deno.test(`init asks nothing about Azure if ${what}`, async () => {
    const { ctx } = makeWorld(change);
    const events: AppEvent[] = [];
    const person = { choose: () => Promise.resolve(undefined) } as unknown as NonNullable<
      Parameters<typeof askForOptions>[0]["person"]
    >;
    const options = { subscriptionId: SUBSCRIPTION_ID, compute: "c" };
    const report = (event: AppEvent) => void events.push(event);
    assert.equal(await askForOptions({ ...ctx, person, report }, options, ["workspace"]), options);
    const [warning] = events.flatMap((event) => event.type === "warnings" ? event.warnings : []);
    assert.equal(warning?.code, "init.offline");
    const [said, reason] = warning.message.split(", so azureml.yml has placeholders: ");
    assert.equal(said, "Cannot look up your workspaces");
    assert.match(reason!, why);
    assert.match(warning.hint!, hint);
  });
}
