import type { WorkspaceConfig } from "../../config/schema.ts";
import type { Context } from "../../core/context.ts";
import { type Fields, isFields, textOf } from "../../core/json.ts";
import { type HttpMethods, isError, type PipelineResponse } from "../../core/net/azure_http.ts";
import type { Cloud } from "../../core/net/clouds.ts";
import { networkError } from "../../core/net/network_error.ts";
import type { TokenChallenge } from "../errors/problem.ts";

/** Formats the query of a URL; values are percent-encoded, names such as `$top` are not. */
export function queryText(query: Readonly<Record<string, string>>): string {
  return Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed())}`)
    .join("&");
}

/**
 * Throws unless a successful response of Resource Manager is about what was requested: JSON with the resource's own id
 * or name, or a list. A login page, or the answer to another request, must not count as success.
 *
 * Azure names some resources differently: a schedule has no id, the response to its `PUT` neither id nor name, and an
 * anonymous component gets an id that Azure chooses.
 *
 * @throws {UserError} `network.answer`.
 */
export function requireExpected(
  { action, method, path, below }: WorkspaceRequest & { readonly below: string },
  response: PipelineResponse,
): void {
  if (response.status >= 300 || response.status === 204 && method !== "PUT") return;
  const body = readJson<unknown>(action, response);
  if (method !== "GET" && method !== "PUT") return;
  const parts = path.split("/").filter((part) => part !== "").map(decodeURIComponent);
  const isList = parts.length % 2 === 1;
  const isExpected = isFields(body) &&
    (isList
      ? "value" in body
      : isAbout(body, parts.length === 0 ? below.split("/").slice(-2) : parts, method));
  if (!isExpected) throw notFromAzure(action, response.request.url, response.status);
}

function isAbout(
  { id, name, properties }: Readonly<Record<string, unknown>>,
  parts: readonly string[],
  method: string,
): boolean {
  // Azure's ids vary in case.
  const [wantedId, wantedName] = [`/${parts.join("/")}`, parts.at(-1)!].map((text) => text.toLowerCase());
  if (method === "PUT" && parts[0] === "components") {
    return typeof id === "string" &&
      id.toLowerCase().includes(`/${parts.slice(0, -1).join("/").toLowerCase()}/`);
  }
  if (method === "PUT" && id === undefined && name === undefined) return isFields(properties);
  if (id !== undefined && id !== null) return typeof id === "string" && id.toLowerCase().endsWith(wantedId!);
  return typeof name === "string" && name.toLowerCase() === wantedName;
}

/** One page of a list, and the token to request the next one. */
interface Page<T> {
  readonly items: readonly T[];
  /** `undefined`, `null` or empty after the last page. */
  readonly next: string | null | undefined;
}

/** Pages without an item, in a row, after which a list has ended. */
const MOST_EMPTY = 100;
/** Pages after which a list of Resource Manager has ended; none in Azure is as long. */
export const MOST_PAGES = 1000;

/**
 * Yields the items of a paged list; a page is requested only when its first item is needed.
 *
 * A repeated token ends the list, and so do many empty pages in a row, so that no service is queried forever.
 *
 * @param read Requests one page; `undefined` is the first.
 */
export async function* readPages<T>(
  read: (token: string | undefined) => Promise<Page<T>>,
  mostPages = Infinity,
): AsyncIterable<T> {
  const seen = new Set<string>();
  let empty = 0;
  for (let token: string | undefined = undefined;;) {
    const { items, next }: Page<T> = await read(token);
    yield* items;
    empty = items.length === 0 ? empty + 1 : 0;
    if (!next || seen.has(next) || empty === MOST_EMPTY) return;
    if (seen.add(next).size === mostPages) return;
    token = next;
  }
}

/**
 * Yields the items of a Resource Manager list.
 *
 * Only the query of a `nextLink` is used: the token must go to no other host.
 */
export function listResources<T>(
  workspace: Workspace,
  request: Omit<WorkspaceRequest, "method" | "body">,
): AsyncIterable<T> {
  return readPages(async (link) => {
    const query = link === undefined ? request.query : queryOf(link);
    const page = await workspace.send<
      {
        readonly value?: readonly T[] | null;
        readonly nextLink?: string | null;
      } | null
    >({
      ...request,
      method: "GET",
      ...(query !== undefined && { query }),
    });
    const items = Array.isArray(page?.value) ? page.value.filter(isFields) : [];
    return { items: items as T[], next: textOf(page?.nextLink) };
  }, MOST_PAGES);
}

export async function allResources<T>(
  workspace: Workspace,
  request: Omit<WorkspaceRequest, "method" | "body">,
): Promise<T[]> {
  return await Array.fromAsync(listResources<T>(workspace, request));
}

function queryOf(nextLink: string): Readonly<Record<string, string>> {
  const url = URL.canParse(nextLink, "https://any") ? new URL(nextLink, "https://any") : undefined;
  return Object.fromEntries(url?.searchParams ?? []);
}

/**
 * Parses the JSON body of a response; an empty body is `null`.
 *
 * @param action As in "Cannot <action>".
 * @throws {UserError} `network.answer` if the body is not JSON, such as the page of a proxy or a captive portal.
 */
export function readJson<T>(action: string, { bodyAsText, request, status }: PipelineResponse): T {
  try {
    return JSON.parse(bodyAsText || "null") as T;
  } catch {
    throw notFromAzure(action, request.url, status);
  }
}

/**
 * Parses a response that must be a JSON object in which the given fields, such as `properties`, are objects.
 *
 * @throws {UserError} `network.answer` for anything else, such as `null`, a list, or an object without these fields.
 */
export function readResource<T>(
  action: string,
  response: PipelineResponse,
  fields: readonly string[] = [],
): T {
  const body = readJson<unknown>(action, response);
  if (isFields(body) && fields.every((field) => isFields(body[field]))) return body as T;
  throw notFromAzure(action, response.request.url, response.status);
}

/** Throws the error for a response that says why Azure refused a request. */
export function requireSuccess(
  workspace: Pick<Workspace, "refused">,
  action: string,
  response: PipelineResponse,
): void {
  if (isError(response)) throw workspace.refused(action, response);
}

/** Asks a service of the workspace beside Resource Manager, such as run history; returns its JSON object. */
export async function askService<T>(
  workspace: Workspace,
  { action, url, body, isExpected }: Pick<HostRequest, "action" | "url"> & {
    /** Sent as JSON with POST (default: GET without a body). */
    readonly body?: unknown;
    /** Whether an answer is about what was requested, unlike that of a proxy or to another request. */
    readonly isExpected: (answer: Fields) => boolean;
  },
): Promise<T> {
  const scope = workspace.cloud.resourceManagerScope;
  const headers = { "content-type": "application/json" };
  const response = await workspace.ask(
    body === undefined
      ? { action, method: "GET", url, scope }
      : { action, method: "POST", url, scope, headers, body: JSON.stringify(body) },
  );
  requireSuccess(workspace, action, response);
  const answer = readResource<T & Fields>(action, response);
  if (isExpected(answer)) return answer;
  throw notFromAzure(action, url, response.status);
}

export function isAboutRun(id: string): (answer: Fields) => boolean {
  return ({ runId }) => textOf(runId)?.toLowerCase() === id.toLowerCase();
}

export function hasField(name: string): (answer: Fields) => boolean {
  return (answer) => name in answer;
}

/** Headers of which every response of blob storage has at least one. */
const SIGNS = ["x-ms-request-id", "x-ms-version", "etag"];

/** Whether a response is from blob storage itself, judging by its headers. */
export function isSigned({ headers }: Pick<PipelineResponse, "headers">): boolean {
  return SIGNS.some((name) => headers.get(name) !== undefined);
}

/** Whether a proxy or gateway answered with a web page instead of blob storage. */
export function isPage(response: Pick<PipelineResponse, "status" | "headers">): boolean {
  const type = response.headers.get("content-type") ?? "";
  return !isError(response) && !isSigned(response) && /\bhtml\b/i.test(type);
}

/**
 * The error for a response that is not from the requested service.
 *
 * @param location The `location` header of a redirect, which is not followed.
 */
export function notFromAzure(action: string, url: string, status: number, location?: string): Error {
  const target = location !== undefined && URL.canParse(location, url) ? new URL(location, url).origin : "";
  const problem = target === ""
    ? `It answered with status ${status}, but not as the service does`
    : `It answered with status ${status}, a redirect to ${target}, which Azure does not send`;
  return networkError(action, url, new Error(problem));
}

/** Anything that provides tokens, such as a credential. */
export interface Tokens {
  /**
   * @param challenge The token that Azure rejected, and what it requires of a new one.
   * @throws {UserError} `auth.*`, also if the challenge cannot be met.
   */
  getToken(
    scope: string,
    challenge?: TokenChallenge & { readonly refused: string },
  ): Promise<{ readonly token: string }>;
  /** Who signed in; `undefined` before the first token. */
  identity?(): { readonly tenantId: string | undefined } | undefined;
}

export interface WorkspaceRequest {
  /** What the request does, as in "Cannot <action>". */
  readonly action: string;
  readonly method: HttpMethods;
  /** Path relative to the workspace, such as `jobs/train-1`; empty for the workspace itself. */
  readonly path: string;
  /** ARM id that `path` is relative to, if not the workspace's. */
  readonly below?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Scope of a second token, sent as `x-azureml-token`. */
  readonly secondScope?: string;
  /** Do not retry, because the work could be done twice, or because the answer is not worth a wait. */
  readonly sentOnce?: boolean;
  /** Fields of the response that must be objects, such as `properties`; it must then be an object too. */
  readonly answers?: readonly string[];
}

/** A request to another host, such as run history or blob storage. */
export interface HostRequest {
  readonly action: string;
  readonly method: HttpMethods;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  /** Scope of the token; if omitted, no token is sent, as for a URL with a SAS. */
  readonly scope?: string;
  /** Same as {@linkcode WorkspaceRequest.sentOnce}. */
  readonly sentOnce?: boolean;
}

/** A response with its body as bytes; empty for errors. */
export interface BytesAnswer {
  readonly response: PipelineResponse;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * A workspace in Azure ML. Whatever asks it throws an error `azure.*` if Azure refuses, `network.*` if it cannot be
 * reached, and `auth.*` without a token, which is not repeated below `@throws`.
 */
export interface Workspace {
  readonly config: WorkspaceConfig;
  readonly cloud: Cloud;
  /** The tenant that the tokens are for; `undefined` before the first one. */
  tenant(): string | undefined;
  /** Its ARM id, which starts with `/subscriptions/`. */
  readonly id: string;
  readonly clock: Context["clock"];
  readonly random: Context["random"];
  readonly signal: AbortSignal;
  /** Sends one request, retries temporary failures, and returns the parsed response. */
  send<T>(request: WorkspaceRequest): Promise<T>;
  /** Like {@linkcode send}, but returns `undefined` for a missing resource; an empty response is `null`. */
  find<T>(request: WorkspaceRequest): Promise<T | undefined>;
  /** Like {@linkcode send}, but returns the raw response, errors included. */
  exchange(request: WorkspaceRequest): Promise<PipelineResponse>;
  /** Sends a request to another host and returns any response, errors included. */
  ask(request: HostRequest): Promise<PipelineResponse>;
  /**
   * Reads bytes from another host and returns any response, errors included; if the body breaks off, the request is
   * repeated.
   *
   * @throws {UserError} `network.*`.
   */
  read(request: Omit<HostRequest, "method" | "body">): Promise<BytesAnswer>;
  /** Whether a response means that the resource does not exist, rather than the workspace that holds it. */
  isMissing(response: PipelineResponse): boolean;
  /** Converts an error response of {@linkcode ask} or {@linkcode exchange} to an error. */
  refused(action: string, response: PipelineResponse): Error;
  /** Calls `listener` whenever Azure responds with status 429; if it returns `false`, that is not waited for. */
  onThrottled(listener: (waitMs: number) => unknown): void;
  /** Starts to get a token that a later request needs; if that fails, the request tries again and says why. */
  prepareToken(scope: string): void;
  /** The same workspace for work that must not stop halfway: requests outlast an interrupt by some seconds. */
  patient(): Workspace;
}
