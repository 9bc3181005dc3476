import type { AzureMachineLearningWorkspaces } from "@azure/arm-machinelearning";
import { once } from "../../core/async.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { fields, parsedJson } from "../../core/json.ts";
import {
  createHttpHeaders,
  type HttpClient,
  isError,
  type PipelineResponse,
  RestError,
} from "../../core/net/azure_http.ts";
import { askedWaitMs } from "../../core/net/retry.ts";
import { networkError } from "../../core/net/network_error.ts";
import {
  MOST_PAGES,
  notFromAzure,
  readJson,
  requireSuccess,
  type Workspace,
  type WorkspaceRequest,
} from "./workspace.ts";
import { unsafeName } from "./open_workspace.ts";

/** Azure's own client, and the arguments that identify the workspace in its operations. */
export interface ArmCall {
  readonly client: AzureMachineLearningWorkspaces;
  /** Resource group and workspace: the first two arguments of every operation. */
  readonly at: readonly [group: string, workspace: string];
}

export interface Readable<Body, Key extends readonly string[]> {
  /** As in 'Cannot read compute "gpu"'. */
  readonly noun: string;
  readonly get: (call: ArmCall, ...key: Key) => Promise<Body>;
  /** Whether a missing one is an error of Azure's. */
  readonly mustExist?: boolean;
}

/**
 * Reads a resource with the client of `@azure/arm-machinelearning`, which is loaded on first use.
 *
 * Only its operations, models and paging are used. Tokens, retries, errors and api-versions come from {@linkcode
 * Workspace.exchange}: the package has api-version 2022-10-01 built in, retries on timers that Ctrl+C does not stop,
 * and keeps paging if a service repeats a link.
 *
 * It is not used where it would lose data (tests/azureml/client/arm_test.ts shows each case): writing a job drops `uri`
 * and `mode` of its inputs; reading a job adds fields, and whole bodies are compared here; `schedules.get` does so too,
 * and pausing sends the body back; `jobs.beginCancel` and `schedules.beginDelete` poll immediately and on their own
 * timers; `jobs.list` cannot filter by schedule.
 *
 * @param action As in "Cannot <action>".
 * @returns `undefined` if the resource does not exist.
 */
export async function findOne<Body, Key extends readonly string[]>(
  workspace: Workspace,
  { noun, get, mustExist = false }: Readable<Body, Key>,
  key: Key,
  action = `read ${noun} "${key.join(":")}"`,
): Promise<Body | undefined> {
  requireNames(action, key);
  const call = await openClient(workspace, action);
  return await explained(workspace, action, () => get(call, ...key), !mustExist);
}

interface Writable<Body, Key extends readonly string[]> {
  readonly noun: string;
  readonly put: (call: ArmCall, body: Body, ...key: Key) => Promise<unknown>;
}

/** Writes a resource, as {@linkcode findOne} reads it. */
export async function putOne<Body, Key extends readonly string[]>(
  workspace: Workspace,
  { noun, put }: Writable<Body, Key>,
  body: Body,
  key: Key,
  action = `register ${noun} "${key.join(":")}"`,
): Promise<void> {
  requireNames(action, key);
  const call = await openClient(workspace, action);
  await explained(workspace, action, () => put(call, body, ...key), false);
}

/** The package would take a name such as `..`, also an encoded one, for a step to another resource. */
function requireNames(action: string, names: readonly (string | undefined)[]): void {
  if (names.some((name) => name !== undefined && /^\.{0,2}$/.test(name))) throw unsafeName(action);
}

async function openClient(workspace: Workspace, action: string): Promise<ArmCall> {
  const { config, cloud } = workspace;
  const { AzureMachineLearningWorkspaces } = await loadPackage();
  const client = new AzureMachineLearningWorkspaces(NO_CREDENTIAL, config.subscription_id, {
    endpoint: cloud.resourceManager,
    httpClient: httpClientOf(workspace, action),
  });
  for (const { name } of client.pipeline.getOrderedPolicies()) {
    if (!CONVERTING_POLICIES.includes(name)) client.pipeline.removePolicy({ name });
  }
  return { client, at: [config.resource_group, config.name] };
}

