import { deepEqual } from "node:assert/strict";
import { computeNames, workspaceNames } from "../../../../src/azureml/features/checks/job_references.ts";
import { config, spec, STEP, subject } from "./subject.ts";

const ID = "11111111-2222-3333-4444-555555555555";

/** The codes, with the keys that they point at, of a workspace. */
function wrong(change: object) {
  const written = { subscription_id: ID, resource_group: "rg", name: "ws", ...change };
  const read = config({ workspace: { __default__: written, other: written } });
  const places: string[] = [];
  const given = {
    ...subject(),
    jobs: [{ name: "main", workspace: read.workspace.other }],
    config: read,
    place: (path: readonly string[]) => void places.push(path.join(".")),
  };
  const found = workspaceNames.run(given as unknown as Parameters<typeof workspaceNames.run>[0]);
  return [...found.map(({ code, severity, jobs }) => `${severity} ${code} ${jobs}`), ...places];
}

const NAME = "error workspace.name main";
const SUBSCRIPTION = "error workspace.subscription_id main";

for (
  const [what, change, expected] of [
    ["accepts an ordinary workspace", {}, []],
    ["accepts a subscription id in upper case", { subscription_id: ID.toUpperCase() }, []],
    [
      "rejects a subscription id with an extra digit",
      { subscription_id: `${ID}0` },
      [SUBSCRIPTION, "workspace.other.subscription_id"],
    ],
    ["accepts a placeholder as the subscription id", { subscription_id: "<subscription-id>" }, []],
    ["accepts a resource group with punctuation and an accent", { resource_group: "a_b-c.(d)é" }, []],
    ["accepts a resource group of 90 characters", { resource_group: "x".repeat(90) }, []],
    [
      "rejects a resource group of 91 characters",
      { resource_group: "x".repeat(91) },
      [NAME, "workspace.other.resource_group"],
    ],
    [
      "rejects a resource group that ends with a period",
      { resource_group: "rg." },
      [NAME, "workspace.other.resource_group"],
    ],
    ["rejects a resource group with a space", { resource_group: "r g" }, [
      NAME,
      "workspace.other.resource_group",
    ]],
    ["accepts a workspace name of 33 characters", { name: "x".repeat(33) }, []],
    ["rejects a workspace name of 34 characters", { name: "x".repeat(34) }, [NAME, "workspace.other.name"]],
    ["rejects a workspace name that starts with an underscore", { name: "_ws" }, [
      NAME,
      "workspace.other.name",
    ]],
    ["accepts a placeholder as the workspace name", { name: "<workspace>" }, []],
  ] as const
) {
  Deno.test(`validate ${what}`, () => {
    deepEqual(wrong(change), expected);
  });
}

Deno.test("validate reports an invalid compute name once, at its place in azureml.yml", () => {
  const steps = ["cpu", "my gpu", "my gpu", "<cluster>"].map((compute) => ({ ...STEP, compute }));
  const places: string[] = [];
  const given = {
    ...subject({ specs: [spec({ steps })] }),
    config: config({ compute: { __default__: { cluster_name: "cpu" }, gpu: { cluster_name: "my gpu" } } }),
    place: (path: readonly string[]) => void places.push(path.join(".")),
  };
  const found = computeNames.run(given as unknown as Parameters<typeof computeNames.run>[0]);
  deepEqual(found.map(({ code }) => code), ["compute.name"]);
  deepEqual(places, ["compute.gpu.cluster_name"]);
});
