import type { Seed, SignInOutcome } from "./options.ts";

/** The only user who can sign in, with pending codes and issued refresh tokens. */
export interface EmulatedUser {
  readonly name: string;
  readonly objectId: string;
  readonly outcome: SignInOutcome | undefined;
  /** By authorization code. */
  readonly codes: Map<string, Authorization>;
  /** By device code. */
  readonly devices: Map<string, Device>;
  /** The client and contexts of each refresh token. */
  readonly refreshTokens: Map<string, { readonly client: string; readonly contexts: readonly string[] }>;
  /** AADSTS code that every refresh token is rejected with; `undefined` if they are accepted. */
  rejectRefreshTokensWith: number | undefined;
}

/** An authorization code that was sent to a browser. */
export interface Authorization {
  readonly client: string;
  readonly redirectUri: string;
  /** SHA-256 of the verifier, in base64url. */
  readonly challenge: string;
  readonly nonce: string | undefined;
  /** Authentication contexts (`acrs`) that the user satisfied, such as `p1` for multi-factor authentication. */
  readonly contexts: readonly string[];
}

/** A pending device code sign-in. */
export interface Device {
  readonly client: string;
  readonly userCode: string;
  readonly expiresAt: number;
  /** Same as {@linkcode Authorization.contexts}. */
  readonly contexts: readonly string[];
  isApproved: boolean;
}

/** Creates the user, before any sign-in. */
export function createUser(
  { user, signIn }: Seed,
  refreshTokens: EmulatedUser["refreshTokens"],
): EmulatedUser {
  return {
    name: user ?? "ada@emulator.example",
    objectId: "00000000-0000-4000-8000-0000000000a4",
    outcome: signIn,
    codes: new Map(),
    devices: new Map(),
    refreshTokens,
    rejectRefreshTokensWith: undefined,
  };
}
