import { noBrowserReason } from "../sign_in/open_browser.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { didYouMean } from "../../core/text/suggest.ts";
import { type MemberReport, openChain } from "./chain.ts";
import {
  type Credential,
  type CredentialContext,
  type CredentialName,
  type CredentialOptions,
  CREDENTIALS,
  type Token,
  variable,
} from "../credential.ts";
import { type Identity, readIdentity } from "../entra/identity.ts";
import { azdCredential } from "../members/azd.ts";
import { azureCliCredential } from "../members/azure_cli.ts";
import { azurePipelinesCredential } from "../members/azure_pipelines.ts";
import { azurePowerShellCredential } from "../members/azure_powershell.ts";
import { browserCredential, deviceCodeCredential } from "../members/person.ts";
import { sessionCredential } from "../members/session.ts";
import { environmentCredential } from "../members/environment.ts";
import { githubOidcCredential } from "../members/github_oidc.ts";
import { managedIdentityCredential } from "../members/managed_identity.ts";
import { workloadIdentityCredential } from "../members/workload_identity.ts";
import { repeatedDemand } from "./demands.ts";
import { cacheTokens, type Challenge } from "./token_cache.ts";

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
  /** The outcome of each credential so far, in order. */
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
    code: "auth.unknown_credential",
    exit: ExitCode.Usage,
    hint: "Use one of these with `--credential` or in AZURE_TOKEN_CREDENTIALS: " +
      [...names, "prod", "dev"].join(", "),
    data: { credentials: names },
  });
}
