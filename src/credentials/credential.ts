import type { OnRetry } from "../azure_http.ts";
import type { Cloud } from "../clouds.ts";
import type { Context } from "../context.ts";
import type { Warning } from "../errors.ts";
import type { Interaction } from "./interaction.ts";

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
  /** Whether a person is asked; nothing else is tried meanwhile. */
  readonly isInteractive?: boolean;
  /** How long it is asked alone before the next is asked, too; as long as it takes where absent. In milliseconds. */
  readonly headStartMs?: number;
  /**
   * Gets a token, or says why not.
   *
   * @param scope The audience with `/.default`.
   * @param signal Aborted when the answer is of no use any more.
   * @throws {UserError} `auth.*` when it is configured and Azure refuses it: the chain ends there.
   */
  getToken(scope: string, signal?: AbortSignal): Promise<Token | Unavailable>;
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
  /** The person at the terminal; nobody is asked where it is absent. */
  readonly interaction?: Interaction | undefined;
  /** Why nobody is asked, where that is not because nobody could be. */
  readonly nobody?: string | undefined;
  /** Whether it is the only one that may be used, and so worth waiting for. */
  readonly isOnly?: boolean | undefined;
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
  "session": "SessionCredential",
  "azure-cli": "AzureCliCredential",
  "vscode": "VisualStudioCodeCredential",
  "azure-powershell": "AzurePowerShellCredential",
  "azd": "AzureDeveloperCliCredential",
  "browser": "InteractiveBrowserCredential",
  "device-code": "DeviceCodeCredential",
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
