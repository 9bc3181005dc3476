import { once, onceEach } from "../../core/async.ts";
import { reasonOf, type UserError, userErrorOf } from "../../core/errors.ts";
import { textOf } from "../../core/json.ts";
import { fitsStars } from "../../core/text_match.ts";
import { allResources, listResources, requireSuccess, type Workspace } from "../client/workspace.ts";
import { API_VERSIONS, PERMISSIONS_PATH, STORAGE_HEADERS } from "../../core/net/api_versions.ts";
import { BLOB_ROLE, roleCommand, WORKSPACE_ROLE } from "../errors/roles.ts";
import { type Datastore, getDefaultDatastore } from "./datastores.ts";
import { findApi } from "./hosts.ts";
import { findOne } from "../client/arm.ts";
import { getWorkspace, KINDS, type WorkspaceInfo } from "./kinds.ts";

/** What an identity may be allowed to do with a workspace and its default datastore. */
export const RIGHTS = [
  "read_workspace",
  "submit_jobs",
  "write_data_assets",
  "read_blobs",
  "write_blobs",
] as const;

export type Right = (typeof RIGHTS)[number];

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

/** What can be asked of a workspace to find out what works; each request is sent once, and none changes anything. */
export type Probes = ReturnType<typeof openProbes>;

/**
 * Opens the probes of a workspace; sends no request yet.
 *
 * @param identity Object id of the identity, for the commands that assign a role.
 */
export function openProbes(workspace: Workspace, identity: string | undefined) {
  const info = once(() => getWorkspace(workspace));
  const datastore = once(() => getDefaultDatastore(workspace));
  /** Lists a blob of the default datastore. */
  const blobs = once(async () => await listOneBlob(workspace, await datastore()));
  const permissions = onceEach((scope: string) =>
    allResources<Permission>(workspace, {
      action: "read the permissions of this identity",
      below: scope,
      path: PERMISSIONS_PATH,
    })
  );
  const asking: Asking = { workspace, identity, info, datastore, blobs, permissions };
  /** Whether the identity has a right; whether it may write is derived from its roles. Fails only if interrupted. */
  const access = onceEach(async (right: Right): Promise<Access> => {
    // Other requests would fail the same way.
    if (right !== "read_workspace" && (await access("read_workspace")).answer === "unknown") {
      return { right, answer: "unknown", probe: "none", reason: "the workspace could not be read" };
    }
    return { right, ...await ANSWERS[right](asking) };
  });
  const api = once(async () => await findApi(workspace, (await info()).discoveryUrl));
  return { info, api, datastore, blobs, access };
}

interface Asking extends Pick<Probes, "info" | "datastore" | "blobs"> {
  readonly workspace: Workspace;
  readonly identity: string | undefined;
  readonly permissions: (scope: string) => Promise<readonly Permission[]>;
}

type Answer = Omit<Access, "right">;
type Role = NonNullable<Access["role"]>;

const PROVIDER = "Microsoft.MachineLearningServices/workspaces";
const BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs";

/** How to find out about each right: by doing it, or by what the roles of the identity allow. */
const ANSWERS: Readonly<Record<Right, (asking: Asking) => Promise<Answer>>> = {
  read_workspace: ({ workspace, identity, info }) =>
    byRequest("GET workspace", info, `${PROVIDER}/read`, roleOn(workspace, identity)),
  submit_jobs: (asking) =>
    onWorkspace(asking, [
      "jobs/write",
      "codes/versions/write",
      "components/versions/write",
      "environments/versions/read",
      "computes/read",
    ]),
  write_data_assets: (asking) => onWorkspace(asking, ["data/versions/write"]),
  read_blobs: (asking) =>
    onDatastore(
      asking,
      (_, role) => byRequest("list of the default datastore's blobs", asking.blobs, `${BLOBS}/read`, role),
    ),
  write_blobs: (asking) =>
    onDatastore(asking, async ({ account, container }, role) => {
      const probe = "permissions on the default datastore's container";
      if (account === undefined) {
        return { answer: "unknown", probe, reason: "the storage account's id is not known" };
      }
      const scope = `${account}/blobServices/default/containers/${container}`;
      const permissions = () => asking.permissions(scope);
      return await byRoles(probe, permissions, { kind: "dataActions", wanted: [`${BLOBS}/write`], role });
    }),
};

/** The role that includes every right on the workspace itself. */
function roleOn({ id }: Workspace, assignee: string | undefined): Role {
  const command = roleCommand({ role: WORKSPACE_ROLE, scope: id, assignee });
  return { name: WORKSPACE_ROLE, alternative: "Contributor", command };
}

async function onWorkspace({ workspace, identity, permissions }: Asking, operations: readonly string[]) {
  return await byRoles("permissions on the workspace", () => permissions(workspace.id), {
    kind: "actions",
    wanted: operations.map((name) => `${PROVIDER}/${name}`),
    role: roleOn(workspace, identity),
  });
}

