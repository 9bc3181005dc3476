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

/** Routes of code assets: find by hash under any name, upload to a new container, register once. */
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
  const versions = workspaceResources(call.world, call.workspace, "codes/versions");
  return answerPage(
    call,
    versions.filter((one) => hash === null ? one.id.toLowerCase().startsWith(start) : hashOf(one) === hash),
  );
}

function hashOf(code: Resource): unknown {
  return (code.properties.properties as Record<string, unknown> | undefined)?.hash_sha256;
}

function read(call: WorkspaceCall): Response {
  const found = findResource(call.world, idOf(call));
  if (found === undefined) throw notFound(`Code ${call.names.name}:${call.names.version}`);
  return jsonAnswer(found);
}

function startPendingUpload(call: WorkspaceCall): Response {
  checkBody(shapes.pendingUpload, call.body);
  const { world, workspace } = call;
  const container = `${workspace.workspaceId}-${world.random.uuid().replaceAll("-", "").slice(-26)}`;
  const { account } = workspace;
  addContainer(world, account, container);
  return jsonAnswer({
    blobReferenceForConsumption: {
      blobUri: withPort(`${world.links.blob(account)}/${container}`),
      storageAccountArmId:
        `/subscriptions/${workspace.subscription}/resourceGroups/${workspace.resourceGroup}` +
        `/providers/Microsoft.Storage/storageAccounts/${account}`,
      credential: world.storage === "no credentials" ? { credentialType: "NoCredentials" } : {
        credentialType: "SAS",
        sasUri: grantContainer(world, { account, container, permissions: "rcwl" }),
      },
    },
    pendingUploadId: world.random.uuid(),
    pendingUploadType: "None",
  });
}

/** Azure ML names the port of storage, even if it is the default one. */
function withPort(url: string): string {
  const { port, protocol, host, pathname } = new URL(url);
  return port === "" ? `${protocol}//${host}:443${pathname}` : url;
}

function write(call: WorkspaceCall): Response {
  const { properties } = checkBody(shapes.codeVersion, call.body);
  const id = idOf(call);
  const existing = findResource(call.world, id);
  if (existing !== undefined) {
    if (existing.properties.codeUri === properties.codeUri) return jsonAnswer(existing);
    throw badRequest("Asset paths cannot be updated.");
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
  return jsonAnswer(resource, 201, { location: call.request.url });
}

/** The service stores property values as text. */
function texts(values: Readonly<Record<string, string | number>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
}

function requireUploaded({ world, workspace }: WorkspaceCall, codeUri: string): void {
  const base = `${world.links.blob(workspace.account)}/`;
  const uri = URL.canParse(codeUri) ? new URL(codeUri).href : codeUri;
  const [container, ...folder] = uri.startsWith(base) ? uri.slice(base.length).split("/") : [];
  const found = world.containers.get(`${workspace.account}/${container}`);
  if (container === undefined || found === undefined) {
    throw badRequest(`The code URI ${codeUri} is in no container that was given for an upload.`);
  }
  const prefix = decodeURIComponent(folder.join("/")).replace(/\/?$/, "/");
  const isThere = [...found.blobs].some(([name, blob]) =>
    !blob.isUncommitted && (prefix === "/" || name.startsWith(prefix))
  );
  if (!isThere) throw badRequest(`There is no blob at the code URI ${codeUri}.`);
}
