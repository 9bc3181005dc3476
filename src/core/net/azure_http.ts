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
import { joinedBytes } from "../bytes.ts";
import type { Context } from "../context.ts";
import { VERSION } from "../version.ts";
import { connectionCode, isConnectionError, networkSays } from "./network_error.ts";
import { retryPolicy, type RetryPolicyOptions } from "./retry.ts";

export { createHttpHeaders, createPipelineRequest, isRestError, RestError };

export type { HttpClient, HttpMethods, Pipeline, PipelinePolicy, PipelineRequest, PipelineResponse };

const ATTEMPT_MS = 100_000;

interface AzureHttpOptions extends Pick<Context, "fetch">, RetryPolicyOptions {
  /** Prefix of the `user-agent` header, before the program's own name. */
  readonly userAgent?: string;
}

/** Creates the pipeline for our own requests: user agent, request ids and the program's only retry policy. */
export function createAzurePipeline(options: AzureHttpOptions): Pipeline {
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy(userAgent(options.userAgent));
  pipeline.addPolicy(setClientRequestIdPolicy());
  pipeline.addPolicy(retryPolicy(options), { phase: "Retry" });
  return pipeline;
}

/**
 * Creates the `httpClient` for Azure SDKs, with the same pipeline inside. Disable the SDK's own retries
 * (`retryOptions: { maxRetries: 0 }`).
 *
 * Do not pass a `pipeline` to an SDK instead: it would lose the policies that parse responses.
 */
export function createAzureClient(options: AzureHttpOptions): HttpClient {
  const [pipeline, http] = [createAzurePipeline(options), createHttpClient(options.fetch)];
  return {
    async sendRequest(request) {
      const response = await pipeline.sendRequest(http, { ...request, headers: headersOf(request) });
      return { ...response, request };
    },
  };
}

/**
 * Creates an HTTP client from a `fetch` function.
 *
 * Each request is a single attempt of at most `request.timeout` milliseconds (100 s if 0). Failures are
 * {@linkcode RestError}s: `ECONNRESET`, which every retry policy knows, if the connection cannot be made or breaks;
 * `ETIMEDOUT` if it takes too long; `CERTIFICATE` for an untrusted certificate; `PROXY_LOGIN` if a proxy requires
 * authentication. The last two are not retried.
 *
 * A redirect is returned as it is, because tokens and bodies are only meant for the original host.
 */
export function createHttpClient(fetch: Context["fetch"]): HttpClient {
  return { sendRequest: (request) => sendOnce(fetch, request) };
}

async function sendOnce(
  toNetwork: Context["fetch"],
  request: PipelineRequest,
): Promise<PipelineResponse> {
  const abort = new AbortController();
  const limitMs = request.timeout || ATTEMPT_MS;
  const limit = AbortSignal.timeout(limitMs);
  const [onLimit, onAbort] = [() => abort.abort(), () => abort.abort()];
  limit.addEventListener("abort", onLimit);
  request.abortSignal?.addEventListener("abort", onAbort);
  if (request.abortSignal?.aborted) abort.abort();
  let streams = false;
  try {
    const body = await replayableBody(request);
    const response = await toNetwork(
      new Request(request.url, {
        method: request.method,
        headers: headersOf(request).toJSON(),
        signal: abort.signal,
        redirect: "manual",
        ...(body === undefined ? {} : { body: body instanceof Uint8Array ? inPieces(body) : body }),
      }),
    );
    if (body !== undefined) {
      request.onUploadProgress?.({ loadedBytes: body instanceof Uint8Array ? body.byteLength : 0 });
    }
    streams = response.body !== null && wantsStream(request, response.status);
    return await toResponse(request, response, streams);
  } catch (thrown) {
    throw translate(thrown, request, limit.aborted ? limitMs : undefined);
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
  if (!streams) return { ...head, bodyAsText: await textOf(answer) };
  // Under Deno the SDKs assume Node, and expect a Node stream in `readableStreamBody`.
  const { Readable } = await import("node:stream");
  const readableStreamBody = Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0]);
  return { ...head, readableStreamBody };
}

/** Far more than Azure answers with; an answer without an end, or one that unpacks to a thousand times as much, is none. */
const MOST_TEXT_BYTES = 64 * 1024 * 1024;

async function textOf({ status, body }: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body ?? []) {
    size += part.length;
    if (size > MOST_TEXT_BYTES) throw new RestError(`It answered with status ${status} and more than 64 MiB`);
    parts.push(part);
  }
  return new TextDecoder().decode(joinedBytes(parts));
}

function wantsStream(request: PipelineRequest, status: number): boolean {
  const codes = request.streamResponseStatusCodes;
  return codes !== undefined && !isError({ status }) &&
    (codes.has(status) || codes.has(Number.POSITIVE_INFINITY));
}

/** The headers of a request without `content-length`, which `fetch` sets itself. */
function headersOf({ headers }: PipelineRequest): PipelineRequest["headers"] {
  const copy = createHttpHeaders(headers.toJSON());
  copy.delete("content-length");
  return copy;
}

/** The body in a form that has a length. A stream can only be read once, so its bytes replace it for later attempts. */
async function replayableBody(request: PipelineRequest): Promise<SentBody | undefined> {
  if (request.method === "GET" || request.method === "HEAD") return undefined;
  const given: unknown = request.body;
  const body = await toSentBody(typeof given === "function" ? given() : given);
  if (body instanceof Uint8Array) request.body = body;
  return body;
}

/** @param afterMs The time limit, if it was exceeded. */
function translate(thrown: unknown, request: PipelineRequest, afterMs: number | undefined): unknown {
  if (request.abortSignal?.aborted) return new DOMException("The request was stopped", "AbortError");
  if (afterMs !== undefined) {
    return new RestError(`No answer within ${Math.round(afterMs / 1000)} s`, { code: "ETIMEDOUT" });
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

/** A request body that `fetch` sends with a length: bytes or a form. */
type SentBody = Uint8Array<ArrayBuffer> | FormData;

/**
 * Converts any request body of an SDK to one with a length: `fetch` sends streams chunked, without Content-Length,
 * which blob storage rejects.
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

export function isError({ status }: Pick<PipelineResponse, "status">): boolean {
  return status >= 400;
}

/** Larger pieces take more memory in each connection, smaller ones more time. */
const PIECE_BYTES = 64 * 1024;

/**
 * Converts bytes to a body that `fetch` sends piece by piece, with its length. An array would be copied twice: to the
 * request, until the next garbage collection, and to a buffer that the connection keeps until it is closed.
 */
function inPieces(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | Blob {
  return bytes.length <= PIECE_BYTES ? bytes : new Pieces(bytes);
}

/** Of the streams, `fetch` sends only those of a `Blob` with a length; its constructor would copy the bytes. */
class Pieces extends Blob {
  readonly #bytes: Uint8Array<ArrayBuffer>;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    super();
    this.#bytes = bytes;
  }

  override get size(): number {
    return this.#bytes.length;
  }

  override stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    let sentBytes = 0;
    return new ReadableStream({
      pull: (controller) => {
        controller.enqueue(this.#bytes.subarray(sentBytes, sentBytes + PIECE_BYTES));
        sentBytes += PIECE_BYTES;
        if (sentBytes >= this.#bytes.length) controller.close();
      },
    });
  }
}
