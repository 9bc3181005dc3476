import type { WorkspaceConfig } from "../../config/schema.ts";
import { requireWorkspaceNames, workspaceId } from "../../config/workspace.ts";
import { once } from "../../core/async.ts";
import { joinedBytes } from "../../core/bytes.ts";
import type { Context } from "../../core/context.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { trimEnd } from "../../core/format.ts";
import {
  createAzurePipeline,
  createHttpClient,
  createHttpHeaders,
  createPipelineRequest,
  isError,
  isRestError,
  type PipelineRequest,
  type PipelineResponse,
} from "../../core/net/azure_http.ts";
import type { OnRetry } from "../../core/net/retry.ts";
import { requireCloudHost, type Service } from "../../core/net/cloud_hosts.ts";
import type { Cloud } from "../../core/net/clouds.ts";
import { networkError } from "../../core/net/network_error.ts";
import { azureError } from "../errors/azure_error.ts";
import { NO_WORKSPACE, supportedVersion } from "../errors/known_errors.ts";
import { STABLE } from "../../core/net/api_versions.ts";
import { readChallenge, readProblem } from "../errors/problem.ts";
import { createPace } from "./pace.ts";
import {
  type BytesAnswer,
  type HostRequest,
  isPage,
  notFromAzure,
  queryText,
  readJson,
  readResource,
  requireExpected,
  requireSuccess,
  type Tokens,
  type Workspace,
  type WorkspaceRequest,
} from "./workspace.ts";
import { apiVersionFor, versionVariable } from "../../core/net/api_versions.ts";

const COUNTED = ["subscriptions", "providers", "tenants"];

/**
 * Opens a workspace; sends no request yet.
 *
 * @throws {UserError} `config.placeholder`, `workspace.*` for names that Azure cannot have.
 */
