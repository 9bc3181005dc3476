import { openWorkspace } from "../../azureml/client/open_workspace.ts";
import type { Workspace } from "../../azureml/client/workspace.ts";
import { type Access, openProbes, type Probes, RIGHTS } from "../../azureml/resources/access.ts";
import type { Datastore } from "../../azureml/resources/datastores.ts";
import { type KnownHosts, privateLinkError } from "../../azureml/resources/hosts.ts";
import type { WorkspaceInfo } from "../../azureml/resources/kinds.ts";
import type { WorkspaceConfig } from "../../config/types.ts";
import { ExitCode, UserError, userErrorOf } from "../../core/errors.ts";
import { requireCloudHost } from "../../core/net/cloud_hosts.ts";
import { type Cloud, loadCloud } from "../../core/net/clouds.ts";
import type { MemberReport } from "../../credentials/chain.ts";
import type { Identity } from "../../credentials/identity.ts";
import { createTokenSource, type TokenSource } from "../../credentials/token_source.ts";
import type { AppContext } from "../context.ts";
import { findProjectWorkspace, type ProjectWorkspaceOptions } from "../project/workspace.ts";
import {
  checkHost,
  type CheckName,
  type DoctorCheck,
  FAILED,
  type HostTarget,
  openChecker,
  type ReachedHost,
  skipChecks,
} from "./host.ts";

/** Whether the identity can get a token for one audience. */
export interface AudienceStatus {
  readonly name: "management" | "ml" | "storage";
  /** The URL that identifies the audience. */
  readonly audience: string;
  readonly expiresAt?: Date;
  readonly error?: UserError;
}

/** What the identity may do in the workspace, or why that was not checked. */
export type WorkspaceStatus =
  | {
    readonly config: WorkspaceConfig;
    readonly access: readonly Access[];
    /** Its default one; `undefined` if it could not be read. */
    readonly datastore: Datastore | undefined;
  }
  | { readonly skipped: string }
  | { readonly error: UserError };

/** The identity that signs in and what it can access; contains no token. */
export interface AuthStatus {
  readonly cloud: Cloud;
  readonly members: readonly MemberReport[];
  readonly identity: Identity | undefined;
  readonly audiences: readonly AudienceStatus[];
  readonly workspace: WorkspaceStatus;
}

/**
 * Finds out which identity signs in, for which audiences it gets tokens, and what it may do in the project's
 * workspace.
 *
 * @throws {UserError} `cloud.*`, `auth.unknown_credential`.
 */
export async function checkAuth(ctx: AppContext, options: ProjectWorkspaceOptions): Promise<AuthStatus> {
  const cloud = await loadCloud(ctx);
  const tokens = openTokens(ctx, cloud, options.tenant);
  const [management, ...others] = scopesOf(cloud);
  const audiences = [await checkAudience(tokens, ...management!)];
  // Without any credential, the other audiences would only repeat the error.
  if (tokens.identity() !== undefined) {
    audiences.push(...await Promise.all(others.map((audience) => checkAudience(tokens, ...audience))));
  }
  const workspace = await checkWorkspace(ctx, options, { cloud, tokens, audiences });
  return { cloud, members: tokens.report(), identity: tokens.identity(), audiences, workspace };
}

/** One attempt per request: a check reports a host that does not respond instead of waiting for it. */
export const SINGLE_ATTEMPT = { attemptMs: 20_000, maxTimeoutRetries: 0 } as const;

/** Creates credentials for checks, which never prompt a person. */
export function openTokens(ctx: AppContext, cloud: Cloud, tenant: string | undefined): TokenSource {
  const noPromptReason = ctx.person === undefined ? undefined : "this command does not sign in interactively";
  return createTokenSource(ctx, { cloud, tenant, noPromptReason });
}

function scopesOf(cloud: Cloud): readonly (readonly [AudienceStatus["name"], string])[] {
  return [
    ["management", cloud.resourceManagerScope],
    ["ml", cloud.mlScope],
    ["storage", cloud.storageScope],
  ];
}

async function checkAudience(
  tokens: TokenSource,
  name: AudienceStatus["name"],
  scope: string,
): Promise<AudienceStatus> {
  const audience = scope.replace(/\/\.default$/, "");
  return await tokens.getToken(scope).then(
    ({ expiresAt }) => ({ name, audience, expiresAt }),
    (thrown) => ({ name, audience, error: userErrorOf(thrown) }),
  );
}

interface SignedIn {
  readonly cloud: Cloud;
  readonly tokens: TokenSource;
  readonly audiences: readonly AudienceStatus[];
}

async function checkWorkspace(
  ctx: AppContext,
  options: ProjectWorkspaceOptions,
  { cloud, tokens, audiences }: SignedIn,
): Promise<WorkspaceStatus> {
  const found = await findProjectWorkspace(ctx, options);
  if ("absent" in found) return { skipped: found.absent };
  if ("error" in found) return found;
  const management = audiences.find(({ name }) => name === "management");
  if (management?.expiresAt === undefined) return { skipped: "not signed in to Resource Manager" };
  const workspace = openWorkspace({ ...ctx, cloud, config: found.config, tokens, ...SINGLE_ATTEMPT });
  const probes = openProbes(workspace, tokens.identity()?.objectId);
  const access: Access[] = [];
  for (const right of RIGHTS) access.push(await probes.access(right));
  // Without an answer about the workspace, nothing more was asked.
  const datastore = access[0]!.answer === "unknown"
    ? undefined
    : await probes.datastore().catch(() => undefined);
  return { config: found.config, access, datastore };
}