/** Turns the package's errors into those of this program. @returns `undefined` as {@linkcode findOne}. */
async function explained<T>(
  workspace: Workspace,
  action: string,
  read: () => Promise<T>,
  maybeMissing: boolean,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (thrown) {
    // How the package reports a field of another type, such as a `nextLink` that is a number.
    if (thrown instanceof Error && / must be of type /.test(thrown.message)) {
      throw notFromAzure(action, workspace.cloud.resourceManager, 200);
    }
    // `isRestError()` is false for an answer whose message is no text.
    if (!(thrown instanceof Error && thrown.name === "RestError")) throw thrown;
    const { code, response, request } = thrown as RestError;
    if (code === REPEATED_PAGE) return undefined;
    if (response === undefined) {
      throw networkError(action, request?.url ?? workspace.cloud.resourceManager, thrown);
    }
    if (code === RestError.PARSE_ERROR) throw notFromAzure(action, response.request.url, response.status);
    if (maybeMissing && workspace.isMissing(response)) return undefined;
    throw workspace.refused(action, response);
  }
}

export interface Listed<Body, Of extends readonly (string | undefined)[]> {
  readonly noun: string;
  readonly list: (call: ArmCall, ...of: Of) => AsyncIterable<Body>;
}

/**
 * Yields the resources of a kind, page by page, as {@linkcode findOne} reads one.
 *
 * @param of What its `list` takes, such as the name of an asset.
 * @param options.action As in "Cannot <action>".
 * @param options.maybeMissing Whether the list may not exist, and then is empty.
 */
export async function* listAll<Body, Of extends readonly (string | undefined)[]>(
  workspace: Workspace,
  { noun, list }: Listed<Body, Of>,
  of: Of,
  { action = `list the ${noun}s`, maybeMissing = false }: {
    readonly action?: string;
    readonly maybeMissing?: boolean;
  } = {},
): AsyncIterable<Body> {
  requireNames(action, of);
  const items = list(await openClient(workspace, action), ...of)[Symbol.asyncIterator]();
  for (;;) {
    const next = await explained(workspace, action, () => items.next(), maybeMissing);
    if (next === undefined || next.done) return;
    if (isNamed(next.value)) yield next.value;
  }
}

/** Whether an item is a resource: the package takes any JSON, also dates that are none. */
function isNamed(item: unknown): boolean {
  const { name, systemData } = fields(item);
  const { createdAt } = fields(systemData);
  return typeof name === "string" && !(createdAt instanceof Date && Number.isNaN(createdAt.getTime()));
}

const loadPackage = once(() => import("@azure/arm-machinelearning"));

/** Loads the package during another wait: evaluating it takes as long as a request to a nearby region. */
export function prepareArm(): void {
  loadPackage().catch(() => {});
}

/** Never used: {@linkcode httpClientOf} sends the requests with the workspace's token. */
const NO_CREDENTIAL = { getToken: () => Promise.reject(new Error("The token is added by the workspace")) };

/** Policies of the package that convert bodies; {@linkcode Workspace.exchange} replaces all others. */
const CONVERTING_POLICIES = ["serializationPolicy", "deserializationPolicy"];

const REPEATED_PAGE = "REPEATED_PAGE";

function httpClientOf(workspace: Workspace, action: string): HttpClient {
  const sent = new Set<string>();
  return {
    async sendRequest(request): Promise<PipelineResponse> {
      if (sent.has(request.url) || sent.size === MOST_PAGES) {
        throw new RestError("The service returned the same page twice", { code: REPEATED_PAGE, request });
      }
      sent.add(request.url);
      const { path, query } = belowWorkspace(workspace, request.url);
      const { method, body } = request;
      const sentBody = typeof body === "string" ? { body: parsedJson(body) } : {};
      const response = await workspace.exchange({ action, method, path, query, ...sentBody });
      return { ...response, headers: createHttpHeaders(response.headers.toJSON()), request };
    },
  };
}

/** Takes only path and query from a URL: the token must go to no other host than Resource Manager's. */
function belowWorkspace({ id }: Workspace, url: string) {
  const { pathname, searchParams } = new URL(url);
  const { "api-version": _, ...query } = Object.fromEntries(searchParams);
  const start = decodeURIComponent(pathname).toLowerCase().indexOf(id.toLowerCase());
  if (start === -1) {
    throw new RestError(`The next page of the list is outside the workspace`, { code: REPEATED_PAGE });
  }
  const path = pathname.split("/workspaces/")[1]!.split("/").slice(1).join("/");
  return { path, query };
}

