import type { Clock } from "../core/context.ts";
import { isCi } from "../core/env_vars.ts";
import { ExitCode, UserError } from "../core/errors.ts";
import { didYouMean } from "../core/suggest.ts";
import { azdCredential, azureCliCredential, azurePowerShellCredential } from "./azure_tools.ts";
import { noBrowserReason } from "../core/browser.ts";
import { type MemberReport, openChain, repeatedDemand } from "./chain.ts";
import {
  type Credential,
  type CredentialContext,
  type CredentialOptions,
  type Token,
  type TokenDemand,
  variable,
} from "./credential.ts";
import { type CredentialName, CREDENTIALS } from "./chain_order.ts";
import { environmentCredential } from "./environment.ts";
import { azurePipelinesCredential, githubOidcCredential, workloadIdentityCredential } from "./federated.ts";
import { type Identity, readIdentity } from "./identity.ts";
import { managedIdentityCredential } from "./managed_identity.ts";
import { browserCredential, deviceCodeCredential } from "./browser_and_device_code.ts";
import { sessionCredential } from "./session.ts";

/** Issues tokens of one identity for every audience. */
export interface TokenSource {
  /** Starts to sign in, as far as nobody has to be asked; {@linkcode getToken} continues, and throws what failed. */
  start(scope: string): void;
  /**
   * Gets a token that is valid for at least a few minutes.
   *
   * @param scope The audience with `/.default`.
   * @param challenge The token that Azure refused and its demand; the same credential gets another token.
   * @throws {UserError} `auth.*` when no credential works or a configured one is refused; `network.*`.
   */
  getToken(scope: string, challenge?: Challenge): Promise<Token>;
  report(): readonly MemberReport[];
  /** The identity in the last token; `undefined` before the first one. */
  identity(): Identity | undefined;
}

const MEMBERS: Readonly<
  Record<CredentialName, (ctx: CredentialContext, options: CredentialOptions) => Credential>
> = {
  "environment": environmentCredential,
  "workload-identity": workloadIdentityCredential,
  "github-oidc": githubOidcCredential,
  "azure-pipelines": azurePipelinesCredential,
  "managed-identity": managedIdentityCredential,
  "session": sessionCredential,
  "azure-cli": azureCliCredential,
  "azure-powershell": azurePowerShellCredential,
  "azd": azdCredential,
  "browser": browserCredential,
  "device-code": deviceCodeCredential,
};

/**
 * Creates this process's token source; nothing is requested before the first token. `AZURE_TOKEN_CREDENTIALS` can
 * limit the credentials to `dev`, `prod`, or a single one by a name of {@linkcode CREDENTIALS} or its name in Azure's
 * SDKs.
 *
 * @throws {UserError} `auth.unknown_credential` when the variable names none of these.
 */
export function createTokenSource(ctx: CredentialContext, options: CredentialOptions): TokenSource {
  const names = chooseNames(ctx.env);
  const isOnly = names.length === 1;
  const members = names.map((name) => MEMBERS[name](ctx, { ...options, isOnly }));
  const narrowed = variable(ctx.env, "AZURE_TOKEN_CREDENTIALS");
  const { interaction, onWarning } = options;
  const chain = openChain(members, {
    clock: ctx.clock,
    offer: interaction &&
      ((error) => interaction.offer(error, noBrowserReason(ctx) ? "device code" : "browser")),
    onWarning: interaction && onWarning,
    narrowed,
    listsAll: narrowed !== undefined || isCi(ctx.env),
  });
  const getToken = cacheTokens({
    getToken: chain.getToken,
    repeated: (scope, demand) => repeatedDemand(chain.chosen()!, scope, demand),
    clock: ctx.clock,
  });
  let identity: Identity | undefined;
  return {
    start: chain.start,
    async getToken(scope, challenge) {
      const token = await getToken(scope, challenge);
      identity = { ...readIdentity(token.token), expiresAt: token.expiresAt };
      return token;
    },
    report: chain.report,
    identity: () => identity,
  };
}