const WORKSPACE: CheckName = ["workspace", "Workspace"];
const HISTORY: CheckName = ["history", "Run history"];
const BLOBS: CheckName = ["storage", "Storage"];
/** The checks that need a workspace. */
export const AFTER_WORKSPACE: readonly CheckName[] = [WORKSPACE, HISTORY, BLOBS];

/**
 * Checks a workspace and the hosts of its services; returns their URLs.
 *
 * @param identity Object id of the identity, for the command that assigns a role.
 */
export async function* checkServices(
  ctx: AppContext,
  workspace: Workspace,
  identity: string | undefined,
): AsyncGenerator<DoctorCheck, KnownHosts> {
  const check = openChecker(ctx);
  const probes = openProbes(workspace, identity);
  const info = yield* check(
    ...WORKSPACE,
    probes.info,
    ({ location, isPublic }) => `in ${location ?? "?"}${isPublic ? "" : ", through private endpoints only"}`,
  );
  if (info === FAILED) {
    yield* skipChecks([HISTORY, BLOBS], "the workspace could not be read");
    return {};
  }
  yield* check(
    "access",
    "Permission to submit jobs",
    async () => requireSubmitRole(workspace, await probes.access("submit_jobs")),
    () => undefined,
  );
  const api = yield* runHistory(ctx, workspace, { probes, info });
  const blob = yield* storage(ctx, workspace, probes);
  return { api, blob };
}

/** @throws {UserError} `azure.forbidden` if the roles of the identity do not allow submitting jobs. */
function requireSubmitRole({ config }: Workspace, { answer, reason, role }: Access): void {
  if (answer !== "no") return;
  throw new UserError(`Your identity may not submit jobs to workspace "${config.name}": ${reason}`, {
    code: "azure.forbidden",
    exit: ExitCode.Auth,
    ...(role && { hint: `Ask an owner to assign the role "${role.name}": ${role.command}` }),
  });
}

async function* runHistory(
  ctx: AppContext,
  workspace: Workspace,
  { probes, info: { discoveryUrl, isPublic } }: { readonly probes: Probes; readonly info: WorkspaceInfo },
): AsyncGenerator<DoctorCheck, string | undefined> {
  const check = openChecker(ctx);
  if (discoveryUrl === undefined || !URL.canParse(discoveryUrl)) {
    yield* skipChecks([HISTORY], "the workspace has no address");
    return undefined;
  }
  const [id, title] = HISTORY;
  const response = yield* checkNamedHost(ctx, workspace, { id, title, url: discoveryUrl });
  if (response === undefined) return undefined;
  yield* checkPrivateLink(id, title, { url: discoveryUrl, reached: response, isPublic });
  if (!response.ok) return discoveryUrl;
  const api = yield* check(id, title, probes.api, (url) => url);
  if (api === FAILED) return discoveryUrl;
  if (new URL(api).host !== new URL(discoveryUrl).host) {
    const own = { id: "history.api", title: "Workspace API", url: api };
    const reached = yield* checkNamedHost(ctx, workspace, own);
    if (reached === undefined) return discoveryUrl;
    yield* checkPrivateLink(own.id, own.title, { url: api, reached, isPublic });
  }
  return api;
}

async function* storage(
  ctx: AppContext,
  workspace: Workspace,
  probes: Probes,
): AsyncGenerator<DoctorCheck, string | undefined> {
  const [id, title] = BLOBS;
  const check = openChecker(ctx);
  const datastore = yield* check(
    "datastore",
    "Default datastore",
    probes.datastore,
    ({ name, account }) => `${name} of storage account ${account}`,
  );
  if (datastore === FAILED) {
    yield* skipChecks([BLOBS], "the datastore is unknown");
    return undefined;
  }
  const reached = yield* checkNamedHost(ctx, workspace, { id, title, url: datastore.url });
  if (reached === undefined) return undefined;
  if (!reached.ok) return datastore.url;
  for await (const step of check(id, title, probes.blobs, () => "blobs are readable")) {
    // Code is uploaded with a SAS, and steps use the compute's identity, so a submit works without this role.
    const isOptional = step.error?.code === "azure.blob_role";
    yield isOptional
      ? { ...step, status: "warned", summary: "reachable, but your identity may not read blobs" }
      : step;
    if (step.error?.code === "azure.storage_firewall") {
      yield* checkPrivateLink(id, title, { url: datastore.url, reached, isPublic: false });
    }
  }
  return datastore.url;
}

/** Checks a host that the workspace names; `undefined` if it is not a host of the cloud. */
async function* checkNamedHost(
  ctx: AppContext,
  { cloud }: Workspace,
  { id, title, url }: HostTarget,
): AsyncGenerator<DoctorCheck, ReachedHost | undefined> {
  try {
    requireCloudHost(cloud, { action: `reach ${title}`, url });
  } catch (thrown) {
    yield { id, title, status: "failed", error: userErrorOf(thrown), milliseconds: 0 };
    return undefined;
  }
  return yield* checkHost(ctx, { id, title, url });
}

/** Reports a host whose name resolves to a public address although only private endpoints are allowed. */
function* checkPrivateLink(
  id: string,
  title: string,
  { url, reached, isPublic }: { url: string; reached: ReachedHost; isPublic: boolean },
): Generator<DoctorCheck> {
  const error = isPublic ? undefined : privateLinkError(title, url, reached.addresses);
  if (error !== undefined) {
    yield { id: `${id}.private`, title: `${title}: private link`, status: "failed", error, milliseconds: 0 };
  }
}
