import { ExitCode, reasonOf, UserError, userErrorOf } from "../../core/errors.ts";
import { textOf } from "../../core/json.ts";
import { fitsStars } from "../../core/names.ts";
import {
  allResources,
  listResources,
  PERMISSIONS_PATH,
  requireSuccess,
  STORAGE_HEADERS,
  type Workspace,
} from "../client/workspace.ts";
import { BLOB_ROLE, roleCommand, WORKSPACE_ROLE } from "../errors/roles.ts";
import { type Datastore, getDefaultDatastore } from "./datastores.ts";
import { findOne, getWorkspace, KINDS, type WorkspaceInfo } from "./kinds.ts";

/** Something that an identity may be allowed to do. */
export type Right = "read_workspace" | "submit_jobs" | "write_data_assets" | "read_blobs" | "write_blobs";

/** Whether an identity has a right. */
export interface Access {
  readonly right: Right;
  readonly answer: "yes" | "no" | "unknown";
  /** The request that was sent to find out. */
  readonly probe: string;
  /** Why the answer is unknown, or what is missing. */
  readonly reason?: string;
  /** The missing role, another one that includes it, and the command that assigns the first. */
  readonly role?: { readonly name: string; readonly alternative?: string; readonly command: string };
  /** The error that led to the answer `unknown` or `no`, if there was one. */
  readonly error?: UserError;
}

/** A workspace, and what an identity may do with it. */
export interface AccessReport {
  /** `undefined` if it could not be read. */
  readonly workspace: WorkspaceInfo | undefined;
  readonly datastore: Datastore | undefined;
  readonly access: readonly Access[];
}

const PROVIDER = "Microsoft.MachineLearningServices/workspaces";

/** The operations that this program needs, by their names in Azure's role definitions. */
const NEEDED = {
  submit_jobs: [
    "jobs/write",
    "codes/versions/write",
    "components/versions/write",
    "environments/versions/read",
    "computes/read",
  ].map((name) => `${PROVIDER}/${name}`),
  write_data_assets: [`${PROVIDER}/data/versions/write`],
  write_blobs: [
    "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write",
  ],
};

/**
 * Finds out what an identity may do with a workspace and its default datastore. It changes nothing: whether the
 * identity may write is derived from its roles.
 *
 * @param identity Object id of the identity, for the commands that assign a role.
 */
export async function checkAccess(
  workspace: Workspace,
  { identity }: { identity: string | undefined },
): Promise<AccessReport> {
  const role = roleOn(workspace, identity);
  const read = await attempt(() => getWorkspace(workspace));
  const reading: Access = {
    right: "read_workspace",
    probe: "GET workspace",
    ...answerFromRequest(read, `${PROVIDER}/read`, role),
  };
  if (reading.answer === "unknown") {
    return { workspace: undefined, datastore: undefined, access: [reading, ...UNCHECKED] };
  }
  const onWorkspace = await accessFromRoles(workspace, role);
  const datastore = await attempt(() => getDefaultDatastore(workspace));
  return {
    workspace: read.found,
    datastore: datastore.found,
    access: [reading, ...onWorkspace, ...await blobAccess(workspace, { read, datastore, identity })],
  };
}

/** The role that includes every right on the workspace itself. */
function roleOn({ id }: Workspace, assignee: string | undefined): Role {
  const command = roleCommand({ role: WORKSPACE_ROLE, scope: id, assignee });
  return { name: WORKSPACE_ROLE, alternative: "Contributor", command };
}

async function accessFromRoles(
  workspace: Workspace,
  role: Role,
): Promise<readonly [Access, Access]> {
  const roles = await attempt(() => readPermissions(workspace, workspace.id));
  const access = (right: "submit_jobs" | "write_data_assets"): Access => ({
    right,
    probe: "permissions on the workspace",
    ...answerFromRoles(roles, NEEDED[right], { kind: "actions", role }),
  });
  return [access("submit_jobs"), access("write_data_assets")];
}

