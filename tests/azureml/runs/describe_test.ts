import { deepStrictEqual, rejects } from "node:assert/strict";
import { changesOf, describeJob, requireSame } from "../../../src/azureml/runs/job_changes.ts";
import type { UserError } from "../../../src/core/errors.ts";
import { stepCommand } from "../../../src/azureml/job/compile/command.ts";
import { workspaceOf } from "./odd_answers.ts";

const OURS = stepCommand({
  env: "local",
  pipeline: "__default__",
  node: "load",
  inputs: [],
  outputs: [{ dataset: "a", path: "${{outputs.a}}" }],
  params: undefined,
  workingDirectory: undefined,
});

/** The end of each command in version 0.1.0 of the plugin. */
const PLUGINS = OURS.slice(0, OURS.indexOf("; rc=")) +
  '; rc=$?; if [ "$rc" -gt 128 ]; then echo "kedro azureml execute: killed by signal $((rc-128)) ' +
  "(SIG$(kill -l $((rc-128)) 2>/dev/null || echo '?')).\" >&2; fi; exit $rc";

const described = (command: string, description?: string) =>
  describeJob(
    { properties: { jobType: "Pipeline", description, jobs: { load: { componentId: "C" } } } },
    () => ({ command }),
  );

Deno.test("describeJob() ignores the plugin's own description", () => {
  const plugins = described(PLUGINS, "Build Azure ML pipeline components from Kedro nodes.");
  deepStrictEqual(changesOf(plugins, described(OURS)), []);
});

Deno.test("describeJob() lists the nodes of a grouped step", () => {
  const group = (...nodes: string[]) =>
    describeJob({
      properties: {
        jobs: { prep: { environment_variables: { KEDRO_AZUREML_GROUP: JSON.stringify(nodes), A: "1" } } },
      },
    }, () => undefined);
  deepStrictEqual(changesOf(group("a", "b"), group("a", "c")), [
    { step: "prep", aspect: "nodes", before: '["a","b"]', after: '["a","c"]' },
  ]);
});

Deno.test("requireSame() lists at most ten differences", async () => {
  const body = (count: number, value: string) => ({
    properties: {
      displayName: "d",
      description: value,
      jobs: Object.fromEntries(Array.from({ length: count }, (_, at) => [`s${at}`, { computeId: value }])),
    },
  });
  const check = (count: number, value: string) =>
    requireSame(
      workspaceOf(() => Response.json({})),
      { job: { name: "j" }, body: body(count, "cpu") } as unknown as Parameters<typeof requireSame>[1],
      { body: body(count, value), components: new Map() },
    );
  await check(12, "cpu");
  for (const [count, details, last] of [[10, 10, /^step s9: compute/], [11, 11, /^and 1 more$/]] as const) {
    await rejects(check(count, "gpu"), (thrown: UserError) => {
      deepStrictEqual([thrown.code, thrown.details.length], ["job.other", details]);
      const change = { aspect: "compute", before: "cpu", after: "gpu" };
      const changes = Array.from({ length: count }, (_, at) => ({ step: `s${at}`, ...change }));
      deepStrictEqual(thrown.data, { name: "j", changes });
      deepStrictEqual([thrown.message, thrown.exit, thrown.hint], [
        'Workspace "ws" already has a different job named "j"',
        5,
        "Use another `--name`",
      ]);
      return last.test(thrown.details.at(-1)!);
    });
  }
});
