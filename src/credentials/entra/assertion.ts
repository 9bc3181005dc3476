import { fields, parsedJson, textOf } from "../../core/fields.ts";
import {
  createAzureClient,
  createHttpHeaders,
  createPipelineRequest,
  isRestError,
  type PipelineResponse,
} from "../../core/net/azure_http.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { networkError } from "../../core/net/network_error.ts";
import type {
  Credential,
  CredentialContext,
  CredentialName,
  CredentialOptions,
  Token,
  TokenDemand,
} from "../credential.ts";
import { sdkCredential } from "./sdk.ts";

/** A credential that exchanges assertions of an outside issuer for tokens. */
export interface Federation extends CredentialOptions {
  readonly credential: CredentialName;
  readonly tenant: string;
  readonly clientId: string;
  /** Returns a fresh assertion; called for each token, because assertions expire within minutes. */
  readonly assertion: () => Promise<string>;
}

/** Older assertions may have expired while Entra ID was busy, so it is worth retrying with a fresh one. */
const OLD_MS = 60_000;

/**
 * Creates a credential that exchanges assertions of an outside issuer for tokens.
 *
 * @throws {UserError} from `getToken`: as {@linkcode sdkCredential}, and the errors of `assertion`.
 */
export function federatedCredential(
  ctx: CredentialContext,
  federation: Federation,
): Credential {
  const getToken: Credential["getToken"] = async (scope, demand = {}) => {
    const askedAt = ctx.clock.now().getTime();
    try {
      return await exchange(ctx, federation, scope, demand);
    } catch (thrown) {
      const age = ctx.clock.now().getTime() - askedAt;
      if (!(thrown instanceof UserError && thrown.code === "auth.aadsts700024") || age < OLD_MS) throw thrown;
      return await exchange(ctx, federation, scope, demand);
    }
  };
  return { name: federation.credential, getToken };
}

async function exchange(
  ctx: CredentialContext,
  { credential, tenant, clientId, assertion, cloud, onRetry }: Federation,
  scope: string,
  demand: TokenDemand,
): Promise<Token> {
  const value = (await assertion()).trim();
  if (value === "") {
    throw new UserError(`Cannot sign in with ${credential}: the assertion is empty`, {
      code: "auth.assertion",
      hint: credential === "workload-identity"
        ? "Check what writes the file in AZURE_FEDERATED_TOKEN_FILE"
        : "Check what issues the assertion",
    });
  }
  const getToken = sdkCredential(ctx, { cloud, onRetry }, {
    subject: { credential, tenant, clientId },
    secrets: [value],
    create: (sdk, options) => new sdk.ClientAssertionCredential(tenant, clientId, async () => value, options),
  });
  return await getToken(scope, demand);
}

/** How to request an assertion from the CI system that runs this job. */
export interface AssertionRequest {
  /** Product name. */
  readonly issuer: string;
  readonly url: string;
  readonly method: "GET" | "POST";
  /** The job's token for that request. */
  readonly token: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Name of the assertion's field in the response. */
  readonly field: string;
  /** What to do if the request is refused. */
  readonly hint: string;
}

/**
 * Requests an assertion of the job's identity from the CI system that runs it.
 *
 * @throws {UserError} `auth.assertion` when it is refused, `network.*` when there is no response.
 */
export async function askForAssertion(
  ctx: CredentialContext,
  { issuer, url, method, token, headers = {}, field, hint }: AssertionRequest,
): Promise<string> {
  const request = createPipelineRequest({
    url,
    method,
    headers: createHttpHeaders({ ...headers, authorization: `Bearer ${token}`, accept: "application/json" }),
    abortSignal: ctx.signal,
    timeout: 15_000,
    ...(method === "POST" && { body: "" }),
  });
  let response: PipelineResponse;
  try {
    response = await createAzureClient({ ...ctx, maxRetries: 3, maxTimeoutRetries: 1 })
      .sendRequest(request);
  } catch (thrown) {
    throw isRestError(thrown) ? networkError(`get an assertion from ${issuer}`, url, thrown) : thrown;
  }
  const value = response.status === 200
    ? textOf(fields(parsedJson(response.bodyAsText ?? ""))[field])
    : undefined;
  if (value !== undefined) return value;
  const { status } = response;
  const isBroken = status >= 500;
  const content = status === 200 ? "something other than an assertion" : `status ${status}`;
  throw new UserError(`Cannot get an assertion from ${issuer}: it answered with ${content}`, {
    code: "auth.assertion",
    exit: isBroken ? ExitCode.Unavailable : ExitCode.Auth,
    hint: isBroken ? `Run the job again when ${issuer} is available` : hint,
  });
}
