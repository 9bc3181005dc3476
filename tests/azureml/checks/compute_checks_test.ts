import { deepEqual } from "node:assert/strict";
import { computeFindings } from "../../../src/azureml/checks/online.ts";
import type { ComputeInfo } from "../../../src/azureml/resources/kinds.ts";
import { findingLines } from "../../../src/azureml/checks/finding.ts";
import { assertTranscript } from "../../cli/transcript.ts";
import { spec, STEP } from "./subject.ts";

const CPU: ComputeInfo = {
  name: "cpu",
  id:
    "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ws/computes/cpu",
  kind: "AmlCompute",
  provisioningState: "Succeeded",
  state: undefined,
  vmSize: "STANDARD_DS3_V2",
  maxNodes: 4,
  errors: [],
  notices: [],
};

Deno.test("computeFindings() counts the machines of each compute's own steps", () => {
  const steps = [
    STEP,
    { ...STEP, node: "fit", compute: "gpu", distribution: { type: "pytorch", instanceCount: 3 } as never },
  ];
  const found = computeFindings(spec({ key: "factory", steps }), [
    { ...CPU, maxNodes: 2 },
    { ...CPU, name: "gpu", maxNodes: 2 },
    { ...CPU, name: "old", state: "Stopped", errors: ["Q: no"] },
  ]);
  deepEqual(found, [{
    severity: "warning",
    code: "compute.too_few_nodes",
    message: 'Node "fit" needs 3 machines, but compute "gpu" has at most 2; the step waits until it has more',
    hint:
      "Lower num_nodes of its `@distributed_job`, or run `az ml compute update --name gpu --workspace-name ws --resource-group rg --subscription s1 --max-instances 3`",
    jobs: ["main"],
  }, {
    severity: "error",
    code: "compute.stopped",
    message: 'Compute instance "old" is Stopped; a job does not start it',
    hint:
      "Run `az ml compute start --name old --workspace-name ws --resource-group rg --subscription s1`, or use a cluster in azureml.yml",
    details: ["Q: no"],
    jobs: ["main"],
  }]);
});

const cases: readonly [string, Partial<ComputeInfo>, number, readonly string[]][] = [
  ["a large enough cluster", {}, 4, []],
  ["a too small cluster", {}, 5, ["warning compute.too_few_nodes"]],
  [
    "a compute instance for a step of two nodes",
    { kind: "ComputeInstance", maxNodes: 1, state: "Running" },
    2,
    [
      "error compute.too_few_nodes",
    ],
  ],
  ["a cluster of zero nodes", { maxNodes: 0 }, 1, ["error compute.no_nodes"]],
  [
    "a cluster of machines before their retirement",
    { notices: ["ClusterHasWarnings: STANDARD_NC6 has upcoming deprecation"] },
    1,
    ["note compute.notice"],
  ],
  ["a failed cluster", { provisioningState: "Failed", errors: ["Q: no"] }, 1, ["error compute.state"]],
  ["a deleted cluster", { provisioningState: "Deleting" }, 1, ["error compute.state"]],
  ["a stopped compute instance", { state: "Stopped", maxNodes: 1 }, 1, ["error compute.stopped"]],
  ["a cluster at its quota", { errors: ["ClusterCoreQuotaReached: 8 of 8"] }, 1, ["warning compute.errors"]],
];

for (const [what, change, instanceCount, expected] of cases) {
  Deno.test(`computeFindings() returns ${expected[0] ?? "no findings"} for ${what}`, async (t) => {
    const distribution = {
      type: "pytorch",
      instanceCount,
      processCountPerInstance: 1,
      parameterServerCount: undefined,
      workerCount: undefined,
    } as const;
    const steps = [{ ...STEP, distribution }];
    const found = computeFindings(spec({ steps }), [{ ...CPU, ...change }]);
    deepEqual(found.map(({ severity, code }) => `${severity} ${code}`), expected);
    await assertTranscript(t, findingLines(found, []).join("\n"), import.meta.url);
  });
}

for (
  const [state, code] of [
    ...["Stopped", "Stopping", "Deleting", "SetupFailed", "CreateFailed", "Unusable", "UserSetupFailed"]
      .map((state) => [state, "compute.stopped"] as const),
    ...["Running", "Starting", "Creating", "JobRunning", "Restarting", undefined]
      .map((state) => [state, undefined] as const),
  ]
) {
  Deno.test(`computeFindings() returns ${code ?? "compute.errors"} for an instance with errors ${state ? `in state ${state}` : "and no state"}`, () =>
    deepEqual(computeFindings(spec(), [{ ...CPU, state, errors: ["Q: no"] }]).map(({ code }) => code), [
      code ?? "compute.errors",
    ]));
}
