import type { WorkspaceConfig } from "../../../config/azureml/types.ts";
import type { Cloud } from "../../../core/clouds/load.ts";
import type { Context } from "../../../core/context.ts";
import type { HttpMethods, PipelineResponse } from "../../../core/net/azure_http.ts";
import type { TokenChallenge } from "../refusals/challenge.ts";

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

/** One request to a workspace. */
export interface WorkspaceRequest {
  /** What the request does, as in "Cannot <action>". */
  readonly action: string;
  readonly method: HttpMethods;
  /** Path relative to the workspace, such as `jobs/train-1`; empty for the workspace itself. */
  readonly path: string;
  /** ARM id that `path` is relative to, if not the workspace's. */
  readonly below?: string;
  /** Additional query parameters. */
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

/** A workspace, and the means to send requests to it. */
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
  /**
   * Sends one request, retries temporary failures, and returns the parsed response.
   *
   * @throws {UserError} `azure.*` if Azure refuses, `network.*` if it cannot be reached, `auth.*` without a token.
   */
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
  /** Calls `listener` whenever Azure responds with status 429. */
  onThrottled(listener: () => void): void;
  /** Starts to get a token that a later request needs; if that fails, the request tries again and says why. */
  prepareToken(scope: string): void;
  /** The same workspace for work that must not stop halfway: requests outlast an interrupt by some seconds. */
  patient(): Workspace;
}
