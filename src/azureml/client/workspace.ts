import {
  createAzurePipeline,
  createHttpClient,
  createHttpHeaders,
  createPipelineRequest,
  type HttpMethods,
  isRestError,
  type OnRetry,
  type PipelineRequest,
  type PipelineResponse,
} from "../../core/net/azure_http.ts";
import type { Cloud } from "../../core/clouds/load.ts";
import type { WorkspaceConfig } from "../../config/azureml/types.ts";
import type { Context } from "../../core/context.ts";
import { networkError } from "../../core/net/network_error.ts";
import { joinedBytes } from "../../core/bytes.ts";
import { once } from "../../core/once.ts";
import { apiVersionFor } from "./api_versions.ts";
import { readChallenge, type TokenChallenge } from "../refusals/challenge.ts";
import { readProblem } from "../refusals/read.ts";
import { queryText } from "./query.ts";
import { azureError } from "../refusals/to_error.ts";
import { readJson, readResource } from "./read_json.ts";

/** Anything that gives tokens; credentials do. */
export interface Tokens {
  /**
   * @param challenge The token that Azure refused, and what it demands of another.
   * @throws {UserError} `auth.*`, for a demand that cannot be met too.
   */
  getToken(
    scope: string,
    challenge?: TokenChallenge & { readonly refused: string },
  ): Promise<{ readonly token: string }>;
}

/** One request to a workspace. */
export interface WorkspaceRequest {
  /** What is being done, as in "Cannot <action>". */
  readonly action: string;
  readonly method: HttpMethods;
  /** Below the workspace, such as `jobs/train-1`; empty for the workspace itself. */
  readonly path: string;
  /** Resource Manager id of another resource that `path` is below. */
  readonly below?: string;
  /** Further parts of the query. */
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Scope of a second token, which goes into `x-azureml-token`. */
  readonly secondScope?: string;
  /** Whether it is never sent again: because its work would be done twice. */
  readonly sentOnce?: boolean;
  /** Fields of the answer that must be objects, such as `properties`; then the answer must be one, too. */
  readonly answers?: readonly string[];
}

/** A request to another host: run history, blobs. */
export interface HostRequest {
  readonly action: string;
  readonly method: HttpMethods;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  /** Scope of the token; none is sent where it is absent, as for a URL with a SAS. */
  readonly scope?: string;
  /** As for {@linkcode WorkspaceRequest.sentOnce}. */
  readonly sentOnce?: boolean;
}

