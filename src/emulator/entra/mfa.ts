import { fields, parsedJson } from "../../core/json.ts";
import { entraRefused } from "./tokens.ts";
import { bearerClaims } from "./tokens.ts";
import { Refusal } from "../http/refusal.ts";
import type { World } from "../state/world.ts";

/** The authentication context for multi-factor authentication, which Azure requires for writes by users. */
const CONTEXT = "p1";
const CLAIMS = { access_token: { acrs: { essential: true, values: [CONTEXT] } } };

/** The authentication contexts requested by the `claims` parameter of a sign-in. */
export function requestedContexts(claims: string | null): readonly string[] {
  const { access_token } = fields(parsedJson(claims ?? "")) as Partial<typeof CLAIMS>;
  return access_token?.acrs?.values ?? [];
}

/**
 * Requires that the sign-in of a refresh token satisfied the requested authentication contexts.
 *
 * @throws {Refusal} AADSTS50076: the user must sign in interactively.
 */
export function requireContexts(
  satisfied: readonly string[],
  requested: readonly string[],
): void {
  if (requested.every((context) => satisfied.includes(context))) return;
  throw entraRefused({
    status: 400,
    code: 50076,
    error: "interaction_required",
    message:
      "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access '797f4846-ba00-4fd7-ba43-dac1f8f63013'.",
  });
}

/**
 * Rejects writes by a user who signed in without multi-factor authentication, if the tenant requires it. Service
 * principals are exempt, as on Azure. The message is the one in the Azure CLI's documentation
 * (https://learn.microsoft.com/cli/azure/use-azure-cli-successfully-troubleshooting).
 *
 * @throws {Refusal} 401 with a claims challenge.
 */
export function requireMfa(world: World, request: Request): void {
  if (!world.demandsMfa || !["PUT", "DELETE"].includes(request.method)) return;
  const { idtyp, acrs = [] } = bearerClaims(request);
  if (idtyp !== "user" || acrs.includes(CONTEXT)) return;
  const authority = `${world.links.authority}/${world.identity.tenant}`;
  const operation = request.method === "DELETE" ? "Delete" : "Create/Update";
  throw new Refusal(
    `Resource was disallowed by policy. Reasons: 'Users must use MFA for ${operation} operations. Users must authenticate ` +
      "with multi-factor authentication to create or update resources.'. See error details for policy resource IDs.",
    {
      status: 401,
      from: "gateway",
      code: "RequestDisallowedByPolicy",
      headers: {
        "www-authenticate": `Bearer realm="", authorization_uri="${authority}", ` +
          `error="insufficient_claims", claims="${btoa(JSON.stringify(CLAIMS))}"`,
      },
    },
  );
}
