import { deepEqual } from "node:assert/strict";
import {
  createCluster,
  createDataAsset,
  createEnvironment,
} from "../../../../src/azureml/service/assets/create.ts";
import type { Workspace } from "../../../../src/azureml/service/client/workspace.ts";
import { workspaceOf } from "../history/odd_answers.ts";

/** The body that is sent to create something. */
async function sent(create: (workspace: Workspace) => Promise<void>): Promise<unknown> {
  let body: unknown;
  await create(workspaceOf(async (request) => {
    body = await request.json();
    const { pathname } = new URL(request.url);
    return Response.json({ id: pathname, properties: {} }, { status: 201 });
  }));
  return body;
}

const CLUSTER = { name: "c", vmSize: "Standard_D2", minNodes: 1, maxNodes: 4, idleSeconds: 90 };

Deno.test("createCluster() sends the sizes, the idle time in seconds, and an identity if it is wanted", async () => {
  const properties = {
    computeType: "AmlCompute",
    properties: {
      vmSize: "Standard_D2",
      vmPriority: "Dedicated",
      scaleSettings: { minNodeCount: 1, maxNodeCount: 4, nodeIdleTimeBeforeScaleDown: "PT90S" },
    },
  };
  const bare = { ...CLUSTER, hasIdentity: false };
  deepEqual(await sent((one) => createCluster(one, undefined, bare)), { properties });
  deepEqual(await sent((one) => createCluster(one, "eastus", { ...CLUSTER, hasIdentity: true })), {
    location: "eastus",
    identity: { type: "SystemAssigned" },
    properties,
  });
});

Deno.test("createEnvironment() sends the image, and the conda file if there is one", async () => {
  const environment = { name: "e", version: "1", image: "img:1" };
  const properties = { image: "img:1", isAnonymous: false, isArchived: false };
  deepEqual(await sent((one) => createEnvironment(one, { ...environment, condaFile: undefined })), {
    properties,
  });
  deepEqual(await sent((one) => createEnvironment(one, { ...environment, condaFile: "a: 1" })), {
    properties: { ...properties, condaFile: "a: 1" },
  });
});

Deno.test("createDataAsset() sends the type and the place of the data", async () => {
  const asset = { name: "d", version: "1", type: "uri_file", uri: "azureml://datastores/s/paths/a" } as const;
  deepEqual(await sent((one) => createDataAsset(one, asset)), {
    properties: { dataType: "uri_file", dataUri: asset.uri, isAnonymous: false, isArchived: false },
  });
});
