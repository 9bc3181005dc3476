import {
  createAzureClient,
  createHttpHeaders,
  createPipelineRequest,
  isRestError,
  type PipelineResponse,
} from "../../core/net/azure_http.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { networkError } from "../../core/net/network_error.ts";
import type { CredentialContext, CredentialOptions, Token, TokenDemand } from "../credential.ts";
import { sdkCredential } from "./sdk.ts";

/** Who exchanges assertions of somebody else for tokens of Entra ID. */
export interface Federation extends CredentialOptions {
  /** Name of the credential. */
  readonly credential: string;
  readonly tenant: string;
  readonly clientId: string;
  /** Gives a fresh assertion; it is asked at each renewal, as assertions live for minutes only. */
  readonly assertion: () => Promise<string>;
}

/** An assertion that was refused for its time and is older than this may just have ended while Entra ID was busy. */
const OLD_MS = 60_000;

/**
 * Makes `getToken` out of assertions that another issuer vouches with.
 *
 * @throws {UserError} from the result: as {@linkcode sdkCredential}, and what `assertion` throws.
 */
export function federatedCredential(
  ctx: CredentialContext,
  federation: Federation,
): (scope: string, demand?: TokenDemand) => Promise<Token> {
  return async (scope, demand = {}) => {
    const askedAt = ctx.clock.now().getTime();
    try {
      return await exchange(ctx, federation, scope, demand);
    } catch (thrown) {
      const age = ctx.clock.now().getTime() - askedAt;
      if (!(thrown instanceof UserError && thrown.code === "auth.aadsts700024") || age < OLD_MS) throw thrown;
      return await exchange(ctx, federation, scope, demand);
    }
  };
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
      exit: ExitCode.Auth,
      hint: credential === "workload-identity"
        ? "Look at what writes the file that AZURE_FEDERATED_TOKEN_FILE names"
        : "Look at what issues the assertion",
    });
  }
  const getToken = sdkCredential(ctx, { cloud, onRetry }, {
    subject: { credential, tenant, clientId },
    secrets: [value],
    create: (sdk, options) => new sdk.ClientAssertionCredential(tenant, clientId, async () => value, options),
  });
  return await getToken(scope, demand);
}

/** How an assertion is asked of the CI system that runs this job. */
export interface AssertionRequest {
  /** The product, as people say it. */
  readonly issuer: string;
  readonly url: string;
  readonly method: "GET" | "POST";
  /** What entitles the job to it. */
  readonly token: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Name of the assertion in the answer. */
  readonly field: string;
  /** What to do where it is refused. */
  readonly hint: string;
}

/**
 * Asks the CI system that runs this job for an assertion of who the job is.
 *
 * @throws {UserError} `auth.assertion` when it is refused, `network.*` when there is no answer.
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
    response = await createAzureClient({ ...ctx, maxRetries: 3, maxSilences: 1, redirect: "manual" })
      .sendRequest(request);
  } catch (thrown) {
    throw isRestError(thrown) ? networkError(`get an assertion from ${issuer}`, url, thrown) : thrown;
  }
  const value = response.status === 200 ? readField(response.bodyAsText ?? "", field) : undefined;
  if (value !== undefined) return value;
  const { status } = response;
  const isBroken = status >= 500;
  const found = status === 200 ? "something other than an assertion" : `status ${status}`;
  throw new UserError(`Cannot get an assertion from ${issuer}: it answered with ${found}`, {
    code: "auth.assertion",
    exit: isBroken ? ExitCode.Unavailable : ExitCode.Auth,
    hint: isBroken ? `Run the job again once ${issuer} is well` : hint,
  });
}

function readField(body: string, field: string): string | undefined {
  try {
    const value = JSON.parse(body)[field];
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}
