import type { Context } from "../core/context.ts";
import type { UserError, Warning } from "../core/errors.ts";
import type { OnRetry } from "../core/net/retry.ts";
import type { Cloud } from "../core/net/clouds.ts";
import type { CredentialName } from "./chain_order.ts";

export interface Token {
  readonly token: string;
  readonly expiresAt: Date;
}

/** What Azure requires of a token beyond its audience, as stated when it refuses a token. */
export interface TokenDemand {
  /** JSON of a claims challenge, such as for multi-factor authentication. */
  readonly claims?: string | undefined;
  /** Tenant that must issue the token. */
  readonly tenant?: string | undefined;
}

/** Encodes claims for commands (`az login --claims-challenge`): base64 of the JSON, as in azure-identity. */
export function encodeClaims(claims: string): string {
  return new TextEncoder().encode(claims).toBase64();
}

/** What a claims challenge requires, as part of a sentence. */
export function describeClaims(claims: string): string {
  // The authentication context with which Azure requires multi-factor authentication: `acrs` of `p1`.
  const context = claims.split('"acrs"')[1]?.split("}", 1)[0] ?? "";
  return context.includes('"p1"') ? "multi-factor authentication" : "a stronger sign-in (a claims challenge)";
}

/** Why a credential cannot provide a token here; not an error of the program. */
export interface Unavailable {
  readonly unavailable: string;
  /** `not_configured` if it is not set up; `failed` if it is set up and does not work. */
  readonly because: "not_configured" | "failed";
  readonly hint?: string;
}

export interface Credential {
  readonly name: CredentialName;
  /** Name for use in sentences, if it differs from the usual one. */
  readonly title?: string;
  /** Whether it prompts a person; no other credential is tried at the same time. */
  readonly isInteractive?: boolean;
  /** Milliseconds before the next credential is tried in parallel (default: until it has answered). */
  readonly headStartMs?: number;
  /**
   * Gets a token, or says why it cannot.
   *
   * @param scope The audience with `/.default`.
   * @param options With `claims`, a cached token must not be returned.
   * @throws {UserError} `auth.*` when it is configured and Azure refuses it; this ends the chain.
   */
  getToken(
    scope: string,
    options?: TokenDemand & {
      /** Aborted when the token is no longer needed. */
      readonly signal?: AbortSignal | undefined;
    },
  ): Promise<Token | Unavailable>;
}

export type CredentialContext = Pick<
  Context,
  "env" | "cwd" | "fetch" | "exec" | "fs" | "clock" | "random" | "platform" | "home" | "signal"
>;

export interface CredentialOptions {
  readonly cloud: Cloud;
  /** Tenant that tokens must come from (default: the credential's own). */
  readonly tenant?: string | undefined;
  readonly onRetry?: OnRetry | undefined;
  /** Called for problems that do not stop the sign-in. */
  readonly onWarning?: ((warning: Warning) => void) | undefined;
  /** The person at the terminal; if absent, nothing prompts. */
  readonly interaction?: Interaction | undefined;
  /** Why this command does not prompt although a person is at the terminal. */
  readonly noPromptReason?: string | undefined;
  /** Whether it is the only credential that may be used, so that waiting longer for it is worthwhile. */
  readonly isOnly?: boolean | undefined;
}

/**
 * The value of a variable without surrounding white space, which CI systems often add; `undefined` if it is empty or
 * the literal `$(NAME)` that Azure Pipelines leaves for an undefined variable.
 */
export function variable(env: Context["env"], name: string): string | undefined {
  const value = env[name]?.trim();
  return value && !/^\$\([\w.]+\)$/.test(value) ? value : undefined;
}

/** Result of a credential that is not set up. */
export function notConfigured(unavailable: string, hint?: string): Unavailable {
  return { unavailable, because: "not_configured", ...(hint === undefined ? {} : { hint }) };
}

export function unusable(name: CredentialName, reason: Unavailable): Credential {
  return { name, getToken: () => Promise.resolve(reason) };
}

/** The names of those of these variables that are not set, or empty. */
export function unset(values: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.entries(values).flatMap(([name, value]) => value ? [] : [name]);
}

/** Result of a credential that is set up but does not work; the chain skips it. */
export function failed(unavailable: string, hint?: string): Unavailable {
  return { unavailable, because: "failed", ...(hint === undefined ? {} : { hint }) };
}

/** The code that a person enters, and the page to enter it on. */
export interface DeviceCode {
  readonly userCode: string;
  readonly verificationUri: string;
  readonly expiresInS: number;
}

/** Something that a person is told while signing in. */
export type SignInEvent =
  | { readonly type: "browser"; readonly url: string }
  | { readonly type: "no_browser"; readonly reason: string }
  /** Why the person must sign in again in the middle of a command. */
  | { readonly type: "step_up"; readonly reason: string }
  | { readonly type: "device_code"; readonly code: DeviceCode };

/** A person who can be prompted; absent in CI, without a terminal, or if the command must not ask. */
export interface Interaction {
  tell(event: SignInEvent): void;
  /** Reports that a configured credential does not work, and asks whether to sign in as a person instead. */
  offer(error: UserError, way: "browser" | "device code"): Promise<boolean>;
  /** Serves the redirect from the browser. */
  readonly serve: Context["serve"];
}
