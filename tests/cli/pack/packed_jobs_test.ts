import { deepEqual, equal, rejects } from "node:assert/strict";
import type { AppEvent } from "../../../src/app/context.ts";
import { openPackageJobs, type PackageOptions } from "../../../src/app/submit/job_package.ts";
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
  const config = `${ctx.cwd}/conf/base/azureml.yml`;
  const text = (await ctx.fs.readText(config))
    .replace(
      "workspace:\n",
      `workspace:\n  other: ${JSON.stringify(OTHER)}\n`,
    )
    .replace("  nightly:\n", "  nightly:\n    workspace: other\n");
  await ctx.fs.writeText(config, text);
  await ctx.fs.writeText(`${ctx.cwd}/conf/prod/catalog.yml`, "");
  equal(await kedroAzureml(`-e prod pack main nightly -o ../jobs.kap${options}`), 0, ctx.stderr());
  return world;
}

Deno.test("pack stores the environment, commit, experiment and workspaces of the project", async () => {
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
    [
      ["main", "__default__", []],
      ["nightly", "other", ["nightly"]],
    ],
  );
});

for (
  const [what, line, code] of [
    ["replace a file that it did not write", "main -o pyproject.toml", '"file.exists"'],
    ["name a job that it does not pack", "main -o a.kap --display-name one=A", '"usage.display_name"'],
    ["name an unknown workspace", "main -o a.kap -w othr", '"workspace.unknown"'],
    [
      "name an unknown workspace although that is allowed",
      "main -o a.kap -w othr --allow workspace.unknown",
      '"message":"Workspace \\"othr\\" not found in azureml.yml"',
    ],
  ] as const
) {
  Deno.test(`pack refuses to ${what}, and writes nothing`, async () => {
    const { ctx, kedroAzureml } = makeWorld();
    const before = [...ctx.files].filter(([path]) => path.startsWith(ctx.cwd));
    equal(await kedroAzureml(`pack ${line} --json`) > 0, true);
    equal(ctx.stderr().includes(code), true, ctx.stderr());
    deepEqual([...ctx.files].filter(([path]) => path.startsWith(ctx.cwd)), before);
  });
}

/** Opens the package with a request. */
async function opened(options: Partial<PackageOptions> = {}, file = "jobs.kap") {
  const { ctx } = await packed(" --env-var RATE=0 --env-var KEPT=3");
  const events: AppEvent[] = [];
  const report = (event: AppEvent) => void events.push(event);
  const jobs = await openPackageJobs({ ...ctx, cwd: "/home/user", report }, {
    ...{ package: file, names: [] },
    ...options,
  });
  return { ...jobs, events };
}

Deno.test("openPackageJobs() opens all jobs as they were packed", async () => {
  const { specs, schedules, inputs, events } = await opened();
  const { sha256, ...event } = events[0] as Extract<AppEvent, { type: "package" }>;
  deepEqual(event, {
    ...{ type: "package", project: "tiny", env: "prod", madeBy: `kedro-azureml ${VERSION}` },
    ...{ isEnforced: false, jobs: ["main", "nightly"] },
  });
  deepEqual([...specs.keys()], ["main", "nightly"]);
  deepEqual(schedules.map(({ name, job }) => [name, job]), [["nightly", "nightly"]]);
  const { env, properties, experiment, root, workspaceOf } = inputs;
  deepEqual({ env, properties, experiment, root }, {
    ...{ env: "prod", experiment: "tiny", root: "/home/user" },
    properties: { "mlflow.source.git.branch": "dev", "mlflow.source.git.commit": "abc" },
  });
  deepEqual([...specs.values()].map(workspaceOf), [GOLDEN_WORKSPACE, OTHER]);
  const enforced = await opened({ package: "jobs.kap", sha256, directory: "/runs" });
  const [{ isEnforced }] = enforced.events as [Extract<AppEvent, { type: "package" }>];
  deepEqual([isEnforced, enforced.inputs.root], [true, "/runs"]);
  const unnamed = await opened({ workspace: "" });
  deepEqual([...unnamed.specs.values()].map(unnamed.inputs.workspaceOf), [GOLDEN_WORKSPACE, OTHER]);
  await rejects(opened({ package: "jobs.kap", sha256: "0".repeat(64) }), {
    message: `Package "/home/user/jobs.kap" has SHA-256 ${sha256}, which is not the expected one`,
  });
});

Deno.test("openPackageJobs() takes environment, variables and workspaces of the command line", async () => {
  const { specs, inputs, schedules } = await opened({
    names: ["main", "main"],
    environment: "own@latest",
    environmentVariables: { RATE: "1", MORE: "2" },
    workspace: "other",
    resourceGroup: "mine",
  });
  deepEqual([[...specs.keys()], schedules], [["main"], []]);
  const spec = specs.get("main")!;
  const before = (await opened()).specs.get("main")!;
  deepEqual(spec, {
    ...before,
    environment: "own@latest",
    steps: before.steps.map((step) => ({
      ...step,
      environmentVariables: { ...step.environmentVariables, RATE: "1", MORE: "2" },
    })),
  });
  equal(before.steps[0]!.environmentVariables.KEPT, "3");
  deepEqual(inputs.workspaceOf(spec), { ...OTHER, resource_group: "mine" });
  equal((await opened({ names: ["nightly", "nightly"] })).schedules.length, 1);
});