/** Most seconds between two polls, if the service does not specify it; the first polls come sooner. */
const WAIT_S = 5;
/** Time limit of one operation in seconds; far more than the service needs for a schedule. */
const LONGEST_S = 600;

/**
 * Sends a request that starts a long-running operation, and polls until the operation has ended.
 *
 * @returns `false` if a `DELETE` found nothing to delete.
 * @throws {UserError} `azure.*` if Azure refuses or the operation fails, `azure.unfinished` if it takes too long,
 *   `network.answer` if a proxy answers.
 */
export async function runOperation(workspace: Workspace, request: WorkspaceRequest): Promise<boolean> {
  const { action } = request;
  let response = await workspace.exchange(request);
  if (response.status === 404 && request.method === "DELETE") return false;
  requireJson(action, response);
  const status = monitor(workspace, response);
  if (response.status === 202 && status === undefined) {
    throw notFromAzure(action, response.request.url, response.status);
  }
  const hasState = response.headers.get("azure-asyncoperation") !== undefined;
  for (let waitedS = 0; status !== undefined && isOpen(response);) {
    if (waitedS >= LONGEST_S) throw unfinished(action);
    const { headers } = response;
    const askedMs = askedWaitMs((name) => headers.get(name), workspace.clock.now());
    const waitS = askedMs === undefined
      ? Math.min(1 + waitedS / 2, WAIT_S)
      : Math.min(Math.max(askedMs / 1000, 1), LONGEST_S);
    await workspace.clock.sleep(waitS * 1000, workspace.signal);
    waitedS += waitS;
    const scope = workspace.cloud.resourceManagerScope;
    response = await workspace.ask({ action, method: "GET", url: status, scope });
    requireJson(action, response);
    if (hasState && !isError(response) && stateOf(response) === undefined) {
      throw notFromAzure(action, status, response.status);
    }
  }
  requireSuccess(workspace, action, response);
  const ended = stateOf(response);
  if (ended === "failed" || ended === "canceled") throw failed(workspace, action, ended, response);
  return true;
}

/** Throws if a response is not JSON, such as a proxy's page, which says nothing about the operation. */
function requireJson(action: string, response: PipelineResponse): void {
  if (!isError(response)) readJson(action, response);
}

/** The URL to poll; ignored unless it is on Resource Manager's host, because a token is sent there. */
function monitor({ cloud }: Workspace, { headers }: PipelineResponse): string | undefined {
  const url = headers.get("azure-asyncoperation") ?? headers.get("location");
  if (url === undefined || !URL.canParse(url)) return undefined;
  return new URL(url).origin === new URL(cloud.resourceManager).origin ? url : undefined;
}

/** Whether the operation is still running, according to the response's status or the state in its body. */
function isOpen(response: PipelineResponse): boolean {
  if (response.status === 202) return true;
  const state = stateOf(response);
  return !isError(response) && state !== undefined && !ENDS.has(state);
}

const ENDS = new Set(["succeeded", "failed", "canceled"]);

function stateOf({ bodyAsText }: PipelineResponse): string | undefined {
  const { status, properties } = fields(parsedJson(bodyAsText ?? ""));
  const state = fields(properties).provisioningState ?? status;
  return typeof state === "string" ? state.toLowerCase() : undefined;
}

/** The error of an operation that ended as `state`: Azure's own, read like that of a refused request. */
function failed(workspace: Workspace, action: string, state: string, response: PipelineResponse): Error {
  const { error } = fields(parsedJson(response.bodyAsText ?? ""));
  if (fields(error).message !== undefined) return workspace.refused(action, { ...response, status: 400 });
  const message = `Cannot ${action}: the operation ended as "${state}"`;
  // azure.rejected: Azure rejected the request for the reason that the message gives. Change the job or the
  //   command accordingly.
  return new UserError(message, { code: "azure.rejected", exit: ExitCode.Rejected });
}

function unfinished(action: string): UserError {
  return new UserError(`Cannot ${action}: Azure did not finish within ${LONGEST_S / 60} minutes`, {
    // azure.unfinished: A long-running operation did not end in time. Run the command again; nothing is done
    //   twice.
    code: "azure.unfinished",
    exit: ExitCode.Unavailable,
    hint: "Run the command again later; nothing is done twice",
  });
}
