import { openWorkspace } from "../../azureml/client/open_workspace.ts";
import { type Access, openProbes, RIGHTS } from "../../azureml/resources/access.ts";
import type { Datastore } from "../../azureml/resources/datastores.ts";
import type { WorkspaceConfig } from "../../config/schema.ts";
import { type UserError, userErrorOf } from "../../core/errors.ts";
import { type Cloud, loadCloud } from "../../core/net/clouds.ts";
import { createTokenSource, type TokenSource } from "../../credentials/token_source.ts";
import type { AppContext } from "../context.ts";
import { findProjectWorkspace, type ProjectWorkspaceOptions } from "../project/workspace.ts";

interface AudienceStatus {
  readonly name: "management" | "ml" | "storage";
  readonly audience: string;
  readonly expiresAt?: Date;
  readonly error?: UserError;
}

/** What the identity may do in the workspace, or why that was not checked. */
type WorkspaceStatus =
  | {
    readonly config: WorkspaceConfig;
    readonly access: readonly Access[];
    /** Its default one; `undefined` if it could not be read. */
    readonly datastore: Datastore | undefined;
  }
  | { readonly skipped: string }
  | { readonly error: UserError };

/** The identity that signs in and what it can access; contains no token. */
export type AuthStatus = Awaited<ReturnType<typeof checkAuth>>;

/**
 * Finds out which identity signs in, for which audiences it gets tokens, and what it may do in the project's
 * workspace.
 *
 * @throws {UserError} `cloud.*`, `auth.unknown_credential`.
 */
export async function checkAuth(ctx: AppContext, options: ProjectWorkspaceOptions) {
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
    (thrown) => {
      const error = userErrorOf(thrown);
      // No credential is the cause.
      if (error.code === "network.ca_file") throw error;
      return { name, audience, error };
    },
  );
}

async function checkWorkspace(
  ctx: AppContext,
  options: ProjectWorkspaceOptions,
  { cloud, tokens, audiences }: {
    readonly cloud: Cloud;
    readonly tokens: TokenSource;
    readonly audiences: readonly AudienceStatus[];
  },
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
