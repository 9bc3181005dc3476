import { UserError } from "../../core/errors.ts";
import type { Interaction } from "../interaction.ts";
import type { PublicClient, SignedIn, SignInRequest } from "./public_client.ts";

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
    const { code, exit, details, data } = thrown;
    throw new UserError(
      "Cannot sign in with device-code: a Conditional Access policy of the tenant blocks device codes",
      {
        code,
        exit,
        details,
        data,
        cause: thrown,
        hint:
          "Run `kedro-azureml auth login` or `az login` on a machine with a browser, or use a service principal " +
          "(AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET) or a managed identity",
      },
    );
  }
}
