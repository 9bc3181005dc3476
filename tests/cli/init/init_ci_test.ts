import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { parse } from "yaml";
import { run } from "../../../src/cli/command_line.ts";
import { fakeContext } from "../../fakes/context.ts";

import { commandOf, wordsOf } from "../parsed.ts";

const TOML = '[tool.kedro]\npackage_name = "shop"\nproject_name = "Big Shop"\nkedro_init_version = "1.7.0"\n';

/** Creates a project in a subfolder of a checkout from GitHub. */
function world(folder = "ml: shop") {
  const files = {
    "/repo/.git/HEAD": "ref: refs/heads/trunk\n",
    "/repo/.git/config": '[remote "origin"]\n\turl = git@github.com:acme/models.git\n',
    [`/repo/${folder}/pyproject.toml`]: TOML,
    [`/repo/${folder}/src/shop/__init__.py`]: "",
  };
  const ctx = fakeContext({ files, cwd: `/repo/${folder}` });
  return {
    ctx,
    init: (...args: string[]) => run(["init", ...args], ctx),
    read: async (path: string) => await ctx.fs.readText(path),
  };
}

async function assertSubmits(script: string): Promise<void> {
  const words = wordsOf(script);
  strictEqual(words[0], "kedro-azureml");
  strictEqual(await commandOf(words.slice(1)), "submit");
  ok(words.includes("--wait") && words.includes("--cancel-on-interrupt"), script);
}

