import { type Route, route, type WorkspaceCall } from "../world/call.ts";
import { answerPage } from "../world/paging.ts";
import { badRequest, jsonAnswer, notFound } from "../world/refusal.ts";
import { grantContainer } from "../storage/sas.ts";
import { checkBody } from "../check/check_shape.ts";
import { shapes } from "../check/shapes.ts";
import {
  findContainer,
  openContainer,
  putResource,
  type Resource,
  systemData,
  workspaceResources,
} from "../world/world.ts";
import { findVersion, versionId, versionsOf } from "./versions.ts";

/** Routes of code assets: find by hash under any name, upload to a new container, register once. */
export const codeRoutes: readonly Route[] = [
  route("GET codes/{name}/versions", "codes/versions/read", list),
  route(
    "POST codes/{name}/versions/{version}/startPendingUpload",
    "codes/versions/write",
    startPendingUpload,
  ),
  route("GET codes/{name}/versions/{version}", "codes/versions/read", read),
  route("PUT codes/{name}/versions/{version}", "codes/versions/write", write),
];

function list(call: WorkspaceCall): Response {
  const hash = call.query.get("hash");
  if (hash === null) return answerPage(call, versionsOf(call, "codes"));
  const versions = workspaceResources(call.world, call.workspace, "codes/versions");
  return answerPage(call, versions.filter((code) => hashOf(code) === hash));
}

function hashOf(code: Resource): unknown {
  return (code.properties.properties as Record<string, unknown> | undefined)?.hash_sha256;
}

function read(call: WorkspaceCall): Response {
  const code = findVersion(call, "codes");
  if (code === undefined) throw notFound(`Code ${call.names.name}:${call.names.version}`);
  return jsonAnswer(code);
}

function startPendingUpload(call: WorkspaceCall): Response {
  checkBody(shapes.pendingUpload, call.body);
  const { world, workspace } = call;
  const container = `${workspace.workspaceId}-${world.random.uuid().replaceAll("-", "").slice(-26)}`;
  const { account } = workspace;
  openContainer(world, account, container);
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
  const existing = findVersion(call, "codes");
  if (existing !== undefined) {
    if (existing.properties.codeUri === properties.codeUri) return jsonAnswer(existing);
    throw badRequest("Asset paths cannot be updated.");
  }
  requireUploaded(call, properties.codeUri);
  const resource = putResource(call.world, {
    id: versionId(call, "codes"),
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
  const [container = "", ...folder] = uri.startsWith(base) ? uri.slice(base.length).split("/") : [];
  const upload = findContainer(world, workspace.account, container);
  if (upload === undefined) {
    throw badRequest(`The code URI ${codeUri} is in no container that was given for an upload.`);
  }
  const prefix = decodeURIComponent(folder.join("/")).replace(/\/?$/, "/");
  const isThere = [...upload.blobs].some(([name, blob]) =>
    !blob.isUncommitted && (prefix === "/" || name.startsWith(prefix))
  );
  if (!isThere) throw badRequest(`There is no blob at the code URI ${codeUri}.`);
}
