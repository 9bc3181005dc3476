import { deepEqual } from "node:assert/strict";
import { listClusters, listEnvironments } from "../../../../src/azureml/service/assets/list_choices.ts";
import { workspaceOf } from "../history/odd_answers.ts";

/** A workspace that lists these resources. */
const listing = (...value: readonly object[]) => workspaceOf(() => Response.json({ value }));

Deno.test("listClusters() returns the names of the computes that run jobs, sorted", async () => {
  const compute = (name: string | undefined, computeType: string) => ({ name, properties: { computeType } });
  const workspace = listing(
    compute("gpu", "AmlCompute"),
    compute("cpu", "Kubernetes"),
    compute("mine", "ComputeInstance"),
    compute("spark", "SynapseSpark"),
    compute("odd", "NotAmlCompute"),
    compute(undefined, "AmlCompute"),
    { name: "bare" },
  );
  deepEqual(await listClusters(workspace), ["cpu", "gpu", "mine"]);
});

Deno.test("listEnvironments() leaves out those of Microsoft and archived ones", async () => {
  const workspace = listing(
    { name: "shop", properties: { isArchived: false } },
    { name: "bikes" },
    { name: "old", properties: { isArchived: true } },
    { name: "AzureML-sklearn", properties: { isArchived: false } },
    { name: "AzureML-old", properties: { isArchived: true } },
    { properties: {} },
  );
  deepEqual(await listEnvironments(workspace), ["bikes", "shop"]);
});