/** Asks about the default datastore, if there is one, given the ARM id of its storage account, if that is known. */
async function onDatastore(
  { identity, info, datastore }: Asking,
  ask: (
    on: { readonly account: string | undefined; readonly container: string },
    role: Role,
  ) => Promise<Answer>,
): Promise<Answer> {
  const { found, error } = await attempt(datastore);
  if (found === undefined) return unknown("the workspace's default datastore", error!);
  const account = storageScope((await attempt(info)).found, found);
  const scope = account ?? `<id of storage account ${found.account}>`;
  const command = roleCommand({ role: BLOB_ROLE, scope, assignee: identity });
  return await ask({ account, container: found.container }, { name: BLOB_ROLE, command });
}

async function attempt<T>(act: () => Promise<T>): Promise<{
  readonly found?: T;
  readonly error?: UserError;
}> {
  return await act().then((found) => ({ found }), (thrown) => ({ error: userErrorOf(thrown) }));
}

function unknown(probe: string, error: UserError): Answer {
  return { answer: "unknown", probe, reason: reasonOf(error), error };
}

/** Yes if the request succeeded, no if it was refused for a missing role, else unknown. */
async function byRequest(
  probe: string,
  act: () => Promise<unknown>,
  operation: string,
  role: Role,
): Promise<Answer> {
  const { error } = await attempt(act);
  if (error === undefined) return { answer: "yes", probe };
  const isRole = error.code === "azure.forbidden" || error.code === "azure.blob_role";
  return isRole
    ? { answer: "no", probe, reason: `the role for ${operation} is missing`, role, error }
    : unknown(probe, error);
}

async function byRoles(
  probe: string,
  permissions: () => Promise<readonly Permission[]>,
  { kind, wanted, role }: {
    readonly kind: "actions" | "dataActions";
    readonly wanted: readonly string[];
    readonly role: Role;
  },
): Promise<Answer> {
  const { found = [], error } = await attempt(permissions);
  if (error !== undefined) return unknown(probe, error);
  const missing = missingActions(found, wanted, kind);
  if (missing.length === 0) return { answer: "yes", probe };
  return { answer: "no", probe, reason: `no role allows ${missing.join(", ")}`, role };
}

/** The id of the datastore's storage account if it is the workspace's own; other ids are not known. */
function storageScope(
  workspace: WorkspaceInfo | undefined,
  { account }: Datastore,
): string | undefined {
  const id = textOf(workspace?.storageAccountId);
  return id?.split("/").at(-1) === account ? id : undefined;
}

/** Lists one blob with the identity's own token, to see whether it can. */
async function listOneBlob(workspace: Workspace, { url, name }: Datastore): Promise<void> {
  const action = `list the blobs of datastore "${name}"`;
  const response = await workspace.ask({
    action,
    method: "GET",
    url: `${url}?restype=container&comp=list&maxresults=1`,
    headers: STORAGE_HEADERS,
    scope: workspace.cloud.storageScope,
  });
  requireSuccess(workspace, action, response);
}

/** What a role assignment allows; `*` in an operation matches anything, as in Azure's role definitions. */
export interface Permission {
  readonly actions?: readonly string[];
  readonly notActions?: readonly string[];
  readonly dataActions?: readonly string[];
  readonly notDataActions?: readonly string[];
}

/** The operations in `wanted` that no permission allows. */
export function missingActions(
  permissions: readonly Permission[],
  wanted: readonly string[],
  kind: "actions" | "dataActions",
): readonly string[] {
  const not = kind === "actions" ? "notActions" : "notDataActions";
  return wanted.filter((action) =>
    !permissions.some((permission) => fitsAny(action, permission[kind]) && !fitsAny(action, permission[not]))
  );
}

function fitsAny(action: string, patterns: unknown): boolean {
  return Array.isArray(patterns) && patterns.some((pattern) => fitsStars(String(pattern), action));
}

/** The built-in role `Storage Blob Data Contributor`, which has the same id in every subscription. */
const BLOB_ROLE_ID = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";
const ASSIGNMENTS = "providers/Microsoft.Authorization/roleAssignments";

/** The object id of a compute's own identity, else of the first that was assigned to it; `undefined` if it has none. */
export async function principalOf(workspace: Workspace, compute: string): Promise<string | undefined> {
  const resource = await findOne(workspace, KINDS.compute, [compute]);
  const { principalId, userAssignedIdentities } = resource?.identity ?? {};
  return principalId ?? Object.values(userAssignedIdentities ?? {})[0]?.principalId ?? undefined;
}

/**
 * Whether an identity has the role for reading and writing blobs of a storage account, or of something above it.
 *
 * @param account ARM id of the storage account.
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
      query: { "api-version": API_VERSIONS.roleAssignments, "$filter": `assignedTo('${principal}')` },
    },
  );
  for await (const { properties } of assigned) {
    if (properties?.roleDefinitionId?.endsWith(`/${BLOB_ROLE_ID}`)) return true;
  }
  return false;
}
