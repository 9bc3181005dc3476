import { deepEqual, match } from "node:assert/strict";
import { computeFindings } from "../../../../src/azureml/features/checks/compute.ts";
import type { ComputeInfo } from "../../../../src/azureml/service/assets/compute.ts";
import { spec, STEP } from "./subject.ts";

const CPU: ComputeInfo = {
  name: "cpu",
  id: "/computes/cpu",
  kind: "AmlCompute",
  provisioningState: "Succeeded",
  state: undefined,
  vmSize: "STANDARD_DS3_V2",
  maxNodes: 4,
  errors: [],
};

const cases: readonly [string, Partial<ComputeInfo>, number, readonly string[], RegExp][] = [
  ["a cluster that is large enough", {}, 4, [], /^\[\]$/],
  ["a cluster without a limit", { maxNodes: undefined }, 99, [], /^\[\]$/],
  [
    "too few machines",
    {},
    5,
    ["warning compute.too_few_nodes"],
    /needs 5 machines.*has at most 4.*--max-instances 5/,
  ],
  ["an instance", { kind: "ComputeInstance", maxNodes: 1, state: "Running" }, 2, [
    "error compute.too_few_nodes",
  ], /has one/],
  ["no machine at all", { maxNodes: 0 }, 1, ["error compute.no_nodes"], /--max-instances 1/],
  [
    "one that failed",
    { provisioningState: "Failed", errors: ["Q: no"] },
    1,
    ["error compute.state"],
    /Q: no/,
  ],
  ["one that goes", { provisioningState: "Deleting" }, 1, ["error compute.state"], /deleted/],
  [
    "an instance that stands still",
    { state: "Stopped", maxNodes: 1 },
    1,
    ["error compute.stopped"],
    /az ml compute start/,
  ],
  [
    "a quota that was reached",
    { errors: ["ClusterCoreQuotaReached: 8 of 8"] },
    1,
    ["warning compute.errors"],
    /8 of 8/,
  ],
];

for (const [what, change, instanceCount, expected, words] of cases) {
  Deno.test(`computes: ${what}`, () => {
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
    match(JSON.stringify(found), words);
  });
}