/**
 * Requires that the roles of an identity allow submitting jobs; does nothing if its roles cannot be read.
 *
 * @param assignee Object id of the identity, for the command that assigns a role.
 * @throws {UserError} `azure.forbidden`.
 */
export async function requireSubmitRole(workspace: Workspace, assignee: string | undefined): Promise<void> {
  const role = roleOn(workspace, assignee);
  const [{ answer, reason }] = await accessFromRoles(workspace, role);
  if (answer !== "no") return;
  throw new UserError(
    `Your identity may not submit jobs to workspace "${workspace.config.name}": ${reason}`,
    {
      code: "azure.forbidden",
      exit: ExitCode.Auth,
      hint: `Ask an owner to assign the role "${WORKSPACE_ROLE}": ${role.command}`,
    },
  );
}

/** The other rights if the workspace cannot be read: their requests would fail the same way. */
const UNCHECKED: readonly Access[] =
  (["submit_jobs", "write_data_assets", "read_blobs", "write_blobs"] as const)
    .map((right) => ({ right, answer: "unknown", probe: "none", reason: "the workspace could not be read" }));

interface Attempt<T> {
  readonly found?: T;
  readonly error?: UserError;
}

type Role = NonNullable<Access["role"]>;

async function blobAccess(
  workspace: Workspace,
  { read, datastore, identity }: {
    read: Attempt<WorkspaceInfo>;
    datastore: Attempt<Datastore>;
    identity: string | undefined;
  },
): Promise<readonly Access[]> {
  const { found } = datastore;
  if (found === undefined) return unknownBlobs(datastore.error!);
  const account = storageScope(read.found, found);
  const scope = account ?? `<id of storage account ${found.account}>`;
  const role = { name: BLOB_ROLE, command: roleCommand({ role: BLOB_ROLE, scope, assignee: identity }) };
  const list = await attempt(() => probeBlobs(workspace, found));
  const roles = account === undefined
    ? undefined
    : await attempt(() =>
      readPermissions(workspace, `${account}/blobServices/default/containers/${found.container}`)
    );
  const reading: Access = {
    right: "read_blobs",
    probe: "list of the default datastore's blobs",
    ...answerFromRequest(list, "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read", role),
  };
  const writing: Access = {
    right: "write_blobs",
    probe: "permissions on the default datastore's container",
    ...(roles === undefined
      ? { answer: "unknown", reason: "the storage account's id is not known" }
      : answerFromRoles(roles, NEEDED.write_blobs, { kind: "dataActions", role })),
  };
  return [reading, writing];
}

function unknownBlobs(error: UserError): readonly Access[] {
  const reason = reasonOf(error);
  return (["read_blobs", "write_blobs"] as const).map((right) => ({
    right,
    answer: "unknown",
    probe: "the workspace's default datastore",
    reason,
    error,
  }));
}

/** The id of the datastore's storage account if it is the workspace's own; other ids are not known. */
function storageScope(
  workspace: WorkspaceInfo | undefined,
  { account }: Datastore,
): string | undefined {
  const id = textOf(workspace?.storageAccountId);
  return id?.split("/").at(-1) === account ? id : undefined;
}

/** Lists one blob with the identity's own token, to see whether it can. @throws {UserError} `azure.*`. */
export async function probeBlobs(workspace: Workspace, { url, name }: Datastore): Promise<true> {
  const action = `list the blobs of datastore "${name}"`;
  const response = await workspace.ask({
    action,
    method: "GET",
    url: `${url}?restype=container&comp=list&maxresults=1`,
    headers: STORAGE_HEADERS,
    scope: workspace.cloud.storageScope,
  });
  requireSuccess(workspace, action, response);
  return true;
}

async function attempt<T>(act: () => Promise<T>): Promise<Attempt<T>> {
  return await act().then((found) => ({ found }), (thrown) => ({ error: userErrorOf(thrown) }));
}

