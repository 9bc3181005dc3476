import { fitsStars } from "../../../src/core/text_match.ts";
import { type Answering, gatewayError, Refusal, refused } from "../../../src/emulator/http/refusal.ts";
import type { Emulator } from "../../../src/emulator/emulator.ts";
import { withArmHeaders } from "../../../src/emulator/resource_manager.ts";
import { blobError, blobRefused } from "../../../src/emulator/storage/blob_requests.ts";
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

type Known = Pick<Emulator, "identity" | "knows">;

/** Refuses denied actions, and writes without multi-factor authentication, to who has a token. */
export function denials(
  world: Answering,
  emulator: Known,
  { deniedActions, demandsMfa }: Required<Denials>,
): Middleware {
  return async (request, next) => {
    const { action, scope } = askedBy(request) ?? {};
    if (action === undefined || !emulator.knows(request)) return await next(request);
    const isBlob = action.startsWith("Microsoft.Storage/");
    if (deniedActions.some((denied) => fitsStars(denied, action))) {
      if (isBlob) return blobRefused(world, request, blobError("AuthorizationPermissionMismatch"));
      return armRefused(world, denied(emulator, action, scope!));
    }
    const refusal = demandsMfa && !isBlob ? withoutMfa(world, emulator, request) : undefined;
    return refusal === undefined ? await next(request) : armRefused(world, refusal);
  };
}

function armRefused(world: Answering, refusal: Refusal): Response {
  const response = refused(world, refusal);
  withArmHeaders(world, response);
  return response;
}

/** The action that a request is for, and its scope; `undefined` for one that needs no role. */
function askedBy({ method, url }: Request) {
  const { hostname, pathname, searchParams } = new URL(url);
  const verb = ({ GET: "read", HEAD: "read", DELETE: "delete" } as Record<string, string>)[method] ?? "write";
  if (hostname.includes(".blob.")) {
    const [container = ""] = pathname.slice(1).split("/");
    return searchParams.has("sig") ? undefined : {
      action: `Microsoft.Storage/storageAccounts/blobServices/containers/blobs/${verb}`,
      scope: `/${hostname.split(".")[0]}/${container}`,
    };
  }
  const permissions = /^(.+)\/providers\/Microsoft\.Authorization\/permissions$/i.exec(pathname)?.[1];
  if (permissions !== undefined) {
    return { action: "Microsoft.Authorization/permissions/read", scope: permissions };
  }
  const [, workspace, rest] = WORKSPACE.exec(pathname) ?? [];
  if (workspace === undefined) return undefined;
  const parts = rest!.split("/").filter((part) => part !== "");
  const kind = parts.filter((_, at) => at % 2 === 0 && !(method === "POST" && at === parts.length - 1));
  const asked = method === "POST" ? ACTIONS[parts.at(-1)!] ?? verb : verb;
  const action = ["Microsoft.MachineLearningServices", "workspaces", ...kind, asked].join("/");
  return { action, scope: workspace };
}

const WORKSPACE =
  /^(\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.MachineLearningServices\/workspaces\/[^/]+)(.*)$/i;

/** What Azure calls the actions of requests with POST that are no writes. */
const ACTIONS: Readonly<Record<string, string>> = {
  cancel: "cancel/action",
  listNodes: "listNodes/action",
  listSecrets: "listSecrets/action",
  trigger: "action",
};

function denied({ identity: { client, objectId } }: Known, action: string, scope: string): Refusal {
  return gatewayError(
    403,
    "AuthorizationFailed",
    `The client '${client}' with object id '${objectId}' does not have authorization to perform action '${action}' ` +
      `over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  );
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
 * Refuses a write by a user who signed in without multi-factor authentication, with a claims challenge. Service
 * principals are exempt, as on Azure. The message is the one in the Azure CLI's documentation
 * (https://learn.microsoft.com/cli/azure/use-azure-cli-successfully-troubleshooting).
 */
function withoutMfa(
  { links }: Answering,
  { identity }: Known,
  { method, headers }: Request,
): Refusal | undefined {
  if (!["PUT", "DELETE"].includes(method)) return undefined;
  const [, claims = ""] = (headers.get("authorization") ?? "").split(".");
  const { idtyp, acrs = [] } = JSON.parse(atob(claims.replaceAll("-", "+").replaceAll("_", "/")));
  if (idtyp !== "user" || acrs.includes(MFA_CONTEXT)) return undefined;
  const operation = method === "DELETE" ? "Delete" : "Create/Update";
  return new Refusal(
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
