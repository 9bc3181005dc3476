import { fitsStars } from "../../../src/core/text_match.ts";
import { gatewayError, Refusal } from "../../../src/emulator/http/refusal.ts";
import type { EmulatorOptions } from "../../../src/emulator/state/options.ts";
import type { World } from "../../../src/emulator/state/world.ts";
import { blobError } from "../../../src/emulator/storage/blob_requests.ts";
import { MFA_CLAIMS, MFA_CONTEXT } from "./sign_in.ts";
import type { Middleware } from "./middleware.ts";

/** What an identity may not do. */
export interface Denials {
  /**
   * Actions that the identity may not perform, such as `Microsoft.MachineLearningServices/workspaces/jobs/write`; `*`
   * matches anything.
   */
  readonly deniedActions?: readonly string[];
  /** Whether writes by users require multi-factor authentication, as in tenants where Azure enforces it. */
  readonly demandsMfa?: boolean;
}

/** Refuses denied actions, and writes without multi-factor authentication. */
export function createGuard(
  { deniedActions, demandsMfa }: Required<Denials>,
  place: () => Pick<World, "identity" | "links">,
): NonNullable<EmulatorOptions["guard"]> {
  return ({ action, scope, request }) => {
    const isBlob = action.startsWith("Microsoft.Storage/");
    if (deniedActions.some((denied) => fitsStars(denied, action))) {
      if (isBlob) throw blobError("AuthorizationPermissionMismatch");
      const { client, objectId } = place().identity;
      throw gatewayError(
        403,
        "AuthorizationFailed",
        `The client '${client}' with object id '${objectId}' does not have authorization to perform action '${action}' ` +
          `over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
      );
    }
    if (demandsMfa && !isBlob) requireMfa(place(), request);
  };
}

/** Shows the denied actions in the permissions that Resource Manager lists. */
export function deniedPermissions(deniedActions: readonly string[]): Middleware {
  return async (request, next) => {
    const response = await next(request);
    const isList = /\/Microsoft\.Authorization\/permissions$/i.test(new URL(request.url).pathname);
    if (deniedActions.length === 0 || !isList || response.status !== 200) return response;
    const { value: [permission] } = await response.json();
    const value = [{ ...permission, notActions: deniedActions, notDataActions: deniedActions }];
    return new Response(JSON.stringify({ value }), response);
  };
}

/**
 * Rejects writes by a user who signed in without multi-factor authentication. Service principals are exempt, as on
 * Azure. The message is the one in the Azure CLI's documentation
 * (https://learn.microsoft.com/cli/azure/use-azure-cli-successfully-troubleshooting).
 *
 * @throws {Refusal} 401 with a claims challenge.
 */
function requireMfa(
  { identity, links }: Pick<World, "identity" | "links">,
  { method, headers }: Request,
): void {
  if (!["PUT", "DELETE"].includes(method)) return;
  const [, claims = ""] = (headers.get("authorization") ?? "").split(".");
  const { idtyp, acrs = [] } = JSON.parse(atob(claims.replaceAll("-", "+").replaceAll("_", "/")));
  if (idtyp !== "user" || acrs.includes(MFA_CONTEXT)) return;
  const operation = method === "DELETE" ? "Delete" : "Create/Update";
  throw new Refusal(
    `Resource was disallowed by policy. Reasons: 'Users must use MFA for ${operation} operations. Users must authenticate ` +
      "with multi-factor authentication to create or update resources.'. See error details for policy resource IDs.",
    {
      status: 401,
      from: "gateway",
      code: "RequestDisallowedByPolicy",
      headers: {
        "www-authenticate": `Bearer realm="", authorization_uri="${links.authority}/${identity.tenant}", ` +
          `error="insufficient_claims", claims="${btoa(JSON.stringify(MFA_CLAIMS))}"`,
      },
    },
  );
}