/** An answer whose body is read as bytes; those of a refusal are left out. */
export interface BytesAnswer {
  readonly response: PipelineResponse;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A workspace, and how to ask for what is in it. */
export interface Workspace {
  readonly config: WorkspaceConfig;
  readonly cloud: Cloud;
  /** Its Resource Manager id, which starts with `/subscriptions/`. */
  readonly id: string;
  readonly clock: Context["clock"];
  readonly random: Context["random"];
  readonly signal: AbortSignal;
  /**
   * Sends one request, tries again what may pass, and reads the answer.
   *
   * @throws {UserError} `azure.*` when Azure refuses, `network.*` when it cannot be reached, `auth.*` without a token.
   */
  send<T>(request: WorkspaceRequest): Promise<T>;
  /** The same, but `undefined` when there is no such thing; an answer without a body is `null`. */
  find<T>(request: WorkspaceRequest): Promise<T | undefined>;
  /** The same, but gives the answer as it came, refusals too. */
  exchange(request: WorkspaceRequest): Promise<PipelineResponse>;
  /** Asks another host, and gives every answer that it got, refusals too. */
  ask(request: HostRequest): Promise<PipelineResponse>;
  /**
   * Reads bytes from another host, and gives every answer that it got, refusals too; one that breaks off is asked for
   * again.
   *
   * @throws {UserError} `network.*`.
   */
  read(request: Omit<HostRequest, "method" | "body">): Promise<BytesAnswer>;
  /** Whether an answer says that the resource itself does not exist, and not the workspace around it. */
  isMissing(response: PipelineResponse): boolean;
  /** Turns a refusal that {@linkcode ask} gave into an error. */
  refused(action: string, response: PipelineResponse): Error;
  /** Calls `listener` whenever Azure answers 429. */
  onThrottled(listener: () => void): void;
  /** The same workspace for what must not be left half done: its requests outlast an interrupt for some seconds. */
  patient(): Workspace;
}

/** What {@linkcode openWorkspace} needs. */
export interface WorkspaceOptions extends Pick<Context, "env" | "fetch" | "clock" | "random" | "signal"> {
  readonly cloud: Cloud;
  readonly config: WorkspaceConfig;
  readonly tokens: Tokens;
  readonly onRetry?: OnRetry;
  /** Milliseconds that one attempt may take; 100 s where absent. */
  readonly attemptMs?: number;
  /** How often it is tried again where no answer came in time; as any other failure where absent. */
  readonly maxSilences?: number;
  /** What stops the requests of {@linkcode Workspace.patient}, and its tokens; else they are as all others. */
  readonly patience?: { readonly signal: AbortSignal; readonly tokens: Tokens };
}

/** Opens a workspace; nothing is asked before the first request. */
export function openWorkspace(options: WorkspaceOptions): Workspace {
  const { cloud, config, tokens, env, clock, random, signal, attemptMs } = options;
  const listeners: (() => void)[] = [];
  const onRetry: OnRetry = (event) => {
    options.onRetry?.(event);
    if (event.status === 429) { for (const listener of listeners) listener(); }
  };
  const pipeline = createAzurePipeline({ ...options, onRetry });
  const pipelineOnce = once(() => createAzurePipeline({ ...options, maxRetries: 0 }));
  const http = createHttpClient(options.fetch);
  const id = workspaceId(config);

  async function ask(
    { action, method, url, headers, body, scope, sentOnce }: HostRequest,
    streams = false,
  ): Promise<PipelineResponse> {
    const request = createPipelineRequest({
      url,
      method,
      abortSignal: signal,
      headers: createHttpHeaders(headers),
      ...(attemptMs !== undefined && { timeout: attemptMs }),
    });
    if (body !== undefined) request.body = body;
    if (streams) request.streamResponseStatusCodes = new Set([200, 206]);
    const sendOnce = async () => {
      try {
        return await (sentOnce ? pipelineOnce() : pipeline).sendRequest(http, request);
      } catch (thrown) {
        throw isRestError(thrown) ? networkError(action, url, thrown) : thrown;
      }
    };
    return scope === undefined ? await sendOnce() : await authorized(scope, request, sendOnce);
  }

  /** Sends with a token; where Azure demands another one, gets that and sends again, which is safe after a 401. */
  async function authorized(
    scope: string,
    { headers }: PipelineRequest,
    sendOnce: () => Promise<PipelineResponse>,
  ): Promise<PipelineResponse> {
    let { token } = await tokens.getToken(scope);
    for (let answered = 0;; answered++) {
      headers.set("authorization", `Bearer ${token}`);
      const response = await sendOnce();
      if (response.status !== 401 || answered === MAX_CHALLENGES) return response;
      const { headers: received, bodyAsText } = response;
      const header = (name: string) => received.get(name);
      const challenge = readChallenge(header, readProblem({ text: bodyAsText ?? "", header }));
      if (challenge === undefined) return response;
      ({ token } = await tokens.getToken(scope, { ...challenge, refused: token }));
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
    const url = new URL(`${cloud.resourceManager}${below}${path === "" ? "" : `/${path}`}`);
    url.search = queryText({ "api-version": apiVersionFor(path, env), ...query });
    const second = secondScope === undefined ? undefined : (await tokens.getToken(secondScope)).token;
    return await ask({
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
  }

  function refused(action: string, response: PipelineResponse): Error {
    const { status, bodyAsText, headers } = response;
    return azureError({
      action,
      status,
      text: bodyAsText ?? "",
      header: (name) => headers.get(name),
      workspace: config,
      url: response.request.url,
      now: clock.now(),
    });
  }

  async function find<T>(request: WorkspaceRequest): Promise<T | undefined> {
    const response = await exchange(request);
    if (isMissing(response)) return undefined;
    if (response.status >= 400) throw refused(request.action, response);
    return answerOf<T>(request, response);
  }

  async function send<T>(request: WorkspaceRequest): Promise<T> {
    const response = await exchange(request);
    if (response.status >= 400) throw refused(request.action, response);
    return answerOf<T>(request, response);
  }

  const patient = once(() => openWorkspace({ ...options, ...options.patience }));
  return {
    config,
    cloud,
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
    patient,
  };
}

function answerOf<T>({ action, answers }: WorkspaceRequest, response: PipelineResponse): T {
  return answers === undefined ? readJson<T>(action, response) : readResource<T>(action, response, answers);
}

/** How many demands of Azure are met for one request: another tenant, then claims, and once more. */
const MAX_CHALLENGES = 3;

/** Answers to one request that may break off before its end. */
const BODY_ATTEMPTS = 3;

async function bytesOf({ readableStreamBody }: PipelineResponse): Promise<Uint8Array<ArrayBuffer>> {
  if (readableStreamBody === undefined) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  for await (const chunk of readableStreamBody) chunks.push(chunk as unknown as Uint8Array);
  return joinedBytes(chunks);
}

/** The Resource Manager id of a workspace, which starts with `/subscriptions/`. */
export function workspaceId(config: WorkspaceConfig): string {
  return `/subscriptions/${config.subscription_id}/resourceGroups/${config.resource_group}` +
    `/providers/Microsoft.MachineLearningServices/workspaces/${config.name}`;
}

/** Whether a 404 is about the resource that was asked for, and not about the workspace that should hold it. */
function isMissing({ status, bodyAsText }: PipelineResponse): boolean {
  return status === 404 &&
    !/SubscriptionNotFound|InvalidSubscriptionId|ResourceGroupNotFound|WorkspaceNotFound/.test(
      bodyAsText ?? "",
    );
}