function chooseNames(env: CredentialContext["env"]): readonly CredentialName[] {
  const names = Object.keys(CREDENTIALS) as CredentialName[];
  const wanted = variable(env, "AZURE_TOKEN_CREDENTIALS");
  if (wanted === undefined) return names;
  const key = wanted.toLowerCase();
  const chosen = names.filter((name) => {
    const { sdk, isService } = CREDENTIALS[name];
    return [name, sdk.toLowerCase(), isService ? "prod" : "dev"].includes(key);
  });
  if (chosen.length > 0) return chosen;
  throw new UserError(`Unknown credential "${wanted}"${didYouMean(wanted, names)}`, {
    // auth.unknown_credential: `--credential` or AZURE_TOKEN_CREDENTIALS names no credential. Use one of
    //   those that the hint lists.
    code: "auth.unknown_credential",
    exit: ExitCode.Usage,
    hint: "Use one of these with `--credential` or in AZURE_TOKEN_CREDENTIALS: " +
      [...names, "prod", "dev"].join(", "),
    data: { credentials: names },
  });
}

const RENEW_BEFORE_MS = 5 * 60_000;
/** Most tokens per audience that Azure may refuse with a demand before that becomes an error. */
const CHALLENGES_PER_AUDIENCE = 5;

/** A token that Azure refused, and its demand for the next one: none if it has expired. */
interface Challenge extends TokenDemand {
  readonly refused: string;
}

/**
 * Caches one token per audience in memory and renews it before it expires. Concurrent calls share one request.
 * Failures are not cached.
 *
 * A demand of Azure also applies to later tokens: claims for the same audience, a tenant for all audiences. If Azure
 * repeats a demand for the token that was issued for it, that is an error, so that nobody is prompted over and over.
 *
 * This is the only cache that is used. The SDKs' own caches are bypassed: they would return a token that is about to
 * expire.
 */
export function cacheTokens(
  { getToken, repeated, clock }: {
    readonly getToken: (scope: string, demand: TokenDemand) => Promise<Token>;
    /** Creates the error for a demand that Azure repeats although Entra ID issued a token for it. */
    readonly repeated: (scope: string, demand: TokenDemand) => Error;
    readonly clock: Pick<Clock, "now">;
  },
): (scope: string, challenge?: Challenge) => Promise<Token> {
  const tokens = new Map<string, {
    readonly token: Token;
    readonly demand: TokenDemand;
    /** The tenant that all tokens had to come from at that time. */
    readonly tenant: string | undefined;
  }>();
  const pending = new Map<string, Promise<Token>>();
  const claims = new Map<string, string>();
  const challenges = new Map<string, number>();
  let tenant: string | undefined;

  function renew(scope: string, demand: TokenDemand = { claims: claims.get(scope), tenant }): Promise<Token> {
    const key = JSON.stringify([scope, demand]);
    const renewal = pending.get(key) ??
      getToken(scope, demand).then((token) => {
        tokens.set(scope, { token, demand, tenant: demand.claims === undefined ? demand.tenant : tenant });
        return token;
      }).finally(() => pending.delete(key));
    pending.set(key, renewal);
    return renewal;
  }

  async function answer(scope: string, challenge: Challenge): Promise<Token> {
    const kept = tokens.get(scope);
    // Another request got the same response first, and the new token is already cached.
    if (kept !== undefined && kept.token.token !== challenge.refused) return kept.token;
    // It has expired, whatever the clock of this machine says.
    if (challenge.claims === undefined && challenge.tenant === undefined) return await renew(scope);
    const demand = { claims: challenge.claims ?? claims.get(scope), tenant: challenge.tenant ?? tenant };
    const count = (challenges.get(scope) ?? 0) + 1;
    const isSame = kept?.demand.claims === demand.claims && kept?.demand.tenant === demand.tenant;
    if (isSame || count > CHALLENGES_PER_AUDIENCE) throw repeated(scope, demand);
    const token = await renew(scope, demand);
    challenges.set(scope, count);
    if (challenge.claims !== undefined) claims.set(scope, challenge.claims);
    else tenant = demand.tenant;
    return token;
  }

  return async (scope, challenge) => {
    if (challenge !== undefined) return await answer(scope, challenge);
    const kept = tokens.get(scope);
    const isGood = kept !== undefined && kept.tenant === tenant &&
      kept.token.expiresAt.getTime() - clock.now().getTime() > RENEW_BEFORE_MS;
    return isGood ? kept.token : await renew(scope);
  };
}
