import { azureTime, type EmulatedWorkspace, type Resource, type World } from "../state/world.ts";
import { badRequest, gatewayError, jsonAnswer, notFound } from "./refusal.ts";

/** Api-versions of Azure ML's workspaces that clients use, as listed by Resource Manager. */
const API_VERSIONS: readonly string[] = (
  "2022-05-01 2022-10-01 2022-10-01-preview 2022-12-01-preview 2023-02-01-preview 2023-04-01 " +
  "2023-04-01-preview 2023-06-01-preview 2023-08-01-preview 2023-10-01 2024-01-01-preview " +
  "2024-04-01 2024-04-01-preview 2024-07-01-preview 2024-10-01 2024-10-01-preview " +
  "2025-01-01-preview 2025-04-01 2025-06-01 2025-09-01 2025-12-01 2026-03-01 2026-05-01 2026-07-01 " +
  "2026-09-01"
).split(" ");

/** The api-version of a request. @throws {Refusal} 400 if it has none. */
export function apiVersionOf(query: URLSearchParams): string {
  const version = query.get("api-version");
  if (version) return version;
  throw gatewayError(
    400,
    "MissingApiVersionParameter",
    "The api-version query parameter (?api-version=) is required for all requests.",
  );
}

/** Requires a known api-version. @throws {Refusal} 400. */
export function requireApiVersion(query: URLSearchParams, type: string, among = API_VERSIONS): string {
  const version = apiVersionOf(query);
  if (!/^\d{4}-\d\d-\d\d(-preview|-privatepreview)?$/.test(version)) {
    throw gatewayError(
      400,
      "InvalidApiVersionParameter",
      `The api-version '${version}' is invalid. The supported versions are '${among.join(",")}'.`,
    );
  }
  if (!among.includes(version)) {
    throw gatewayError(
      400,
      "NoRegisteredProviderFound",
      `No registered resource provider found for location 'eastus' and API version '${version}' for type '${type}'. ` +
        `The supported api-versions are '${among.join(", ")}'. The supported locations are 'eastus'.`,
    );
  }
  return version;
}

/** Starts an operation. @returns the headers with the URLs to poll: for its state, and for its result. */
export function startOperation(
  world: World,
  workspace: EmulatedWorkspace,
  { kind, name, apiVersion, endsAt, state }: {
    readonly kind: "jc" | "s" | "c";
    /** The job, or a name of its own. */
    readonly name: string;
    readonly apiVersion: string;
    /** Milliseconds since 1970. */
    readonly endsAt: number;
    /** Its state until it has succeeded. */
    readonly state?: "Creating" | "Deleting";
  },
): { readonly status: string; readonly result: string; readonly compute: string } {
  const id = `${kind}:${workspace.workspaceId}:${name}`;
  world.operations.set(id, { startedAt: world.clock.now().getTime(), endsAt, state: state ?? "Running" });
  const url = (service: string) =>
    `${world.links.resourceManager}/subscriptions/${workspace.subscription}` +
    `/providers/Microsoft.MachineLearningServices/locations/eastus/${service}/${id}?api-version=${apiVersion}`;
  return {
    status: url("mfeOperationsStatus"),
    result: url("mfeOperationResults"),
    compute: `${url("computeOperationsStatus")}&service=new`,
  };
}

/**
 * Answers 202 with the JSON that Azure ML sends with it, and the URL to poll. Recorded answers of 2024 name it a second
 * time, as the URL of the operation's state; azure-core fails there, because its answers have no state.
 */
export function accepted(body: unknown, location: string, state?: string): Response {
  const headers = { location, ...(state !== undefined && { "azure-asyncoperation": state }) };
  return jsonAnswer(body, 202, { ...headers, "x-ms-async-operation-timeout": "PT1H" });
}

/** Answers a poll for the result of an operation: 202 while it runs, then 200 without a body. */
export function operationResult(world: World, url: URL, id: string): Response {
  const { endsAt } = existing(world, id);
  if (world.clock.now().getTime() >= endsAt) {
    return new Response(null, { headers: { "content-length": "0" } });
  }
  return accepted({}, `${world.links.resourceManager}${url.pathname}${url.search}`);
}

