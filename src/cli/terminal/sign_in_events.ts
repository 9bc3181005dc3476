import type { SignInEvent } from "../../credentials/interaction.ts";

/** What a person reads of a sign-in: the device code, or the address that the browser opens. */
export function signInText(event: SignInEvent): string {
  switch (event.type) {
    case "browser":
      return `  Opening your browser to sign in. If it does not open, go to this address in a browser on this machine:\n  ${event.url}`;
    case "step_up":
      return `  Sign in again: ${event.reason}`;
    case "no_browser":
      return `  Cannot open a browser: ${event.reason}`;
    case "device_code": {
      const { verificationUri, userCode, expiresInS } = event.code;
      const minutes = Math.floor(expiresInS / 60);
      return `  To sign in, open ${verificationUri} in any browser and enter the code ${userCode} (valid for ${minutes} min)`;
    }
  }
}

/** The same as data, for `--json`. */
export function signInData(event: SignInEvent): unknown {
  if (event.type !== "device_code") return event;
  const { verificationUri, userCode, expiresInS } = event.code;
  return {
    type: event.type,
    verificationUri,
    userCode,
    expiresInMs: expiresInS * 1000,
  };
}
