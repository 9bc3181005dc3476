import type { Seed, SignInOutcome } from "./options.ts";

/** The one person who may sign in, and what was handed out on the way. */
export interface People {
  readonly name: string;
  readonly objectId: string;
  readonly outcome: SignInOutcome | undefined;
  /** By authorization code. */
  readonly codes: Map<string, Authorization>;
  /** By device code. */
  readonly devices: Map<string, Device>;
  /** What each refresh token was given to. */
  readonly refreshTokens: Map<string, { readonly client: string; readonly contexts: readonly string[] }>;
  /** AADSTS code with which every refresh token is refused from then on. */
  endedBy: number | undefined;
}

/** What a browser was sent back with. */
export interface Authorization {
  readonly client: string;
  readonly redirectUri: string;
  /** SHA-256 of the verifier, in base64url. */
  readonly challenge: string;
  readonly nonce: string | undefined;
  /** Authentication contexts (`acrs`) that the person proved, such as `p1` for multi-factor authentication. */
  readonly contexts: readonly string[];
}

/** A sign-in that waits for somebody to type its code. */
export interface Device {
  readonly client: string;
  readonly userCode: string;
  readonly expiresAt: number;
  /** As of an {@linkcode Authorization}. */
  readonly contexts: readonly string[];
  isApproved: boolean;
}

/** Nobody has signed in yet. */
export function createPeople({ user, signIn }: Seed, refreshTokens: People["refreshTokens"]): People {
  return {
    name: user ?? "ada@emulator.example",
    objectId: "00000000-0000-4000-8000-0000000000a4",
    outcome: signIn,
    codes: new Map(),
    devices: new Map(),
    refreshTokens,
    endedBy: undefined,
  };
}
