import { type Cloud, loadCloud } from "../../clouds.ts";
import type { Context } from "../../context.ts";
import { createTokenSource, type TokenSource } from "../../credentials/token_source.ts";
import { UserError } from "../../errors.ts";
import type { Globals } from "../globals.ts";
import type { Output } from "../output.ts";
import { type AudienceStatus, renderAuthStatus } from "../render/auth_status.ts";

/** Options of `auth status`. */
export interface AuthStatusOptions extends Globals {
  /** Only this credential. */
  readonly credential?: string;
  /** Tenant that tokens must come from. */
  readonly tenant?: string;
}

/** Shows which credential is used and why, who that is, and whether each audience gives it a token. */
export async function authStatus(ctx: Context, options: AuthStatusOptions): Promise<Output> {
  const cloud = await loadCloud(ctx);
  const { credential, tenant } = options;
  const source = createTokenSource(ctx, { cloud, credential, tenant });
  const audiences: AudienceStatus[] = [];
  for (const [name, scope] of scopesOf(cloud)) {
    audiences.push(await checkAudience(source, name, scope));
    // Without any credential the other audiences would only say the same again.
    if (source.identity() === undefined) break;
  }
  return renderAuthStatus({ cloud, members: source.report(), identity: source.identity(), audiences });
}

function scopesOf(cloud: Cloud): readonly (readonly [AudienceStatus["name"], string])[] {
  return [
    ["management", cloud.resourceManagerScope],
    ["ml", cloud.mlScope],
    ["storage", cloud.storageScope],
  ];
}

async function checkAudience(
  source: TokenSource,
  name: AudienceStatus["name"],
  scope: string,
): Promise<AudienceStatus> {
  const audience = scope.replace(/\/\.default$/, "");
  try {
    const { expiresAt } = await source.getToken(scope);
    return { name, audience, expiresAt };
  } catch (thrown) {
    if (thrown instanceof UserError) return { name, audience, error: thrown };
    throw thrown;
  }
}