type Answer = Omit<Access, "right" | "probe">;

/** Yes if the request succeeded, no if it was refused for a missing role, else unknown. */
function answerFromRequest(
  { error }: Attempt<unknown>,
  action: string,
  role: Role,
): Answer {
  if (error === undefined) return { answer: "yes" };
  const isRole = error.code === "azure.forbidden" || error.code === "azure.blob_role";
  return isRole
    ? { answer: "no", reason: `the role for ${action} is missing`, role, error }
    : { answer: "unknown", reason: reasonOf(error), error };
}

function answerFromRoles(
  { found, error }: Attempt<readonly Permission[]>,
  wanted: readonly string[],
  { kind, role }: { kind: "actions" | "dataActions"; role: Role },
): Answer {
  if (error !== undefined) return { answer: "unknown", reason: reasonOf(error), error };
  const missing = missingActions(found ?? [], wanted, kind);
  if (missing.length === 0) return { answer: "yes" };
  return { answer: "no", reason: `no role allows ${missing.join(", ")}`, role };
}

/** What a role assignment allows; `*` in an operation matches anything, as in Azure's role definitions. */
export interface Permission {
  readonly actions?: readonly string[];
  readonly notActions?: readonly string[];
  readonly dataActions?: readonly string[];
  readonly notDataActions?: readonly string[];
}

/**
 * Asks Resource Manager what the signed-in identity may do with a resource. Changes nothing.
 *
 * @param scope Resource Manager id.
 * @throws {UserError} `azure.*`, `network.*`.
 */
async function readPermissions(workspace: Workspace, scope: string): Promise<readonly Permission[]> {
  const action = "read the permissions of this identity";
  return await allResources<Permission>(workspace, { action, below: scope, path: PERMISSIONS_PATH });
}

/** The operations in `wanted` that no permission allows. */
export function missingActions(
  permissions: readonly Permission[],
  wanted: readonly string[],
  kind: "actions" | "dataActions",
): readonly string[] {
  const not = kind === "actions" ? "notActions" : "notDataActions";
  return wanted.filter((action) =>
    !permissions.some((permission) =>
      fitsAny(action, permission[kind] ?? []) && !fitsAny(action, permission[not] ?? [])
    )
  );
}

function fitsAny(action: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => fitsStars(pattern, action));
}

/** The built-in role `Storage Blob Data Contributor`, which has the same id in every subscription. */
const BLOB_ROLE_ID = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";
const ASSIGNMENTS = "providers/Microsoft.Authorization/roleAssignments";
const ASSIGNMENTS_VERSION = "2022-04-01";

/**
 * The object id of a compute's own identity, else of the first that was assigned to it; `undefined` if it has none.
 *
 * @throws {UserError} `azure.*`, `network.*`.
 */
export async function principalOf(workspace: Workspace, compute: string): Promise<string | undefined> {
  const resource = await findOne(workspace, KINDS.compute, [compute]);
  const { principalId, userAssignedIdentities } = resource?.identity ?? {};
  return principalId ?? Object.values(userAssignedIdentities ?? {})[0]?.principalId ?? undefined;
}

/**
 * Whether an identity has the role for reading and writing blobs of a storage account, or of something above it.
 *
 * @param account ARM id of the storage account.
 * @throws {UserError} `azure.*`, `network.*`.
 */
export async function hasBlobRole(
  workspace: Workspace,
  account: string,
  principal: string,
): Promise<boolean> {
  const assigned = listResources<{ readonly properties?: { readonly roleDefinitionId?: string } }>(
    workspace,
    {
      action: "list the roles of the compute's identity",
      below: account,
      path: ASSIGNMENTS,
      query: { "api-version": ASSIGNMENTS_VERSION, "$filter": `assignedTo('${principal}')` },
    },
  );
  for await (const { properties } of assigned) {
    if (properties?.roleDefinitionId?.endsWith(`/${BLOB_ROLE_ID}`)) return true;
  }
  return false;
}
