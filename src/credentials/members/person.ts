import {
  type Credential,
  type CredentialContext,
  type CredentialName,
  type CredentialOptions,
  failed,
  notConfigured,
  type Token,
  type Unavailable,
  variable,
} from "../credential.ts";
import { noBrowserReason } from "../sign_in/browser.ts";
import { signInByBrowser } from "../sign_in/browser_sign_in.ts";
import { signInByDeviceCode } from "../sign_in/device_code.ts";
import type { Interaction } from "../interaction.ts";
import {
  ANY_TENANT,
  createPublicClient,
  DEVELOPER_CLIENT_ID,
  type PublicClient,
  type SignedIn,
} from "../sign_in/public_client.ts";

/** A person who signs in in a browser on this machine; what is learned is kept in memory only. */
export function browserCredential(ctx: CredentialContext, options: CredentialOptions): Credential {
  return personCredential(ctx, options, "browser", async (interaction, client, scope) => {
    const answer = await signInByBrowser(ctx, interaction, client, scope);
    return "notOpened" in answer ? failed(`no browser can be opened: ${answer.notOpened}`) : answer;
  });
}

/** A person who types a code in a browser elsewhere; what is learned is kept in memory only. */
export function deviceCodeCredential(ctx: CredentialContext, options: CredentialOptions): Credential {
  return personCredential(ctx, options, "device-code", signInByDeviceCode);
}

const NOBODY = "nobody can be asked here (CI, --no-input, --json, or no terminal)";

type SignIn = (
  interaction: Interaction,
  client: PublicClient,
  scope: string,
) => Promise<SignedIn | Unavailable>;

function personCredential(
  ctx: CredentialContext,
  options: CredentialOptions,
  name: CredentialName & ("browser" | "device-code"),
  signIn: SignIn,
): Credential {
  const { cloud, interaction, nobody = NOBODY, onRetry } = options;
  let known: { readonly client: PublicClient; readonly account: string } | undefined;
  const asked = new Set<string>();

  async function first(present: Interaction, scope: string): Promise<Token | Unavailable> {
    const tenant = options.tenant ?? variable(ctx.env, "AZURE_TENANT_ID") ?? ANY_TENANT;
    const made = { cloud, tenant, clientId: DEVELOPER_CLIENT_ID, credential: name, onRetry };
    const client = await createPublicClient(ctx, made);
    const answer = await signIn(present, client, scope);
    if ("unavailable" in answer) return answer;
    known = { client, account: answer.account.id };
    return answer.token;
  }

  return {
    name,
    isInteractive: true,
    async getToken(scope) {
      if (interaction === undefined) return notConfigured(nobody);
      const noBrowser = name === "browser" ? noBrowserReason(ctx) : undefined;
      if (noBrowser !== undefined) return notConfigured(noBrowser);
      const fresh = asked.has(scope);
      const token = known === undefined
        ? await first(interaction, scope)
        : (await known.client.silently(scope, known.account, fresh)).token;
      asked.add(scope);
      return token;
    },
  };
}
