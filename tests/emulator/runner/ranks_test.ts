import assert from "node:assert/strict";
import type { ComponentSpec, JobNode } from "../../../src/emulator/arm/shapes.ts";
import { ranksOf } from "../../../src/emulator/runner/step_variables.ts";

const SPEC = { command: "x" } as ComponentSpec;

function node(distribution?: JobNode["distribution"], instances = 2): JobNode {
  return { distribution, resources: { instance_count: instances } } as JobNode;
}

Deno.test("a step with MPI has the rank variables of Open MPI", () => {
  const mpi = { distribution_type: "Mpi" as const, process_count_per_instance: 2 };
  const ranks = ranksOf(node(mpi), SPEC, 4711);
  const shared = { OMPI_COMM_WORLD_SIZE: "4", OMPI_COMM_WORLD_LOCAL_SIZE: "2" };
  assert.deepEqual(
    ranks.map(({ env }) => env),
    [["0", "0"], ["1", "1"], ["2", "0"], ["3", "1"]].map(([rank, local]) => ({
      OMPI_COMM_WORLD_RANK: rank,
      OMPI_COMM_WORLD_LOCAL_RANK: local,
      ...shared,
    })),
  );
  assert.equal(ranks[3]!.logFile, "user_logs/std_log_process_3.txt");
});

Deno.test("a step with TensorFlow has TF_CONFIG", () => {
  const given = { distribution_type: "TensorFlow" as const, worker_count: 2, parameter_server_count: 1 };
  const [first, second, server, ...more] = ranksOf(node(given), SPEC, 4711).map(({ env }) =>
    JSON.parse(env.TF_CONFIG!)
  );
  assert.deepEqual(first.cluster, { worker: ["127.0.0.1:4711", "127.0.0.1:4712"], ps: ["127.0.0.1:4713"] });
  assert.deepEqual([first.task, second.task, server.task, more], [
    { type: "worker", index: 0 },
    { type: "worker", index: 1 },
    { type: "ps", index: 0 },
    [],
  ]);
  const [alone] = ranksOf(node({ distribution_type: "TensorFlow", worker_count: 1 }), SPEC, 4711);
  assert.deepEqual(JSON.parse(alone!.env.TF_CONFIG!), {
    cluster: { worker: ["127.0.0.1:4711"] },
    task: { type: "worker", index: 0 },
  });
});

Deno.test("a step's distribution takes precedence over its component's", () => {
  const spec = { ...SPEC, distribution: { type: "pytorch" as const, process_count_per_instance: 1 } };
  assert.deepEqual(ranksOf(node(undefined, 3), spec, 4711).map(({ env }) => env.WORLD_SIZE), ["3", "3", "3"]);
  const own = { distribution_type: "Mpi" as const, process_count_per_instance: 1 };
  const [first] = ranksOf(node(own), spec, 4711);
  assert.deepEqual(["RANK" in first!.env, first!.env.OMPI_COMM_WORLD_SIZE], [false, "2"]);
});