export function operationStatus(world: World, url: URL, id: string): Response {
  const { startedAt, endsAt, state } = existing(world, id);
  const named = { id: url.pathname.replace("mfeOperationsStatus", "mfeOperationResults"), name: id };
  if (world.clock.now().getTime() < endsAt) return jsonAnswer({ ...named, status: state });
  return jsonAnswer({
    ...named,
    status: "Succeeded",
    startTime: azureTime(startedAt),
    endTime: azureTime(endsAt),
  });
}

export function computeOperationStatus(world: World, _url: URL, id: string): Response {
  const isOver = world.clock.now().getTime() >= existing(world, id).endsAt;
  return jsonAnswer({ status: isOver ? "Succeeded" : "InProgress" });
}

function existing(world: World, id: string) {
  const operation = world.operations.get(id);
  if (operation === undefined) throw notFound(`Operation ${id}`);
  return operation;
}

/** Responds with a page of resources (`$top`, default 100) and, except for the last page, a link to the next one. */
export function answerPage(call: WorkspaceCall, resources: readonly Resource[]): Response {
  const size = count(call.query, "$top") ?? 100;
  const token = call.query.get("$skipToken");
  const skipped = token === null ? count(call.query, "$skip") ?? 0 : skippedBy(token);
  const value = resources.slice(skipped, skipped + size);
  const isLast = skipped + size >= resources.length || call.query.has("$top");
  return jsonAnswer({ value, ...(!isLast && { nextLink: nextLink(call, skipped + size) }) });
}

function count(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  throw badRequest(`The value '${text}' of ${name} is not a whole number.`);
}

function nextLink({ world, request }: WorkspaceCall, skip: number): string {
  const requested = new URL(request.url);
  const next = new URL(requested.pathname + requested.search, world.links.resourceManager);
  next.searchParams.set("$skipToken", btoa(`${TOKEN}${skip}`));
  return next.href;
}

/** Makes tokens long enough to look opaque. */
const TOKEN = "the next page starts after ";

function skippedBy(token: string): number {
  let skipped = 0;
  try {
    skipped = Number(atob(token).slice(TOKEN.length));
  } catch {
    // It is not Base64.
  }
  if (skipped > 0) return skipped;
  throw badRequest("The continuation token is invalid.");
}

export interface WorkspaceCall {
  readonly world: World;
  readonly workspace: EmulatedWorkspace;
  readonly request: Request;
  readonly names: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Parsed JSON; `undefined` if there is no body. */
  readonly body: unknown;
}

export interface Route {
  readonly method: string;
  readonly path: string;
  readonly apiVersions: readonly string[] | undefined;
  readonly handle: (call: WorkspaceCall) => Response | Promise<Response>;
}

/**
 * Makes a route.
 *
 * @param request Method and path, relative to the workspace; `{name}` matches one segment.
 * @param apiVersions Allowed api-versions (default: all known).
 */
export function route(
  request: `${"GET" | "PUT" | "POST" | "DELETE"} ${string}`,
  handle: Route["handle"],
  apiVersions?: readonly string[],
): Route {
  const [method = "", path = ""] = request.split(" ");
  return { method, path, apiVersions, handle };
}

/** Matches a path against a pattern, ignoring case. @returns its placeholders; `undefined` if it does not fit. */
export function matchPath(pattern: string, path: string): Readonly<Record<string, string>> | undefined {
  const [expected, actual] = [pattern.split("/"), path.split("/")];
  if (expected.length !== actual.length) return undefined;
  const names: Record<string, string> = {};
  for (const [index, part] of expected.entries()) {
    const segment = actual[index]!;
    if (part.startsWith("{")) names[part.slice(1, -1)] = decodeURIComponent(segment);
    else if (part.toLowerCase() !== segment.toLowerCase()) return undefined;
  }
  return names;
}
