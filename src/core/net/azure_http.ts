import {
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
  type HttpClient,
  type HttpMethods,
  isRestError,
  type Pipeline,
  type PipelinePolicy,
  type PipelineRequest,
  type PipelineResponse,
  RestError,
  setClientRequestIdPolicy,
} from "@azure/core-rest-pipeline";
import type { Context } from "../context.ts";
import { connectionCode, isConnectionError, networkSays } from "./network_error.ts";
import { type OnRetry, type RetryEvent, retryPolicy, type RetryPolicyOptions } from "./retry.ts";
import { VERSION } from "../version.ts";

export { createHttpHeaders, createPipelineRequest, isRestError, RestError };
export type {
  HttpClient,
  HttpMethods,
  OnRetry,
  Pipeline,
  PipelinePolicy,
  PipelineRequest,
  PipelineResponse,
  RetryEvent,
};

const ATTEMPT_MS = 100_000;

/** What requests to Azure are made of; a {@linkcode Context} has the first three. */
export interface AzureHttpOptions extends Pick<Context, "fetch">, RetryPolicyOptions {
  /** Comes before the program's own name in the `user-agent` header. */
  readonly userAgent?: string;
  /** (default: `follow`) */
  readonly redirect?: Redirect;
}

/** Makes the pipeline of our own requests: who asks, request ids, and the one retry behaviour. */
export function createAzurePipeline(options: AzureHttpOptions): Pipeline {
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy(userAgent(options.userAgent));
  pipeline.addPolicy(setClientRequestIdPolicy());
  pipeline.addPolicy(retryPolicy(options), { phase: "Retry" });
  return pipeline;
}

/**
 * Makes the `httpClient` of every Azure SDK, with the same pipeline inside; set the SDK's own retries to none
 * (`retryOptions: { maxRetries: 0 }`).
 *
 * A `pipeline` handed to an SDK instead loses the policies that read its answers.
 */
export function createAzureClient(options: AzureHttpOptions): HttpClient {
  const { fetch, redirect = "follow" } = options;
  const [pipeline, http] = [createAzurePipeline(options), createHttpClient(fetch, { redirect })];
  return {
    async sendRequest(request) {
      const response = await pipeline.sendRequest(http, { ...request, headers: headersOf(request) });
      return { ...response, request };
    },
  };
}

/**
 * Makes the Azure SDKs' network out of one function.
 *
 * Each request is one attempt of at most `request.timeout` milliseconds (100 s where it is 0). A connection that
 * cannot be made or breaks is a {@linkcode RestError} with code `ECONNRESET`, which every retry policy knows; one that
 * took too long has `ETIMEDOUT`; a certificate that is not trusted has `CERTIFICATE`, a proxy that wants to know who asks
 * `PROXY_LOGIN`, and neither is tried again.
 */
export function createHttpClient(
  fetch: Context["fetch"],
  { redirect = "follow" }: { redirect?: Redirect } = {},
): HttpClient {
  return { sendRequest: (request) => sendOnce(fetch, request, redirect) };
}

/** `manual` gives an answer that leads elsewhere as it is: what is sent is for that host only. */
export type Redirect = "follow" | "manual";

async function sendOnce(
  toNetwork: Context["fetch"],
  request: PipelineRequest,
  redirect: Redirect,
): Promise<PipelineResponse> {
  const abort = new AbortController();
  const limit = AbortSignal.timeout(request.timeout > 0 ? request.timeout : ATTEMPT_MS);
  const [onLimit, onAbort] = [() => abort.abort(), () => abort.abort()];
  limit.addEventListener("abort", onLimit);
  request.abortSignal?.addEventListener("abort", onAbort);
  if (request.abortSignal?.aborted) abort.abort();
  let streams = false;
  try {
    const body = await replayableBody(request);
    const answer = await toNetwork(
      new Request(request.url, {
        method: request.method,
        headers: headersOf(request).toJSON(),
        signal: abort.signal,
        redirect,
        ...(body === undefined ? {} : { body }),
      }),
    );
    if (body !== undefined) {
      request.onUploadProgress?.({ loadedBytes: body instanceof Uint8Array ? body.byteLength : 0 });
    }
    streams = answer.body !== null && wantsStream(request, answer.status);
    return await toResponse(request, answer, streams);
  } catch (thrown) {
    throw translate(thrown, request, limit);
  } finally {
    limit.removeEventListener("abort", onLimit);
    if (!streams) request.abortSignal?.removeEventListener("abort", onAbort);
  }
}

