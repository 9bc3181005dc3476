import { ExitCode, UserError } from "../../core/errors.ts";
import {
  type Credential,
  type CredentialContext,
  type CredentialOptions,
  encodeClaims,
  failed,
  notConfigured,
  type Token,
  type TokenDemand,
  type Unavailable,
} from "../credential.ts";
import { createPublicClient, type PublicClient } from "../sign_in/public_client.ts";
import { stepUp } from "../sign_in/step_up.ts";
import { openSessionStore, type Session, type SessionStore } from "../sign_in/session_store.ts";

const NAME = "session";

/** Credential for the session of `kedro-azureml auth login`; renewed without a prompt. */
export function sessionCredential(ctx: CredentialContext, options: CredentialOptions): Credential {
  const { cloud, tenant, interaction, onRetry, onWarning } = options;
  const login = loginCommand({ tenant });
  const store = openSessionStore(ctx);
  let opened: { readonly id: string; readonly client: PublicClient } | undefined;

  async function clientOf(session: Session): Promise<PublicClient> {
    if (opened?.id === session.id) return opened.client;
    const client = await createPublicClient(ctx, {
      cloud,
      tenant: tenant ?? session.account.tenant,
      clientId: session.clientId,
      credential: NAME,
      keep: tokenCacheOf(store!, session.id),
      onRetry,
    });
    opened = { id: session.id, client };
    return client;
  }

  async function renew(session: Session, scope: string): Promise<Token | Unavailable> {
    const client = await clientOf(session);
    try {
      return (await client.silently(scope, session.account.id)).token;
    } catch (thrown) {
      if (!(thrown instanceof UserError) || thrown.exit !== ExitCode.Auth) throw thrown;
      const reason = thrown.message.replace(/^Cannot [^:]+: /, "");
      onWarning?.({
        code: "auth.session_refused",
        message: `The session of \`auth login\` cannot be used: ${reason}`,
        hint: login,
      });
      return failed(reason, login);
    }
  }

  async function meetDemand(
    session: Session,
    scope: string,
    demand: TokenDemand,
  ): Promise<Token | Unavailable> {
    const { account } = session;
    const hint = loginCommand({ ...demand, tenant: demand.tenant ?? tenant });
    const request = { scope, demand, account, interaction, hint };
    const signedIn = await stepUp(ctx, await clientOf(session), request);
    return "unavailable" in signedIn ? signedIn : signedIn.token;
  }

  return {
    name: NAME,
    async getToken(scope, { claims, tenant: demanded } = {}) {
      const session = await store?.read();
      if (session === undefined) return notConfigured("no session of `kedro-azureml auth login`", login);
      if (session === "damaged") {
        onWarning?.({
          code: "auth.session_damaged",
          message: `The session file "${store!.path}" cannot be read`,
          hint: login,
        });
        return failed(`the session file "${store!.path}" cannot be read`, login);
      }
      if (session.authority !== cloud.authority) {
        return notConfigured(`the session is for ${session.authority}, not ${cloud.authority}`, login);
      }
      const isDemand = claims !== undefined || demanded !== undefined;
      return isDemand
        ? await meetDemand(session, scope, { claims, tenant: demanded })
        : await renew(session, scope);
    },
  };
}

function loginCommand({ tenant, claims }: TokenDemand): string {
  const ofTenant = tenant === undefined ? "" : ` --tenant ${tenant}`;
  const withClaims = claims === undefined ? "" : ` --claims-challenge ${encodeClaims(claims)}`;
  return `Run \`kedro-azureml auth login${ofTenant}${withClaims}\``;
}

/** Stores the token cache in the session file, as long as that file is still of the same sign-in. */
function tokenCacheOf(store: SessionStore, id: string) {
  return {
    async load() {
      const kept = await store.read();
      return kept === undefined || kept === "damaged" || kept.id !== id ? "" : kept.cache;
    },
    save: (cache: string) => store.update(id, cache),
  };
}
