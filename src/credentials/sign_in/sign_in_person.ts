import { changedError, UserError } from "../../core/errors.ts";
import type { CredentialContext } from "../credential.ts";
import type { Interaction } from "../interaction.ts";
import { noBrowserReason } from "./open_browser.ts";
import { signInByBrowser } from "./browser_sign_in.ts";
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

/**
 * Signs a person in with a code that is entered in a browser on any machine.
 *
 * @throws {UserError} `auth.*` when the person or Entra ID declines; if a Conditional Access policy blocks device
 *   codes, the hint names the alternatives.
 */
export async function signInByDeviceCode(
  { tell }: Interaction,
  client: PublicClient,
  request: SignInRequest,
): Promise<SignedIn> {
  try {
    return await client.byDeviceCode(request, (code) => tell({ type: "device_code", code }));
  } catch (thrown) {
    if (!(thrown instanceof UserError) || thrown.code !== "auth.aadsts53003") throw thrown;
    throw changedError(thrown, {
      message:
        "Cannot sign in with device-code: a Conditional Access policy of the tenant blocks device codes",
      hint:
        "Run `kedro-azureml auth login` or `az login` on a machine with a browser, or use a service principal " +
        "(AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET) or a managed identity",
    });
  }
}