async function toResponse(
  request: PipelineRequest,
  answer: Response,
  streams: boolean,
): Promise<PipelineResponse> {
  const head = {
    request,
    status: answer.status,
    headers: createHttpHeaders(Object.fromEntries(answer.headers)),
  };
  if (!streams) return { ...head, bodyAsText: await answer.text() };
  // Under Deno the SDKs take themselves to be in Node, and read `readableStreamBody` as a Node stream.
  const { Readable } = await import("node:stream");
  const readableStreamBody = Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0]);
  return { ...head, readableStreamBody };
}

function wantsStream(request: PipelineRequest, status: number): boolean {
  const codes = request.streamResponseStatusCodes;
  return codes !== undefined && status < 400 && (codes.has(status) || codes.has(Number.POSITIVE_INFINITY));
}

/** The headers of a request; `fetch` itself sets the length. */
function headersOf({ headers }: PipelineRequest): PipelineRequest["headers"] {
  const copy = createHttpHeaders(headers.toJSON());
  copy.delete("content-length");
  return copy;
}

/** The body in a form that has a length; a stream can be read once, so its bytes take its place for the next attempt. */
async function replayableBody(request: PipelineRequest): Promise<SentBody | undefined> {
  if (request.method === "GET" || request.method === "HEAD") return undefined;
  const isFunction = typeof request.body === "function";
  const body = await toSentBody(isFunction ? (request.body as () => unknown)() : request.body);
  if (!isFunction && body instanceof Uint8Array) request.body = body;
  return body;
}

function translate(thrown: unknown, request: PipelineRequest, limit: AbortSignal): unknown {
  if (request.abortSignal?.aborted) return new DOMException("The request was stopped", "AbortError");
  if (limit.aborted) {
    const seconds = Math.round((request.timeout || ATTEMPT_MS) / 1000);
    return new RestError(`No answer within ${seconds} s`, { code: "ETIMEDOUT" });
  }
  if (!isConnectionError(thrown)) return thrown;
  return new RestError(networkSays(thrown), { code: connectionCode(thrown) });
}

function userAgent(prefix: string | undefined): PipelinePolicy {
  const value = [prefix, `kedro-azureml/${VERSION}`].filter((part) => part !== undefined).join(" ");
  return {
    name: "userAgent",
    sendRequest(request, next) {
      request.headers.set("user-agent", value);
      return next(request);
    },
  };
}

/** A request body that `fetch` sends with a length: bytes, or a form. */
type SentBody = Uint8Array<ArrayBuffer> | FormData;

/**
 * Turns any request body of an SDK into one that has a length: `fetch` sends streams chunked, without a Content-Length,
 * which blob storage refuses.
 */
async function toSentBody(body: unknown): Promise<SentBody | undefined> {
  if (body === undefined || body === null) return undefined;
  if (typeof body === "string") return new TextEncoder().encode(body);
  if (body instanceof FormData) return body;
  if (body instanceof Blob) return new Uint8Array(await body.arrayBuffer());
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  if (ArrayBuffer.isView(body)) return bytesOf(body);
  return await readAll(body as AsyncIterable<Uint8Array | string>);
}

function bytesOf(view: ArrayBufferView): Uint8Array<ArrayBuffer> {
  return new Uint8Array(view.buffer as ArrayBuffer, view.byteOffset, view.byteLength);
}

async function readAll(stream: AsyncIterable<Uint8Array | string>): Promise<Uint8Array<ArrayBuffer>> {
  const parts: BlobPart[] = [];
  for await (const part of stream) parts.push(typeof part === "string" ? part : bytesOf(part));
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
