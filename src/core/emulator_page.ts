import { createHash } from "node:crypto";

/** The origin of an emulator that only one command uses; nothing listens there. */
export const ORIGIN_WITHIN_COMMAND = "https://127.0.0.1:1";

/** Whether an address belongs to an emulator that ends with its command. */
export function endsWithCommand(url: string): boolean {
  return url.startsWith(`${ORIGIN_WITHIN_COMMAND}/`);
}

/** The key in addresses of an emulator's pages, derived from the identity's secret without revealing it. */
export function emulatorPageKey(identitySecret: string): string {
  return createHash("sha256").update(`pages of ${identitySecret}`).digest("hex").slice(0, 32);
}

/** The address of an emulator's page of jobs. @param env Its variables. */
export function emulatorPageUrl(
  { origin, env }: { readonly origin: string; readonly env: Readonly<Record<string, string>> },
): string {
  return `${origin}/?key=${emulatorPageKey(env.AZURE_CLIENT_SECRET!)}`;
}