export function openWorkspace(
  options: Pick<Context, "env" | "fetch" | "clock" | "random" | "signal"> & {
    readonly cloud: Cloud;
    readonly config: WorkspaceConfig;
    readonly tokens: Tokens;
    /** Whether its names may be any, as those of the emulator, instead of names that Azure allows. */
    readonly anyNames?: boolean;
    readonly onRetry?: OnRetry;
    /** Timeout of one attempt in milliseconds (default: 100,000). */
    readonly attemptMs?: number;
    /** Retries after a timeout (default: as for any other failure). */
    readonly maxTimeoutRetries?: number;
    /** Signal and tokens for {@linkcode Workspace.patient} (default: those of all other requests). */
    readonly patience?: { readonly signal: AbortSignal; readonly tokens: Tokens };
  },
): Workspace {
  const { cloud, config, tokens, env, clock, random, signal, attemptMs, anyNames = false } = options;
  if (!anyNames) requireWorkspaceNames(config);
  const listeners: ((waitMs: number) => unknown)[] = [];
  const onRetry: OnRetry = (event) => {
    if (event.status === 429 && listeners.map((listener) => listener(event.waitMs)).includes(false)) {
      return false;
    }
    options.onRetry?.(event);
  };
  const pipeline = createAzurePipeline({ ...options, onRetry });
  const pipelineOnce = once(() => createAzurePipeline({ ...options, maxRetries: 0 }));
  const http = createHttpClient(options.fetch);
  const pace = createPace(options);
  const id = workspaceId(config);
  /** The kinds, by their variables, whose api-version this cloud does not have. */
  const lacking = new Set<string>();

  async function ask(
    { action, method, url, headers, body, scope, sentOnce }: HostRequest,
    streams = false,
  ): Promise<PipelineResponse> {
    requireCloudHost(cloud, { action, url, services: servicesOf(cloud, scope) });
    const { origin, pathname } = exactUrl(action, url);
    const request = createPipelineRequest({
      url,
      method,
      abortSignal: signal,
      headers: createHttpHeaders(headers),
      ...(attemptMs !== undefined && { timeout: attemptMs }),
    });
    if (body !== undefined) request.body = body;
    if (streams) request.streamResponseStatusCodes = new Set([200, 206]);
    // An emulator has run history and storage at the same origin, which are not limited.
    const isCounted = origin === new URL(cloud.resourceManager).origin &&
      COUNTED.includes(pathname.split("/")[1]!.toLowerCase());
    const sendOnce = async () => {
      try {
        const send = () => (sentOnce ? pipelineOnce() : pipeline).sendRequest(http, request);
        return await (isCounted ? pace.send(method, send) : send());
      } catch (thrown) {
        throw isRestError(thrown) ? networkError(action, url, thrown) : thrown;
      }
    };
    const response = scope === undefined ? await sendOnce() : await authorized(scope, request, sendOnce);
    const isRedirect = response.status >= 300 && !isError(response);
    if (!isRedirect && !isPage(response)) return response;
    throw notFromAzure(action, url, response.status, response.headers.get("location"));
  }

  /** Sends with a token; if Azure demands another one, gets it and sends again, which is safe after a 401. */
  async function authorized(
    scope: string,
    { headers }: PipelineRequest,
    sendOnce: () => Promise<PipelineResponse>,
  ): Promise<PipelineResponse> {
    let { token } = await tokens.getToken(scope);
    for (let answered = 0;; answered++) {
      headers.set("authorization", `Bearer ${token}`);
      const response = await sendOnce();
      if (response.status !== 401 || answered === CHALLENGES_PER_REQUEST) return response;
      const { headers: received, bodyAsText } = response;
      const header = (name: string) => received.get(name);
      const challenge = readChallenge(header, readProblem({ text: bodyAsText ?? "", header }));
      // As after the machine has slept.
      const isExpired = answered === 0 && /Expired/i.test(`${header("www-authenticate")} ${bodyAsText}`);
      if (challenge === undefined && !isExpired) return response;
      const refused = token;
      ({ token } = await tokens.getToken(scope, { ...challenge, refused }));
      if (token === refused) return response;
    }
  }

  async function read(request: Omit<HostRequest, "method" | "body">): Promise<BytesAnswer> {
    for (let attempt = 1;; attempt++) {
      const response = await ask({ ...request, method: "GET" }, true);
      try {
        return { response, bytes: await bytesOf(response) };
      } catch (thrown) {
        signal.throwIfAborted();
        if (attempt === BODY_ATTEMPTS) throw networkError(request.action, request.url, thrown as Error);
      }
    }
  }

  async function exchange(
    { action, method, path, below = id, query, body, secondScope, sentOnce }: WorkspaceRequest,
  ) {
    const at = `${cloud.resourceManager}${below}${path === "" ? "" : `/${path}`}`;
    if (/[?#]/.test(at)) throw unsafeName(action);
    const url = exactUrl(action, at);
    const second = secondScope === undefined ? undefined : (await tokens.getToken(secondScope)).token;
    const sendWith = (version: string) => {
      url.search = queryText({ "api-version": version, ...query });
      return ask({
        action,
        method,
        url: url.href,
        scope: cloud.resourceManagerScope,
        headers: {
          accept: "application/json",
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(second === undefined ? {} : { "x-azureml-token": second }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(sentOnce && { sentOnce }),
      });
    };
    const variable = versionVariable(path);
    const version = lacking.has(variable) ? STABLE : apiVersionFor(path, env);
    let response = await sendWith(version);
    // A cloud that refuses an api-version has done nothing yet.
    if (isError(response) && version !== STABLE && !env[variable] && lacksVersion(response)) {
      lacking.add(variable);
      response = await sendWith(STABLE);
    }
    requireExpected({ action, method, path, below }, response);
    return response;
  }

  function refused(action: string, response: PipelineResponse): Error {
    const { status, bodyAsText, headers, request: { url } } = response;
    const [, below] = url.split("?", 1)[0]!.split(id);
    return azureError({
      action,
      status,
      text: bodyAsText ?? "",
      header: (name) => headers.get(name),
      workspace: config,
      url,
      ...(below !== undefined && { versionVariable: versionVariable(below.slice(1)) }),
      method: response.request.method,
      now: clock.now(),
    });
  }

  async function find<T>(request: WorkspaceRequest): Promise<T | undefined> {
    const response = await exchange(request);
    if (isMissing(response)) return undefined;
    requireSuccess({ refused }, request.action, response);
    return answerOf<T>(request, response);
  }

  async function send<T>(request: WorkspaceRequest): Promise<T> {
    const response = await exchange(request);
    requireSuccess({ refused }, request.action, response);
    return answerOf<T>(request, response);
  }

  const patient = once(() => openWorkspace({ ...options, ...options.patience }));
  return {
    config,
    cloud,
    tenant: () => tokens.identity?.()?.tenantId,
    id,
    clock,
    random,
    signal,
    send,
    find,
    exchange,
    ask,
    read,
    isMissing,
    refused,
    onThrottled: (listener) => void listeners.push(listener),
    prepareToken: (scope) => void tokens.getToken(scope).catch(() => {}),
    patient,
  };
}

/**
 * A URL with the path as it is written: a name such as `..` in it, which is the same when encoded, must not lead to
 * another resource.
 */
function exactUrl(action: string, text: string): URL {
  const url = new URL(text);
  const depth = (address: string) => trimEnd(address, "/").split("/").length;
  if (depth(text.split(/[?#]/, 1)[0]!) !== depth(url.origin + url.pathname)) throw unsafeName(action);
  return url;
}

/** The error for a name that would lead to another resource. */
export function unsafeName(action: string): UserError {
  return new UserError(`Cannot ${action}: nothing in Azure has that name`, {
    // azure.not_found: The workspace or another resource does not exist. Correct `workspace` in azureml.yml,
    //   or create it.
    code: "azure.not_found",
    exit: ExitCode.Rejected,
    hint: "Correct the name",
  });
}

function answerOf<T>({ action, answers }: WorkspaceRequest, response: PipelineResponse): T {
  return answers === undefined ? readJson<T>(action, response) : readResource<T>(action, response, answers);
}

/** The services that accept tokens of a scope; any of them without a token. */
function servicesOf(cloud: Cloud, scope: string | undefined): readonly Service[] {
  return scope === undefined
    ? ["azureml", "storage"]
    : [scope === cloud.storageScope ? "storage" : "azureml"];
}

/** Maximum number of challenges to answer for one request: another tenant, then claims, and one spare. */
const CHALLENGES_PER_REQUEST = 3;

/** Maximum number of attempts to read a body that breaks off. */
const BODY_ATTEMPTS = 3;

async function bytesOf({ readableStreamBody }: PipelineResponse): Promise<Uint8Array<ArrayBuffer>> {
  if (readableStreamBody === undefined) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  for await (const chunk of readableStreamBody) chunks.push(chunk as unknown as Uint8Array);
  return joinedBytes(chunks);
}

/** Whether Azure refused the api-version of a request, and has the one that serves in its place. */
function lacksVersion({ bodyAsText, headers }: PipelineResponse): boolean {
  const azure = readProblem({ text: bodyAsText ?? "", header: (name) => headers.get(name) });
  return azure !== undefined && supportedVersion(azure) === STABLE;
}

/** Whether a 404 is about the requested resource rather than the workspace that should hold it, or the api-version. */
function isMissing({ status, bodyAsText }: PipelineResponse): boolean {
  return status === 404 &&
    !/SubscriptionNotFound|InvalidSubscriptionId|ResourceGroupNotFound|InvalidResourceType/.test(
      bodyAsText ?? "",
    ) &&
    !NO_WORKSPACE.test(bodyAsText ?? "");
}