Deno.test("init --ci github writes a workflow with minimal permissions", async () => {
  const { ctx, init, read } = world();
  strictEqual(await init("--ci", "github", "--workspace", "ws"), 0);
  const workflow = parse(await read("/repo/.github/workflows/azureml.yml"));
  deepStrictEqual(workflow.permissions, { "contents": "read", "id-token": "write" });
  deepStrictEqual(workflow.on.push.branches, ["trunk"]);
  const { steps } = workflow.jobs.submit;
  for (const { uses } of steps.filter((step: { uses?: string }) => step.uses)) match(uses, /@[0-9a-f]{40}$/);
  match(steps[1].run, /^: "\$\{KEDRO_AZUREML_INSTALL_FROM:\?Set this repository variable/);
  await assertSubmits(steps.at(-1).run);
  match(steps.at(-1).run, /-C 'ml: shop'/);
  match(
    ctx.stdout(),
    /^SUBJECT_PREFIX=\$\(gh api repos\/acme\/models\/actions\/oidc\/customization\/sub --jq \.sub_claim_prefix\)$/m,
  );
  match(ctx.stdout(), /--role "AzureML Data Scientist" --scope '.*\/workspaces\/ws'/);
  match(ctx.stdout(), /--display-name kedro-azureml-big-shop /);
  match(ctx.stdout(), /^gh variable set KEDRO_AZUREML_INSTALL_FROM /m);
});

Deno.test("init --ci prints commands to assign a role to a new principal", async () => {
  const { ctx, init } = world();
  strictEqual(await init("--ci", "azure"), 0);
  match(ctx.stdout(), /^SP_ID=\$\(az ad sp create --id "\$APP_ID" --query id --output tsv\)$/m);
  match(
    ctx.stdout(),
    /^az role assignment create --assignee-object-id "\$SP_ID" --assignee-principal-type ServicePrincipal --role/m,
  );
});

Deno.test("init --ci azure keeps the Azure CLI session for long jobs", async () => {
  const { init, read } = world();
  strictEqual(await init("--ci", "azure"), 0);
  const pipeline = parse(await read("/repo/azure-pipelines.yml"));
  const { inputs } = pipeline.jobs[0].steps.at(-1);
  await assertSubmits(inputs.inlineScript);
  strictEqual(inputs.keepAzSessionActive, true);
});

Deno.test("init --ci quotes a folder's name in the script", async () => {
  const folder = "a ${{ github.head_ref }} $(x) <<submit>> it's\n      - run: own";
  const { init, read } = world(folder);
  strictEqual(await init("--ci", "github"), 0);
  const script = parse(await read("/repo/.github/workflows/azureml.yml")).jobs.submit.steps.at(-1).run;
  ok(!/\$[{(]/.test(script), script);
  // A shell reads `'a $''{{'` as one word, `a ${{`.
  const word = "'a $''{{ github.head_ref }} $''(x) <<submit>> it'\"'\"'s\n      - run: own'";
  ok(script.startsWith(`kedro-azureml -C ${word} submit `), script);
});

Deno.test("init --ci --overwrite replaces only the workflow", async () => {
  const { ctx, init, read } = world("shop");
  const workflow = "/repo/.github/workflows/azureml.yml";
  await ctx.fs.writeText(workflow, "mine");
  await ctx.fs.writeText("/repo/shop/conf/base/azureml.yml", "mine");
  strictEqual(await init("--ci", "github"), 0);
  strictEqual(await read(workflow), "mine");
  strictEqual(await init("--ci", "github", "--overwrite", "--branch", "release/1"), 0);
  deepStrictEqual(parse(await read(workflow)).on.push.branches, ["release/1"]);
  strictEqual(await read("/repo/shop/conf/base/azureml.yml"), "mine");
});

for (
  const [system, name] of [["github", ".github/workflows/azureml"], ["azure", "azure-pipelines"]] as const
) {
  Deno.test(`init --ci ${system} writes a workflow for each project of a checkout`, async () => {
    const { ctx, init, read } = world("a");
    ctx.files.set("/repo/b/pyproject.toml", new TextEncoder().encode(TOML));
    ctx.files.set("/repo/b/src/shop/__init__.py", new Uint8Array());
    for (const folder of ["a", "b", "b", "a"]) {
      strictEqual(
        await init("-C", `/repo/${folder}`, "--ci", system),
        0,
      );
    }
    const [first, second] = [await read(`/repo/${name}.yml`), await read(`/repo/${name}-b.yml`)];
    match(first, /kedro-azureml -C a submit/);
    match(second, /kedro-azureml -C b submit/);
    const { on, trigger } = parse(second);
    deepStrictEqual(on?.push.paths ?? trigger.paths.include, [system === "github" ? "b/**" : "b"]);
    deepStrictEqual([...ctx.files.keys()].filter((path) => path.startsWith(`/repo/${name}`)).length, 2);
  });
}

for (
  const [what, { config, head = "ref: refs/heads/trunk\n", args = [] }, repository, branch, name] of [
    ["an https URL", { config: "url = https://github.com/acme/models/" }, "acme/models", "trunk"],
    [
      "no GitHub URL",
      { config: "url = https://gitlab.com/acme/models.git" },
      "<owner>/<repository>",
      "trunk",
    ],
    ["no remote", {}, "<owner>/<repository>", "trunk"],
    [
      "a detached commit",
      { config: "url = git@github.com:acme/models", head: "0123456789abcdef0123456789abcdef01234567\n" },
      "acme/models",
      "main",
      "github-main",
    ],
    [
      "--branch",
      { config: "url = ssh://git@github.com/acme/models.git", args: ["--branch", "release/1.x"] },
      "acme/models",
      "release/1.x",
      "github-release-1-x",
    ],
  ] as const
) {
  Deno.test(`init --ci github trusts the branch of a checkout with ${what}`, async () => {
    const { ctx, init, read } = world("shop");
    await ctx.fs.writeText("/repo/.git/HEAD", head);
    await ctx.fs.writeText(
      "/repo/.git/config",
      config === undefined ? "" : `[remote "origin"]\n\t${config}\n`,
    );
    strictEqual(await init("--ci", "github", ...args), 0, ctx.stderr());
    const words = wordsOf(ctx.stdout().split("\n").find((line) => line.includes("federated-credential"))!);
    deepStrictEqual(JSON.parse(words.at(-1)!), {
      name: name ?? "github-trunk",
      issuer: "https://token.actions.githubusercontent.com",
      subject: `\${SUBJECT_PREFIX:?}:ref:refs/heads/${branch}`,
      audiences: ["api://AzureADTokenExchange"],
    });
    const asks = wordsOf(ctx.stdout().split("\n").find((line) => line.startsWith("SUBJECT_PREFIX="))!);
    strictEqual(asks[2], `repos/${repository}/actions/oidc/customization/sub`);
    deepStrictEqual(parse(await read("/repo/.github/workflows/azureml.yml")).on.push, {
      branches: [branch],
      paths: ["shop/**"],
    });
  });
}

for (const system of ["github", "azure"] as const) {
  Deno.test(`init --ci ${system} writes a workflow for a project at the top of a checkout`, async () => {
    const { ctx, init, read } = world("shop");
    ctx.files.set("/repo/pyproject.toml", new TextEncoder().encode(TOML));
    ctx.files.set("/repo/src/shop/__init__.py", new Uint8Array());
    const usual = system === "github" ? "/repo/.github/workflows/azureml.yml" : "/repo/azure-pipelines.yml";
    strictEqual(await init("-C", "/repo", "--ci", system), 0, ctx.stderr());
    const workflow = parse(await read(usual));
    ok((await read(usual)).includes("kedro-azureml submit main --wait"), await read(usual));
    if (system === "github") {
      deepStrictEqual(workflow.on.push, { branches: ["trunk"] });
      strictEqual(workflow.concurrency.group, "azureml-${{ github.ref }}");
    } else deepStrictEqual(workflow.trigger, { branches: { include: ["trunk"] } });
    const own = await read(usual);
    strictEqual(await init("--ci", system), 0, ctx.stderr());
    strictEqual(await read(usual), own);
    ok((await read(usual.replace(".yml", "-shop.yml"))).includes("-C shop submit"));
    await ctx.fs.writeText(usual, "kedro-azureml -C shop submit");
    strictEqual(await init("-C", "/repo", "--ci", system), 0, ctx.stderr());
    strictEqual(await read(usual.replace(".yml", "-big-shop.yml")), own);
  });
}

Deno.test("init --ci submits the first job if azureml.yml has no job main", async () => {
  const { ctx, init, read } = world("shop");
  strictEqual(await init(), 0);
  const path = "/repo/shop/conf/base/azureml.yml";
  const jobs = 'jobs:\n  "{name}_job":\n    pipeline: {}\n  "my job":\n    pipeline: {}\n';
  await ctx.fs.writeText(path, (await read(path)).replace(/^jobs:\n[^]*/m, jobs));
  strictEqual(await init("--ci", "github"), 0, ctx.stderr());
  match(await read("/repo/.github/workflows/azureml.yml"), / submit 'my job' --wait/);
  match(ctx.stdout(), /--scope '\/subscriptions\/<subscription id>\/resourceGroups\/<resource group>\//);
});
