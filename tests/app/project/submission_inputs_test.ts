import { deepEqual, equal } from "node:assert/strict";
import type { AppEvent } from "../../../src/app/context.ts";
import { compileJob } from "../../../src/app/project/compile_job.ts";
import { type Overrides, selectJobs } from "../../../src/app/project/select_jobs.ts";
import {
  planData,
  planSettings,
  planSubmission,
  readSubmissionInputs,
} from "../../../src/app/project/submission_inputs.ts";
import type { JobSpec } from "../../../src/azureml/job/job_spec.ts";
import { GOLDEN_WORKSPACE } from "../../fakes/seed.ts";
import { slashed } from "../../fakes/paths.ts";
import { makeWorld, type WorldOptions } from "../../cli/world.ts";

/** A job of the project in `tiny`, as a command in another folder compiles it, and its inputs. */
async function inputsOf(options: WorldOptions = {}, overrides: Overrides = {}, workspace?: string) {
  const { ctx } = makeWorld(options);
  const events: AppEvent[] = [];
  const report = (event: AppEvent) => void (event.type === "warning" && events.push(event));
  const app = { ...ctx, cwd: "/home/user", report };
  const request = { directory: ctx.cwd, params: { alpha: 1 }, names: ["main"] };
  const selected = await selectJobs(app, request);
  const { spec } = await compileJob(app, selected, "main", overrides);
  return { spec, inputs: await readSubmissionInputs(app, selected, workspace), events };
}

const GIT = { AZUREML_GIT_COMMIT: "abc", AZUREML_GIT_BRANCH: "main" };

Deno.test("readSubmissionInputs() reads the named project, not the current folder", async () => {
  const { inputs, spec } = await inputsOf({ env: GIT });
  const { root, env, experiment, properties, workspaceOf } = inputs;
  deepEqual({ root: slashed(root), env, experiment, properties }, {
    ...{ root: "/home/user/tiny", env: "local", experiment: "tiny" },
    properties: { "mlflow.source.git.branch": "main", "mlflow.source.git.commit": "abc" },
  });
  equal(workspaceOf(spec).name, "ws-golden");
  equal((await inputs.select(spec.codeDirectory!)).files.some(({ name }) => name === "pyproject.toml"), true);
});

Deno.test("readSubmissionInputs() warns if git refuses to read the checkout of another user", async () => {
  const { ctx } = makeWorld();
  const stderr = "fatal: detected dubious ownership in repository at '/home/user/tiny'";
  const { inputs, events } = await inputsOf({
    env: { PATH: "/usr/bin" },
    exec: async () => ({ status: 128, stdout: "", stderr, found: true, timedOut: false }),
    files: {
      ...Object.fromEntries(ctx.files),
      "/usr/bin/git": "",
      "/home/user/tiny/.git/HEAD": "ref: refs/heads/main\n",
      "/home/user/tiny/.git/refs/heads/main": `${"a".repeat(40)}\n`,
    },
  });
  deepEqual(inputs.properties, {
    "mlflow.source.git.branch": "main",
    "mlflow.source.git.commit": "a".repeat(40),
  });
  deepEqual(events.map((event) => event.type === "warning" && event.warning.code), ["git.foreign_owner"]);
});

Deno.test("planSubmission() and planData() say what would be sent, and the hash and names of files", async () => {
  const { spec, inputs } = await inputsOf({ env: GIT });
  const tags = { "ci.run": "7-1" };
  const plan = await planSubmission(spec, inputs, tags);
  deepEqual([plan.body.properties.tags, plan.body.properties.properties], [tags, inputs.properties]);
  const { code, components, body, ...data } = planData(plan) as Record<string, unknown>;
  deepEqual(data, {
    ...{ job: "main", dryRun: true, environment: spec.environment, properties: inputs.properties },
    workspace: {
      subscriptionId: GOLDEN_WORKSPACE.subscription_id,
      resourceGroup: GOLDEN_WORKSPACE.resource_group,
      name: GOLDEN_WORKSPACE.name,
    },
  });
  const prepared = await inputs.code(spec.codeDirectory!);
  deepEqual(code, {
    hash: prepared.hash,
    files: prepared.files.map(({ name, sizeBytes }) => ({ name, sizeBytes })),
    leftOut: prepared.leftOut,
  });
  equal(prepared.leftOut.length > 0, true);
  deepEqual([components, body], [plan.components, plan.body]);
});

Deno.test("planSettings() leaves out the variables that every job has", () => {
  const step = (command: string, environmentVariables: Record<string, string>) => ({
    ...{ command, environmentVariables },
  });
  const spec = {
    steps: [
      step("kedro azureml execute --params='{\"alpha\": 1}'", { KEDRO_ENV: "x", KEDRO_AZUREML_RUN: "1" }),
      step("kedro", { KEDRO_ENVIRONMENT: "y", KEDRO_LOGGING_CONFIG: "z", RATE: "2" }),
    ],
  } as unknown as JobSpec;
  const { variables } = planSettings(spec);
  deepEqual(Object.fromEntries(variables), { KEDRO_ENVIRONMENT: "y", KEDRO_LOGGING_CONFIG: "z", RATE: "2" });
});

Deno.test("compileJob() uses the groups, parameters and display name of the command line", async () => {
  const overrides = { groupBy: { kind: "all" }, displayNames: { main: "Nightly", one: "Other" } } as const;
  const { spec } = await inputsOf({}, overrides);
  deepEqual([spec.steps.length, spec.displayName], [1, "Nightly"]);
  equal(/"alpha": ?1/.test(spec.steps[0]!.command), true, spec.steps[0]!.command);
});
