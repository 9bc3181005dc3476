import type { OnRetry } from "../azure_http.ts";
import type { Cloud } from "../clouds.ts";
import type { Context } from "../context.ts";

/** An access token and when it ends. */
export interface Token {
  readonly token: string;
  readonly expiresAt: Date;
}

/** Why a credential gives no token here, which is not a failure of the program. */
export interface Unavailable {
  readonly unavailable: string;
  /** `not_configured` when nobody set it up; `failed` when somebody did, and it did not work. */
  readonly because: "not_configured" | "failed";
  /** What to type to make it work. */
  readonly hint?: string;
}

/** One way to get a token. */
export interface Credential {
  readonly name: CredentialName;
  /** What it is called in a sentence, where it is not the usual of its name. */
  readonly title?: string;
  /**
   * Gets a token, or says why not.
   *
   * @param scope The audience with `/.default`.
   * @throws {UserError} `auth.*` when it is configured and Azure refuses it: the chain ends there.
   */
  getToken(scope: string): Promise<Token | Unavailable>;
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
}

/**
 * A variable without the spaces and line breaks round it, which CI systems like to leave there; `undefined` when nothing
 * is left.
 */
export function variable(env: Context["env"], name: string): string | undefined {
  return env[name]?.trim() || undefined;
}

/** Names of the credentials, in the order in which they are tried, and what Azure's SDKs call them. */
export const CREDENTIAL_NAMES = {
  "environment": "EnvironmentCredential",
  "workload-identity": "WorkloadIdentityCredential",
  "github-oidc": "GitHubOidcCredential",
  "azure-pipelines": "AzurePipelinesCredential",
  "managed-identity": "ManagedIdentityCredential",
  "azure-cli": "AzureCliCredential",
  "azure-powershell": "AzurePowerShellCredential",
  "azd": "AzureDeveloperCliCredential",
} as const;

/** One of {@linkcode CREDENTIAL_NAMES}. */
export type CredentialName = keyof typeof CREDENTIAL_NAMES;

/** A credential that nobody set up. */
export function notConfigured(unavailable: string, hint?: string): Unavailable {
  return { unavailable, because: "not_configured", ...(hint === undefined ? {} : { hint }) };
}

/** A credential that somebody set up and that did not work, which the chain passes over. */
export function failed(unavailable: string, hint?: string): Unavailable {
  return { unavailable, because: "failed", ...(hint === undefined ? {} : { hint }) };
}
