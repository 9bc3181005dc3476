import type { CredentialContext } from "../credential.ts";
import type { Interaction } from "../interaction.ts";
import { noBrowserReason } from "./open_browser.ts";
import { signInByBrowser } from "./browser_sign_in.ts";
import { signInByDeviceCode } from "./device_code.ts";
import type { PublicClient, SignedIn, SignInRequest } from "./public_client.ts";

/**
 * Signs a person in with the browser, or with a device code if no browser can be opened.
 *
 * @param options.deviceCode Whether to use a device code even if there is a browser.
 * @throws {UserError} `auth.*` when the person or Entra ID declines.
 */
export async function signInPerson(
  ctx: CredentialContext,
  interaction: Interaction,
  client: PublicClient,
  { deviceCode = false, ...request }: SignInRequest & { readonly deviceCode?: boolean },
): Promise<SignedIn> {
  if (!deviceCode) {
    const reason = noBrowserReason(ctx);
    const result = reason === undefined
      ? await signInByBrowser(ctx, interaction, client, request)
      : { notOpened: reason };
    if (!("notOpened" in result)) return result;
    interaction.tell({ type: "no_browser", reason: result.notOpened });
  }
  return await signInByDeviceCode(interaction, client, request);
}
