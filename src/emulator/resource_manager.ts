import {
  describeWorkspace,
  equalIgnoringCase,
  subscriptionsAndTenants,
  workspaceAt,
  workspacesIn,
} from "./arm/workspaces.ts";
import {
  computeOperationStatus,
  matchPath,
  operationResult,
  operationStatus,
  requireApiVersion,
  type Route,
  route,
} from "./http/routes.ts";
import { gatewayError, jsonAnswer, methodNotAllowed, UNKNOWN_ROUTE } from "./http/refusal.ts";
import { kindRoutes } from "./arm/kinds.ts";
import { componentRoutes } from "./arm/components.ts";
import { jobRoutes } from "./jobs/jobs.ts";
import { scheduleRoutes } from "./jobs/schedules.ts";
import { isManagementAudience, requireBearer } from "./http/entra.ts";
import type { EmulatedWorkspace, World } from "./state/world.ts";
import { trimEnd } from "../core/format.ts";

/** Resource Manager: subscriptions, workspaces and everything in them. */
export async function resourceManager(world: World, request: Request, path: string): Promise<Response> {
  requireBearer(world, request, (audience) => isManagementAudience(world, audience));
  const query = new URL(request.url).searchParams;
  const parts = trimEnd(path, "/").slice(1).split("/");
  if (parts.length <= 2 || !/^subscriptions$/i.test(parts[0]!)) {
    return subscriptionsAndTenants(world, query, parts);
  }
  const polls = POLLS.find(([name]) => equalIgnoringCase(parts.at(-2)!, name));
  if (polls !== undefined) {
    requireApiVersion(query, `locations/${polls[0]}`);
    return polls[1](world, new URL(request.url), decodeURIComponent(parts.at(-1)!));
  }
  const scope = /^(.+)\/providers\/Microsoft\.Authorization\/permissions$/i.exec(`/${parts.join("/")}`)?.[1];
  if (scope !== undefined) return permissionsAt(world, request, scope);
  // Nobody has a role here, and nobody needs one.
  if (request.method === "GET" && /\/Microsoft\.Authorization\/roleAssignments$/i.test(parts.join("/"))) {
    requireApiVersion(query, "roleAssignments", ["2022-04-01"]);
    return jsonAnswer({ value: [] });
  }
  const lists = WORKSPACES.exec(`/${parts.map(decodeURIComponent).join("/")}`)?.groups;
  if (lists !== undefined && request.method === "GET") {
    return workspacesIn(world, query, { subscription: lists.subscription!, group: lists.group });
  }
  const [workspace, rest] = workspaceAt(world, parts);
  return await inWorkspace(world, workspace, request, rest);
}

/** What answers polls for long-running operations, by the last part of the path but one. */
const POLLS = [
  ["mfeOperationResults", operationResult],
  ["mfeOperationsStatus", operationStatus],
  ["computeOperationsStatus", computeOperationStatus],
] as const;

/** Answers with the identity's permissions on a workspace or a storage account. */
function permissionsAt(world: World, request: Request, scope: string): Response {
  requireApiVersion(new URL(request.url).searchParams, "permissions", ["2018-07-01", "2022-04-01"]);
  if (request.method !== "GET") throw methodNotAllowed(request);
  const parts = scope.slice(1).split("/");
  const account = parts[7] ?? "";
  const isAccount = equalIgnoringCase(parts[5] ?? "", "Microsoft.Storage") &&
    equalIgnoringCase(parts[6] ?? "", "storageAccounts") &&
    world.workspaces.some((workspace) =>
      equalIgnoringCase(workspace.account, account) &&
      equalIgnoringCase(workspace.subscription, parts[1] ?? "")
    );
  if (!isAccount) workspaceAt(world, parts);
  return jsonAnswer({ value: [EVERYTHING] });
}

const EVERYTHING = {
  actions: ["*"],
  notActions: [],
  dataActions: ["*"],
  notDataActions: [],
  condition: null,
  conditionVersion: null,
};

const WORKSPACES =
  /^\/subscriptions\/(?<subscription>[^/]+)(?:\/resourceGroups\/(?<group>[^/]+))?\/providers\/Microsoft\.MachineLearningServices\/workspaces$/i;

const ROUTES: readonly Route[] = [
  route(
    "GET ",
    ({ world, workspace, query }) =>
      jsonAnswer(describeWorkspace(world, workspace, query.get("api-version")!)),
  ),
  ...kindRoutes,
  ...componentRoutes,
  ...jobRoutes,
  ...scheduleRoutes,
];

async function inWorkspace(
  world: World,
  workspace: EmulatedWorkspace,
  request: Request,
  rest: readonly string[],
): Promise<Response> {
  const path = rest.map(encodeURIComponent).join("/");
  const query = new URL(request.url).searchParams;
  const matching = ROUTES.flatMap((route) => {
    const names = matchPath(route.path, path);
    return names === undefined ? [] : [{ route, names }];
  });
  const type = ["workspaces", ...rest.filter((_, index) => index % 2 === 0)].join("/");
  if (matching.length === 0) throw UNKNOWN_ROUTE.resourceManager(type);
  const matched = matching.find(({ route }) => route.method === request.method);
  if (matched === undefined) throw methodNotAllowed(request);
  requireApiVersion(query, type, matched.route.apiVersions);
  return await matched.route.handle({
    world,
    workspace,
    request,
    names: matched.names,
    query,
    body: await readBody(request),
  });
}

async function readBody(request: Request): Promise<unknown> {
  const text = await request.text();
  if (text === "") {
    if (request.method === "PUT") {
      throw gatewayError(400, "InvalidRequestContent", "The request body is empty.");
    }
    return undefined;
  }
  if (!/^application\/json\b/i.test(request.headers.get("content-type") ?? "")) {
    throw gatewayError(
      415,
      "UnsupportedMediaType",
      "The request content type is not supported; send application/json.",
    );
  }
  try {
    return JSON.parse(text);
  } catch {
    throw gatewayError(
      400,
      "InvalidRequestContent",
      "The request content was invalid and could not be deserialized.",
    );
  }
}

export function withArmHeaders(
  { random }: Pick<World, "random">,
  { status, headers }: Response,
): void {
  const id = headers.get("x-ms-request-id") ?? random.uuid();
  const added = {
    "x-ms-request-id": id,
    "x-ms-correlation-request-id": id,
    "x-ms-response-type": status >= 400 ? "error" : "standard",
    "x-request-time": "0.100",
  };
  for (const [name, value] of Object.entries(added)) headers.set(name, value);
}
