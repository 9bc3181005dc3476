import type {
  AccountInfo,
  AuthenticationResult,
  DeviceCodeRequest,
  ICachePlugin,
  INetworkModule,
} from "@azure/msal-node";
import { ExitCode, UserError } from "../core/errors.ts";
import { fields, parsedJson } from "../core/json.ts";
import {
  createAzureClient,
  createHttpHeaders,
  createPipelineRequest,
  type HttpClient,
} from "../core/net/azure_http.ts";
import { networkError } from "../core/net/network_error.ts";
import { redact } from "../core/secrets.ts";
import type { CredentialContext, CredentialOptions } from "./credential.ts";
import { entraError, type EntraProblem, type EntraSubject, readEntraProblem } from "./entra_errors.ts";

export type { AccountInfo, AuthenticationResult };

/** The code that the person has to enter, as MSAL passes it. */
export type DeviceCodeResponse = Parameters<DeviceCodeRequest["deviceCodeCallback"]>[0];

/** Loads the package, which is only needed once a person signs in. */
export const loadMsal = () => import("@azure/msal-node");

export function msalNetwork({ client }: SignInClient): INetworkModule {
  async function send<T>(
    method: "GET" | "POST",
    url: string,
    { headers = {}, body }: Parameters<INetworkModule["sendPostRequestAsync"]>[1] = {},
  ) {
    const { status, headers: received, bodyAsText } = await client.sendRequest(
      createPipelineRequest({
        url,
        method,
        headers: createHttpHeaders(headers),
        ...(body === undefined ? {} : { body }),
      }),
    );
    return { status, headers: received.toJSON(), body: JSON.parse(bodyAsText || "{}") as T };
  }
  return {
    sendGetRequestAsync: (url, options) => send("GET", url, options),
    sendPostRequestAsync: (url, options) => send("POST", url, options),
  };
}

/** Persistent storage of MSAL's token cache, which is as secret as a password. */
export interface Keeper {
  load(): Promise<string>;
  save(cache: string): Promise<void>;
}

/** Makes MSAL load the stored cache before each use, and save it after changes. */
export function cachePlugin({ load, save }: Keeper): ICachePlugin {
  return {
    beforeCacheAccess: async ({ tokenCache }) => tokenCache.deserialize(await load()),
    afterCacheAccess: async ({ cacheHasChanged, tokenCache }) => {
      if (cacheHasChanged) await save(tokenCache.serialize());
    },
  };
}

/** Requires a tenant id or domain before it becomes part of a URL. @throws {UserError} `auth.tenant`. */
export function requireTenant(tenant: string, credential: string): void {
  if (/^[0-9A-Za-z.-]+$/.test(tenant) && /[0-9A-Za-z]/.test(tenant)) return;
  throw invalid(credential, `"${tenant}" is neither a tenant id nor a domain`);
}

/**
 * Like {@linkcode requireTenant}, but also rejects names for any tenant, such as `common`: applications and workloads
 * belong to one tenant.
 *
 * @throws {UserError} `auth.tenant`.
 */
export function requireOneTenant(tenant: string, credential: string): void {
  requireTenant(tenant, credential);
  if (!/^(common|organizations|consumers)$/i.test(tenant)) return;
  throw invalid(credential, `it needs a specific tenant, not "${tenant}"`);
}

function invalid(credential: string, problem: string): UserError {
  return new UserError(`Cannot sign in with ${credential}: ${problem}`, {
    // auth.tenant: The tenant is neither a GUID nor a domain name. Correct AZURE_TENANT_ID or `--tenant`.
    code: "auth.tenant",
    hint: "Set AZURE_TENANT_ID or `--tenant` to the output of `az account show --query tenantId`",
  });
}

/** Timeout of one request of a sign-in. */
export const ATTEMPT_MS = 15_000;
/** How often it is retried. */
export const RETRIES = { maxRetries: 3, maxTimeoutRetries: 1 } as const;

/** More of an error is not read; Entra ID's are about 1 KiB. */
const MOST_CHARACTERS = 64 * 1024;

/** The HTTP client of a sign-in, which keeps the last response to explain failures. */
interface SignInClient {
  readonly client: HttpClient;
  /** When the last token expires, by its lifetime and this machine's clock; `otherwise` if it has none. */
  expiry(otherwise: Date): Date;
  /**
   * Runs sign-ins one after the other, so that the last response belongs to this one and explains its failure.
   *
   * @param explain Explains a failure better than the response, given the last error response of Entra ID.
   */
  run<T>(
    subject: EntraSubject,
    signIn: () => Promise<T>,
    explain?: (thrown: unknown, problem: EntraProblem | undefined) => UserError | undefined,
  ): Promise<T>;
}

