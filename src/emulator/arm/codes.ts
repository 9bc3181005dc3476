import type { Route, WorkspaceCall } from "../world/call.ts";
import { answerPage } from "../world/pages.ts";
import { badRequest, jsonAnswer, notFound } from "../world/refusal.ts";
import { grantContainer } from "../storage/sas.ts";
import { checkBody } from "../check/check_shape.ts";
import { shapes } from "../check/shapes.ts";
import {
  addContainer,
  findResource,
  putResource,
  type Resource,
  systemData,
  workspaceResources,
} from "../world/world.ts";

/** Routes of code assets: find by hash, upload to a new container, register once. */
export const codeRoutes: readonly Route[] = [
  { method: "GET", path: "codes/{name}/versions", action: "codes/versions/read", handle: list },
  {
    method: "POST",
    path: "codes/{name}/versions/{version}/startPendingUpload",
    action: "codes/versions/write",
    handle: startPendingUpload,
  },
  { method: "GET", path: "codes/{name}/versions/{version}", action: "codes/versions/read", handle: read },
  { method: "PUT", path: "codes/{name}/versions/{version}", action: "codes/versions/write", handle: write },
];

function idOf({ workspace, names }: WorkspaceCall): string {
  return `${workspace.id}/codes/${names.name}/versions/${names.version}`;
}

function list(call: WorkspaceCall): Response {
  const start = `${call.workspace.id}/codes/${call.names.name}/versions/`.toLowerCase();
  const hash = call.query.get("hash");
  const versions = workspaceResources(call.world, call.workspace, "codes/versions").filter((one) =>
    one.id.toLowerCase().startsWith(start)
  );
  return answerPage(call, versions.filter((one) => hash === null || hashOf(one) === hash));
}

function hashOf(code: Resource): unknown {
  return (code.properties.properties as Record<string, unknown> | undefined)?.hash_sha256;
}

function read(call: WorkspaceCall): Response {
  const found = findResource(call.world, idOf(call));
  if (found === undefined) throw notFound(`codes/${call.names.name}/versions/${call.names.version}`);
  return jsonAnswer(found);
}

function startPendingUpload(call: WorkspaceCall): Response {
  checkBody(shapes.pendingUpload, call.body);
  const { world, workspace } = call;
  const container = `${workspace.workspaceId.slice(0, 8)}-${world.random.uuid()}`;
  const { account } = workspace;
  addContainer(world, account, container);
  return jsonAnswer({
    pendingUploadId: world.random.uuid(),
    pendingUploadType: "TemporaryBlobReference",
    blobReferenceForConsumption: {
      blobUri: `${world.links.blob(account)}/${container}`,
      storageAccountArmId:
        `/subscriptions/${workspace.subscription}/resourceGroups/${workspace.resourceGroup}` +
        `/providers/Microsoft.Storage/storageAccounts/${account}`,
      credential: world.storage === "no credentials" ? { credentialType: "NoCredentials" } : {
        credentialType: "SAS",
        sasUri: grantContainer(world, { account, container, permissions: "rcwl" }),
      },
    },
  });
}

function write(call: WorkspaceCall): Response {
  const { properties } = checkBody(shapes.codeVersion, call.body);
  const id = idOf(call);
  const existing = findResource(call.world, id);
  if (existing !== undefined) {
    if (existing.properties.codeUri === properties.codeUri) return jsonAnswer(existing);
    throw badRequest("Asset paths cannot be updated.", { target: "codeUri" });
  }
  requireUploaded(call, properties.codeUri);
  const resource = putResource(call.world, {
    id,
    name: call.names.version!,
    type: "Microsoft.MachineLearningServices/workspaces/codes/versions",
    properties: {
      description: null,
      tags: {},
      isArchived: false,
      isAnonymous: false,
      ...properties,
      properties: texts(properties.properties ?? {}),
      provisioningState: "Succeeded",
    },
    systemData: systemData(call.world),
  });
  return jsonAnswer(resource, 201);
}

/** The service stores property values as text. */
function texts(values: Readonly<Record<string, string | number>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
}

function requireUploaded({ world, workspace }: WorkspaceCall, codeUri: string): void {
  const base = `${world.links.blob(workspace.account)}/`;
  const [container, ...folder] = codeUri.startsWith(base) ? codeUri.slice(base.length).split("/") : [];
  const found = world.containers.get(`${workspace.account}/${container}`);
  if (container === undefined || found === undefined) {
    throw badRequest(`The code URI ${codeUri} is in no container that was given for an upload.`, {
      target: "codeUri",
    });
  }
  const prefix = decodeURIComponent(folder.join("/")).replace(/\/?$/, "/");
  const isThere = [...found.blobs].some(([name, blob]) =>
    !blob.isUncommitted && (prefix === "/" || name.startsWith(prefix))
  );
  if (!isThere) throw badRequest(`There is no blob at the code URI ${codeUri}.`, { target: "codeUri" });
}
