import { deepStrictEqual, throws } from "node:assert/strict";
import { jobCompute, stepCompute } from "../../../../src/azureml/job/compile/compute.ts";
import type { Places } from "../../../../src/config/azureml_yml.ts";
import { CONFIG, JOB, node } from "../../../fakes/plain_job.ts";

const place: Places = (path) => ({ file: "azureml.yml", line: 1, key: path.join(".") });
const ID = "/subscriptions/s/resourceGroups/r/providers/P/workspaces/w/computes/by-id";
const withDefault = (cluster_name: string | null, instance_type: string | null = null) => ({
  ...CONFIG,
  compute: { ...CONFIG.compute, __default__: { cluster_name, instance_type } },
});

for (
  const [compute, cluster, instanceType] of [
    [null, "cpu", "small"],
    ["gpu", "gpu-cluster", "small"],
    ["big", "cpu", "large"],
    ["other", "other", "small"],
    [`azureml:${ID}`, "by-id", "small"],
    [ID, "by-id", "small"],
  ] as const
) {
  Deno.test(`jobCompute() returns cluster "${cluster}" for compute ${JSON.stringify(compute)}`, () => {
    const config = withDefault("cpu", "small");
    deepStrictEqual(jobCompute(config, { ...JOB, compute }, place), { cluster, instanceType });
  });
}

Deno.test("jobCompute() rejects an empty default cluster", () => {
  for (const name of [null, ""]) {
    const config = withDefault(name);
    throws(() => jobCompute(config, JOB, place), {
      code: "compile.no_cluster",
      message: "The name of the default compute is empty",
      hint: "Set `compute.__default__.cluster_name` in azureml.yml",
      place: place(["compute", "__default__", "cluster_name"]),
    });
    throws(() => jobCompute(config, { ...JOB, compute: "big" }, place), { code: "compile.no_cluster" });
    deepStrictEqual(jobCompute(config, { ...JOB, compute: "gpu" }, place), {
      cluster: "gpu-cluster",
      instanceType: undefined,
    });
  }
});

Deno.test("stepCompute() prefers the compute of a node's tag", () => {
  const ofJob = { cluster: "job", instanceType: undefined };
  const of = (...tags: readonly string[]) =>
    stepCompute(CONFIG, ofJob, node({ name: "n", inputs: [], outputs: [], tags }), place);
  deepStrictEqual([of(), of("other", "toString")], [ofJob, ofJob]);
  deepStrictEqual(of("other", "gpu"), { cluster: "gpu-cluster", instanceType: undefined });
  deepStrictEqual(of("big"), { cluster: "cpu", instanceType: "large" });
  throws(() => of("gpu", "big"), {
    code: "compile.two_computes",
    message: 'Node "n" has tags for 2 computes',
    details: ["tags: gpu, big", "function: m:f"],
    hint: 'Keep only one of the tags "gpu" and "big" on the node',
    place: place(["compute", "gpu"]),
  });
});
