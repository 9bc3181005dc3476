import { deepEqual, equal } from "node:assert/strict";
import { openPackage } from "../../../src/azureml/submit/job_package.ts";

import { VERSION } from "../../../src/core/version.ts";
import { GOLDEN_WORKSPACE, SIGNED_IN } from "../../fakes/seed.ts";
import { makeWorld } from "../world.ts";

const GIT = { AZUREML_GIT_COMMIT: "abc", AZUREML_GIT_BRANCH: "dev" };
const OTHER = { ...GOLDEN_WORKSPACE, resource_group: "rg", name: "ws-other" };

/** A project whose jobs `main` and `nightly` are packed; `nightly` has a workspace and a schedule. */
async function packed(options = "") {
  const world = makeWorld({ env: { ...SIGNED_IN, ...GIT } });
  const { ctx, kedroAzureml } = world;
  await world.edit(
    "conf/base/azureml.yml",
    ["workspace:\n", `workspace:\n  other: ${JSON.stringify(OTHER)}\n`],
    ["  nightly:\n", "  nightly:\n    workspace: other\n"],
  );
  await ctx.fs.writeText(`${ctx.cwd}/conf/prod/catalog.yml`, "");
  equal(await kedroAzureml(`-e prod pack main nightly -o ../jobs.kap${options}`), 0, ctx.stderr());
  return world;
}

Deno.test("pack stores the commit, experiment and workspaces", async () => {
  const { ctx } = await packed();
  const { manifest, jobs } = await openPackage(ctx.fs, "/home/user/jobs.kap");
  const { env, project, madeBy, experiment, properties, workspaces } = manifest;
  deepEqual({ env, project, madeBy, experiment, properties, workspaces }, {
    ...{ env: "prod", project: "tiny", madeBy: `kedro-azureml ${VERSION}`, experiment: "tiny" },
    properties: { "mlflow.source.git.branch": "dev", "mlflow.source.git.commit": "abc" },
    workspaces: { __default__: GOLDEN_WORKSPACE, other: OTHER },
  });
  deepEqual(
    [...jobs].map(([job, { workspace, schedules }]) => [job, workspace, schedules.map(({ name }) => name)]),
    [["main", "__default__", []], ["nightly", "other", ["nightly"]]],
  );
});

for (
  const [what, line, code] of [
    ["a file that is no package as its output", "main -o pyproject.toml", '"file.exists"'],
    ["--display-name of another job", "main -o a.kap --display-name one=A", '"usage.display_name"'],
    ["an unknown workspace", "main -o a.kap -w othr", '"workspace.unknown"'],
    [
      "an unknown workspace with --allow workspace.unknown",
      "main -o a.kap -w othr --allow workspace.unknown",
      '"message":"Workspace \\"othr\\" not found in azureml.yml"',
    ],
  ] as const
) {
  Deno.test(`pack fails for ${what}`, async () => {
    const { ctx, kedroAzureml } = makeWorld();
    const before = [...ctx.files].filter(([path]) => path.startsWith(ctx.cwd));
    equal(await kedroAzureml(`pack ${line} --json`) > 0, true);
    equal(ctx.stderr().includes(code), true, ctx.stderr());
    deepEqual([...ctx.files].filter(([path]) => path.startsWith(ctx.cwd)), before);
  });
}
