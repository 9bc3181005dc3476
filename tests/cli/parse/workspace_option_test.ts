import { deepEqual, equal } from "node:assert/strict";
import { CONDA } from "../setup/empty_workspace.ts";
import { makeWorld } from "../world.ts";

const STAGING = `  staging:
    subscription_id: "99999999-2222-3333-4444-555555555555"
    resource_group: rg-staging
    name: ws-staging
compute:
`;

/** A project with two workspaces, whose job `main` names the default one. */
async function twoWorkspaces() {
  const world = makeWorld({ hasLocalData: true });
  const { fs, cwd } = world.ctx;
  const ofMain = ["  main:\n", "  main:\n    workspace: __default__\n"] as const;
  await world.edit("conf/base/azureml.yml", ["compute:\n", STAGING], ofMain);
  await fs.writeText(`${cwd}/environment/environment.yml`, "name: e\nimage: img:1\nconda_file: conda.yml\n");
  await fs.writeText(`${cwd}/environment/conda.yml`, CONDA);
  return world;
}

for (
  const line of [
    "submit main --allow dataset.not_uploaded",
    "schedule nightly --allow dataset.not_uploaded",
    "schedule list",
    "job list",
    "validate main --online --allow dataset.not_uploaded",
    "setup main --dry-run",
    "data push raw data/01_raw/raw.csv",
    "environment push",
    "auth status",
  ]
) {
  Deno.test(`${line.split(" --")[0]} -w works in the given workspace`, async () => {
    const { ctx, azure, kedroAzureml } = await twoWorkspaces();
    equal(await kedroAzureml(`${line} -w staging`), 0, ctx.stderr());
    const asked = azure.requests.flatMap(({ url }) => /\/workspaces\/([^/?]+)/.exec(url)?.[1] ?? []);
    deepEqual([...new Set(asked)], ["ws-staging"]);
  });
}

for (
  const line of [
    "submit nightly --allow dataset.not_uploaded",
    "diff nightly",
    "schedule nightly --allow dataset.not_uploaded",
    "schedule nightly --delete",
    "validate nightly --online --allow dataset.not_uploaded",
    "setup nightly --dry-run",
  ]
) {
  Deno.test(`${line.split(" --allow")[0]} works in the job's own workspace`, async () => {
    const { ctx, azure, kedroAzureml, edit } = await twoWorkspaces();
    await edit("conf/base/azureml.yml", ["  nightly:\n", "  nightly:\n    workspace: staging\n"]);
    equal(await kedroAzureml(line), line.startsWith("diff") ? 5 : 0, ctx.stderr());
    const asked = azure.requests.flatMap(({ url }) => /\/workspaces\/([^/?]+)/.exec(url)?.[1] ?? []);
    deepEqual([...new Set(asked)], ["ws-staging"]);
  });
}

Deno.test("pack -w makes a package for the given workspace", async () => {
  const { ctx, azure, kedroAzureml } = await twoWorkspaces();
  const allow = "--allow dataset.not_uploaded";
  equal(await kedroAzureml(`pack main -o main.kap -w staging ${allow}`), 0, ctx.stderr());
  equal(await kedroAzureml("submit --package main.kap"), 0, ctx.stderr());
  deepEqual(azure.resources("jobs").map(({ id }) => id.split("/").at(-3)), ["ws-staging"]);
});