export function createSignInClient(
  ctx: CredentialContext,
  { secrets, onRetry }: Pick<CredentialOptions, "onRetry"> & {
    /** Values to mask in every message. */
    readonly secrets: readonly (string | undefined)[];
  },
): SignInClient {
  const inner = createAzureClient({
    ...ctx,
    ...RETRIES,
    ...(onRetry === undefined ? {} : { onRetry }),
  });
  let problem: EntraProblem | undefined;
  let failure: { url: string; error: unknown } | undefined;
  let lifetimeMs: number | undefined;
  let status = 0;
  const client: HttpClient = {
    async sendRequest(request) {
      [problem, failure, status] = [undefined, undefined, 0];
      request.timeout = ATTEMPT_MS;
      // The SDK passes its own signal, which Ctrl+C does not abort.
      const own = request.abortSignal;
      request.abortSignal = own instanceof AbortSignal ? AbortSignal.any([own, ctx.signal]) : ctx.signal;
      try {
        const response = await inner.sendRequest(request);
        const text = response.bodyAsText ?? "";
        status = response.status;
        if (status >= 400) problem = readEntraProblem(text.slice(0, MOST_CHARACTERS), secrets);
        const body = parsedJson(text);
        if (status >= 300 || typeof body !== "object") {
          failure = { url: request.url, error: new Error(`It answered with status ${status}`) };
        } else lifetimeMs = readLifetimeMs(body) ?? lifetimeMs;
        const { access_token } = fields(body);
        if (access_token !== undefined && (typeof access_token !== "string" || lifetimeMs === undefined)) {
          throw new Error("It answered with a token that is not text, or does not say when it expires");
        }
        return response;
      } catch (error) {
        failure = { url: request.url, error };
        throw error;
      }
    },
  };

  /** The error to throw for the last failure; `undefined` if no request failed. */
  function explained(subject: EntraSubject): unknown {
    const isBusy = status === 429 || status >= 500;
    if (isBusy && problem?.code === undefined) return busy(subject, status);
    if (problem !== undefined) return entraError(problem, subject);
    if (failure === undefined) return undefined;
    const { url, error } = failure;
    if (error instanceof UserError || !(error instanceof Error)) return error;
    const redacted = new Error(redact(error.message, secrets));
    return networkError(`sign in with ${subject.credential}`, url, redacted);
  }

  let last: Promise<unknown> = Promise.resolve();
  return {
    client,
    expiry: (otherwise) =>
      lifetimeMs === undefined ? otherwise : new Date(ctx.clock.now().getTime() + lifetimeMs),
    run(subject, signIn, explain) {
      const next = last.catch(() => {}).then(async () => {
        [problem, failure, lifetimeMs] = [undefined, undefined, undefined];
        try {
          return await signIn();
        } catch (thrown) {
          ctx.signal.throwIfAborted();
          if (thrown instanceof UserError) throw thrown;
          throw explain?.(thrown, problem) ?? explained(subject) ?? unexplained(thrown, subject, secrets);
        }
      });
      last = next;
      return next;
    },
  };
}

/** The error for a failure of the library itself, without an HTTP response; its message may contain secrets. */
function unexplained(
  thrown: unknown,
  { credential }: EntraSubject,
  secrets: readonly (string | undefined)[],
): UserError {
  const message = thrown instanceof Error ? thrown.message.split("\n")[0]! : String(thrown);
  return new UserError(`Cannot sign in with ${credential}: ${redact(message, secrets)}`, {
    code: "auth.refused",
    hint: "Run `kedro-azureml auth status`",
  });
}

function busy({ credential }: EntraSubject, status: number): UserError {
  return new UserError(
    `Cannot sign in with ${credential}: Entra ID answered with status ${status} after ${
      RETRIES.maxRetries + 1
    } attempts`,
    {
      // auth.busy: Entra ID kept answering with an error. Try again in a few minutes, then run `kedro-azureml
      //   doctor`.
      code: "auth.busy",
      exit: ExitCode.Unavailable,
      hint:
        "Try again in a few minutes; if it happens again, run `kedro-azureml doctor`: a proxy may be answering instead",
      data: { status },
    },
  );
}

function readLifetimeMs(body: unknown): number | undefined {
  const seconds = Number(fields(body).expires_in);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
}
