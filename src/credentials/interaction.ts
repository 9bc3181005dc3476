import type { Context } from "../core/context.ts";
import type { UserError } from "../core/errors.ts";

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
