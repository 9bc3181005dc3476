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
  const [change, expected] of [
    [{}, []],
    [{ subscription_id: ID.toUpperCase() }, []],
    [{ subscription_id: `${ID}0` }, [SUBSCRIPTION, "workspace.other.subscription_id"]],
    [{ subscription_id: "<subscription-id>" }, []],
    [{ resource_group: "a_b-c.(d)é" }, []],
    [{ resource_group: "x".repeat(90) }, []],
    [{ resource_group: "x".repeat(91) }, [NAME, "workspace.other.resource_group"]],
    [{ resource_group: "rg." }, [NAME, "workspace.other.resource_group"]],
    [{ resource_group: "r g" }, [NAME, "workspace.other.resource_group"]],
    [{ name: "x".repeat(33) }, []],
    [{ name: "x".repeat(34) }, [NAME, "workspace.other.name"]],
    [{ name: "_ws" }, [NAME, "workspace.other.name"]],
    [{ name: "<workspace>" }, []],
  ] as const
) {
  Deno.test(`validate finds ${expected.length / 2} problems in workspace ${JSON.stringify(change)}`, () => {
    deepEqual(wrong(change), expected);
  });
}

Deno.test("validate points at the compute whose name Azure ML does not allow", () => {
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
