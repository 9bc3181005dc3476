import type { OnRetry } from "../core/net/azure_http.ts";
import type { Cloud } from "../core/clouds/load.ts";
import type { Context } from "../core/context.ts";
import type { Warning } from "../core/errors.ts";
import type { Interaction } from "./interaction.ts";

/** An access token and when it ends. */
export interface Token {
  readonly token: string;
  readonly expiresAt: Date;
}

/** What Azure demands of a token besides its audience, as it says when it refuses one. */
export interface TokenDemand {
  /** JSON of a claims challenge, such as one for multi-factor authentication. */
  readonly claims?: string | undefined;
  /** Tenant that the token must come from. */
  readonly tenant?: string | undefined;
}

/** How a token is asked for. */
export interface TokenOptions extends TokenDemand {
  /** Aborted when the token is no longer needed. */
  readonly signal?: AbortSignal | undefined;
}

/** Why a credential gives no token here, which is not a failure of the program. */
export interface Unavailable {
  readonly unavailable: string;
  /** `not_configured` if it is not set up; `failed` if it is set up and does not work. */
  readonly because: "not_configured" | "failed";
  /** What to type to make it work. */
  readonly hint?: string;
}

/** One way to get a token. */
export interface Credential {
  readonly name: CredentialName;
  /** Name for use in sentences, if it differs from the usual one. */
  readonly title?: string;
  /** Whether it prompts a person; no other credential is tried at the same time. */
  readonly isInteractive?: boolean;
  /** Milliseconds before the next credential is tried in parallel (default: until it has answered). */
  readonly headStartMs?: number;
  /**
   * Gets a token, or says why not.
   *
   * @param scope The audience with `/.default`.
   * With claims, a token that is cached must not be returned.
   *
   * @throws {UserError} `auth.*` when it is configured and Azure refuses it: the chain ends there.
   */
  getToken(scope: string, options?: TokenOptions): Promise<Token | Unavailable>;
}

/** The parts of a Context that credentials use. */
export type CredentialContext = Pick<
  Context,
  "env" | "cwd" | "fetch" | "exec" | "fs" | "clock" | "random" | "platform" | "home" | "signal"
>;

/** What every credential is made for. */
export interface CredentialOptions {
  readonly cloud: Cloud;
  /** Tenant that tokens must come from; the credential's own where absent. */
  readonly tenant?: string | undefined;
  /** Told before each wait for another attempt. */
  readonly onRetry?: OnRetry | undefined;
  /** Told what does not stop the sign-in. */
  readonly onWarning?: ((warning: Warning) => void) | undefined;
  /** The person at the terminal; without one, nothing prompts. */
  readonly interaction?: Interaction | undefined;
  /** Why this command does not prompt, although a person is at the terminal. */
  readonly nobody?: string | undefined;
  /** Whether it is the only one that may be used, and so worth waiting for. */
  readonly isOnly?: boolean | undefined;
}

/**
 * A variable without the spaces and line breaks round it, which CI systems like to leave there; `undefined` when nothing
 * is left, or only the `$(NAME)` that Azure Pipelines leaves of a variable that it does not have.
 */
export function variable(env: Context["env"], name: string): string | undefined {
  const value = env[name]?.trim();
  return value && !/^\$\([\w.]+\)$/.test(value) ? value : undefined;
}

/** What is known of each credential before it is tried. */
export interface CredentialKind {
  /** What Azure's SDKs call it. */
  readonly sdk: string;
  /** What it is, in one line of the help. */
  readonly about: string;
}

/** The credentials by name, in the order in which they are tried. */
export const CREDENTIALS = {
  "environment": {
    sdk: "EnvironmentCredential",
    about: "service principal in AZURE_TENANT_ID and AZURE_CLIENT_ID, with AZURE_CLIENT_SECRET or " +
      "AZURE_CLIENT_CERTIFICATE_PATH",
  },
  "workload-identity": {
    sdk: "WorkloadIdentityCredential",
    about: "assertion in AZURE_FEDERATED_TOKEN_FILE, as on Kubernetes",
  },
  "github-oidc": {
    sdk: "GitHubOidcCredential",
    about: "GitHub Actions job with `id-token: write`, AZURE_CLIENT_ID and AZURE_TENANT_ID",
  },
  "azure-pipelines": {
    sdk: "AzurePipelinesCredential",
    about: "service connection of an Azure Pipelines job, with SYSTEM_ACCESSTOKEN",
  },
  "managed-identity": {
    sdk: "ManagedIdentityCredential",
    about: "managed identity of the machine or service; not used on Azure ML compute",
  },
  "session": { sdk: "SessionCredential", about: "session of `kedro-azureml auth login`" },
  "azure-cli": { sdk: "AzureCliCredential", about: "account of `az login`" },
  "vscode": {
    sdk: "VisualStudioCodeCredential",
    about: "Visual Studio Code; never available, because it does not share its sign-in",
  },
  "azure-powershell": { sdk: "AzurePowerShellCredential", about: "account of `Connect-AzAccount`" },
  "azd": { sdk: "AzureDeveloperCliCredential", about: "account of `azd auth login`" },
  "browser": {
    sdk: "InteractiveBrowserCredential",
    about: "interactive sign-in in your browser; only on a terminal, never in CI or with --no-input",
  },
  "device-code": {
    sdk: "DeviceCodeCredential",
    about: "interactive sign-in with a code, if this machine has no browser",
  },
} as const satisfies Readonly<Record<string, CredentialKind>>;

/** One of {@linkcode CREDENTIALS}. */
export type CredentialName = keyof typeof CREDENTIALS;

/** The answer of a credential that is not set up. */
export function notConfigured(unavailable: string, hint?: string): Unavailable {
  return { unavailable, because: "not_configured", ...(hint === undefined ? {} : { hint }) };
}

/** The answer of a credential that is set up but does not work; the chain skips it. */
export function failed(unavailable: string, hint?: string): Unavailable {
  return { unavailable, because: "failed", ...(hint === undefined ? {} : { hint }) };
}
