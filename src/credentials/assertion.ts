import { ExitCode, UserError } from "../errors.ts";
import type { CredentialContext, CredentialOptions, Token } from "./credential.ts";
import { sdkCredential } from "./sdk.ts";

/** Who exchanges assertions of somebody else for tokens of Entra ID. */
export interface Federation extends CredentialOptions {
  /** Name of the credential. */
  readonly credential: string;
  readonly tenant: string;
  readonly clientId: string;
  /** Gives a fresh assertion; it is asked at each renewal, as assertions live for minutes only. */
  readonly assertion: () => Promise<string>;
}

/**
 * Makes `getToken` out of assertions that another issuer vouches with.
 *
 * @throws {UserError} from the result: as {@linkcode sdkCredential}, and what `assertion` throws.
 */
export function federatedCredential(
  ctx: CredentialContext,
  { credential, tenant, clientId, assertion, cloud, onRetry }: Federation,
): (scope: string) => Promise<Token> {
  return async (scope) => {
    const value = await assertion();
    if (value.trim() === "") {
      throw new UserError(`Cannot sign in with ${credential}: the assertion is empty`, {
        code: "auth.assertion",
        exit: ExitCode.Auth,
        hint: "Look at what issues the assertion",
      });
    }
    const getToken = sdkCredential(ctx, { cloud, onRetry }, {
      subject: { credential, tenant, clientId },
      secrets: [value],
      create: (sdk, options) =>
        new sdk.ClientAssertionCredential(tenant, clientId, async () => value.trim(), options),
    });
    return await getToken(scope);
  };
}
