import { deepEqual } from "node:assert/strict";
import {
  listClusters,
  listEnvironments,
  listSubscriptions,
  listWorkspaces,
} from "../../../src/azureml/resources/kinds.ts";
import { workspaceOf } from "../runs/odd_answers.ts";

/** A workspace that lists these resources. */
const listing = (...value: readonly object[]) => workspaceOf(() => Response.json({ value }));

Deno.test("listSubscriptions() returns enabled subscriptions by name, or by ID if they have no name", async () => {
  const workspace = listing(
    { subscriptionId: "s-2", displayName: "Shop", state: "Enabled" },
    { subscriptionId: "s-1", displayName: "Bikes" },
    { subscriptionId: "s-3", displayName: "Closed", state: "Disabled" },
    { subscriptionId: "s-4", displayName: "" },
    { displayName: "Without ID" },
  );
  deepEqual(await listSubscriptions(workspace), [
    { id: "s-1", name: "Bikes" },
    { id: "s-4", name: "s-4" },
    { id: "s-2", name: "Shop" },
  ]);
});

Deno.test("listWorkspaces() returns the workspaces by name, with the resource group of their ID", async () => {
  const id = (name: string) => `/subscriptions/s/resourcegroups/rg/providers/P/workspaces/${name}`;
  const workspace = listing(
    { id: id("shop"), name: "shop", location: "eastus" },
    { id: id("bikes"), name: "bikes" },
    { id: id("nameless"), location: "eastus" },
    { name: "without-id", location: "eastus" },
  );
  deepEqual(await listWorkspaces(workspace, "s"), [
    { name: "bikes", resourceGroup: "rg", location: "" },
    { name: "shop", resourceGroup: "rg", location: "eastus" },
  ]);
});

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

Deno.test("listEnvironments() omits archived environments, those of Microsoft and those of images", async () => {
  const workspace = listing(
    { name: "shop", properties: { isArchived: false } },
    { name: "bikes" },
    { name: "CliV2AnonymousEnvironment", properties: { isArchived: false } },
    { name: "old", properties: { isArchived: true } },
    { name: "AzureML-sklearn", properties: { isArchived: false } },
    { name: "AzureML-old", properties: { isArchived: true } },
    { properties: {} },
  );
  deepEqual(await listEnvironments(workspace), ["bikes", "shop"]);
});
