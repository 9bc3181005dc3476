import { ExitCode, UserError } from "../../core/errors.ts";
import {
  type CredentialContext,
  describeClaims,
  failed,
  type TokenDemand,
  type Unavailable,
} from "../credential.ts";
import type { Interaction } from "../interaction.ts";
import type { Account, PublicClient, SignedIn } from "./public_client.ts";
import { signInPerson } from "./sign_in_person.ts";

/** Who must sign in again, and for what. */
export interface StepUpRequest {
  readonly scope: string;
  readonly demand: TokenDemand;
  readonly account: Account;
  /** The person at the terminal; `undefined` when the command cannot prompt. */
  readonly interaction: Interaction | undefined;
  /** The command to run when this one cannot prompt. */
  readonly hint: string;
}

/**
 * Gets a token that meets a demand of Azure. If Entra ID issues one without a prompt, because the person has already
 * proved enough, it uses that; otherwise the person signs in again with the same account.
 *
 * @returns The token, or why there is none: the command cannot prompt, or another account signed in.
 * @throws {UserError} `auth.*` when the person or Entra ID declines, `network.*`.
 */
export async function stepUp(
  ctx: CredentialContext,
  client: PublicClient,
  { scope, demand, account, interaction, hint }: StepUpRequest,
): Promise<SignedIn | Unavailable> {
  try {
    return await client.silently(scope, account.id, { ...demand, fresh: true });
  } catch (thrown) {
    if (!(thrown instanceof UserError) || thrown.exit !== ExitCode.Auth) throw thrown;
    if (interaction === undefined) {
      const reason = thrown.message.replace(/^Cannot sign in with [^:]+: /, "");
      return failed(`${reason}, and this command cannot prompt for it`, hint);
    }
  }
  interaction.tell({ type: "step_up", reason: reasonOf(demand) });
  const signedIn = await signInPerson(ctx, interaction, client, {
    scope,
    demand,
    loginHint: account.username,
  });
  return signedIn.account.id === account.id ? signedIn : failed(
    `"${signedIn.account.username}" signed in, but this command runs as "${account.username}"`,
    `Run the command again and sign in as "${account.username}"`,
  );
}

function reasonOf({ claims, tenant }: TokenDemand): string {
  return claims === undefined
    ? `the subscription belongs to tenant ${tenant}`
    : `Azure requires ${describeClaims(claims)} for this request`;
}
