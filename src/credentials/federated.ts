import { isSafe } from "../core/net/cloud_hosts.ts";
import { GITHUB_HINT } from "../core/env_vars.ts";
import { ExitCode, UserError } from "../core/errors.ts";
import { fields, parsedJson, textOf } from "../core/json.ts";
import {
  createAzureClient,
  createHttpHeaders,
  createPipelineRequest,
  isRestError,
  type PipelineResponse,
} from "../core/net/azure_http.ts";
import { networkError } from "../core/net/network_error.ts";
import {
  type Credential,
  type CredentialContext,
  type CredentialOptions,
  failed,
  notConfigured,
  type Token,
  type TokenDemand,
  unset,
  unusable,
  variable,
} from "./credential.ts";
import { ATTEMPT_MS, RETRIES } from "./entra_http.ts";
import type { CredentialName } from "./chain_order.ts";
import { sdkCredential } from "./service_principal.ts";

const AZURE_PIPELINES = "azure-pipelines";

/** Azure Pipelines does not pass this token to a script by itself. */
const PIPELINES_HINT = "Add `env: { SYSTEM_ACCESSTOKEN: $(System.AccessToken) }` to the step";

/** Credential for a service connection with workload identity federation, in an Azure Pipelines job. */
export function azurePipelinesCredential(ctx: CredentialContext, options: CredentialOptions): Credential {
  const uri = variable(ctx.env, "SYSTEM_OIDCREQUESTURI");
  const token = variable(ctx.env, "SYSTEM_ACCESSTOKEN");
  const connection = variable(ctx.env, "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID");
  const clientId = variable(ctx.env, "AZURESUBSCRIPTION_CLIENT_ID") ?? variable(ctx.env, "AZURE_CLIENT_ID");
  const tenant = options.tenant ?? variable(ctx.env, "AZURESUBSCRIPTION_TENANT_ID") ??
    variable(ctx.env, "AZURE_TENANT_ID");
  if (!uri) return unusable(AZURE_PIPELINES, notConfigured("this is not an Azure Pipelines job"));
  const absent = unset({
    AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: connection,
    AZURESUBSCRIPTION_CLIENT_ID: clientId,
    AZURESUBSCRIPTION_TENANT_ID: tenant,
    SYSTEM_ACCESSTOKEN: token,
  });
  if (!connection || !clientId || !tenant || !token) {
    const verb = absent.length > 1 ? "are" : "is";
    const reason = `this is an Azure Pipelines job, but ${absent.join(" and ")} ${verb} not set`;
    const isOnlyToken = absent.length === 1 && !token;
    const task = isOnlyToken ? "" : "Run it in an `AzureCLI@2` task, which sets them; ";
    return unusable(AZURE_PIPELINES, notConfigured(reason, task + PIPELINES_HINT));
  }
  const address = URL.parse(uri);
  if (address === null || !isSafe(address)) {
    return unusable(AZURE_PIPELINES, noAddress("SYSTEM_OIDCREQUESTURI", "Azure Pipelines"));
  }
  address.searchParams.set("api-version", "7.1");
  address.searchParams.set("serviceConnectionId", connection);
  const assertion = () =>
    askForAssertion(ctx, {
      issuer: "Azure Pipelines",
      url: address.href,
      method: "POST",
      token,
      // Without the second header, the service responds with a sign-in page.
      headers: { "content-type": "application/json", "x-tfs-fedauthredirect": "Suppress" },
      field: "oidcToken",
      hint: `${PIPELINES_HINT}, and let the pipeline use the service connection`,
    });
  return federatedCredential(ctx, { ...options, credential: AZURE_PIPELINES, tenant, clientId, assertion });
}

/** The token for the request must not go over the network as it is. */
function noAddress(variable: string, by: string) {
  return failed(`${variable} is no https URL`, `Leave it as ${by} sets it`);
}

const GITHUB = "github-oidc";

/** The audience that Entra ID requires of assertions; national clouds have their own. */
const AUDIENCES: Readonly<Record<string, string>> = {
  AzureUSGovernment: "api://AzureADTokenExchangeUSGov",
  AzureChinaCloud: "api://AzureADTokenExchangeChina",
};

/** Credential for a GitHub Actions job with `id-token: write`; no secret is stored anywhere. */
export function githubOidcCredential(ctx: CredentialContext, options: CredentialOptions): Credential {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = ctx.env;
  const clientId = variable(ctx.env, "AZURE_CLIENT_ID");
  const tenant = options.tenant ?? variable(ctx.env, "AZURE_TENANT_ID");
  if (!url || !token) {
    const reason = ctx.env.GITHUB_ACTIONS === "true"
      ? notConfigured("the job lacks the permission `id-token: write`", GITHUB_HINT)
      : notConfigured("this is not a GitHub Actions job");
    return unusable(GITHUB, reason);
  }
  if (!tenant || !clientId) {
    const absent = unset({ AZURE_CLIENT_ID: clientId, AZURE_TENANT_ID: tenant }).join(" and ");
    const reason = `the job has the permission \`id-token: write\`, but ${absent} is not set`;
    return unusable(GITHUB, notConfigured(reason, `Set ${absent}`));
  }
  const address = URL.parse(url);
  if (address === null || !isSafe(address)) {
    return unusable(GITHUB, noAddress("ACTIONS_ID_TOKEN_REQUEST_URL", "GitHub"));
  }
  address.searchParams.set("audience", AUDIENCES[options.cloud.name] ?? "api://AzureADTokenExchange");
  const request = {
    issuer: "GitHub",
    url: address.href,
    method: "GET",
    token,
    field: "value",
    hint: GITHUB_HINT,
  } as const;
  const assertion = () => askForAssertion(ctx, request);
  return federatedCredential(ctx, { ...options, credential: GITHUB, tenant, clientId, assertion });
}

/** Credential for a Kubernetes workload, with an assertion in a file that the cluster keeps up to date. */
export function workloadIdentityCredential(ctx: CredentialContext, options: CredentialOptions): Credential {
  const file = variable(ctx.env, "AZURE_FEDERATED_TOKEN_FILE");
  const clientId = variable(ctx.env, "AZURE_CLIENT_ID");
  const tenant = options.tenant ?? variable(ctx.env, "AZURE_TENANT_ID");
  const name = "workload-identity";
  if (!file) return unusable(name, notConfigured("AZURE_FEDERATED_TOKEN_FILE is not set"));
  if (!tenant || !clientId) {
    const absent = unset({ AZURE_CLIENT_ID: clientId, AZURE_TENANT_ID: tenant }).join(" and ");
    const reason = `AZURE_FEDERATED_TOKEN_FILE is set, but not ${absent}`;
    return unusable(name, notConfigured(reason, `Set ${absent}`));
  }
  const assertion = () => readAssertion(ctx, file);
  return federatedCredential(ctx, { ...options, credential: name, tenant, clientId, assertion });
}

async function readAssertion({ fs }: CredentialContext, file: string): Promise<string> {
  try {
    return await fs.readText(file);
  } catch (thrown) {
    const missing = thrown instanceof Deno.errors.NotFound;
    throw new UserError(
      `Cannot read the assertion in "${file}": ${missing ? "file not found" : "the file cannot be read"}`,
      {
        // auth.assertion: The federated token is empty or not a JWT. Check what writes or issues it.
        code: "auth.assertion",
        hint: "Set AZURE_FEDERATED_TOKEN_FILE to the file that the cluster mounts, or unset it",
        cause: thrown,
      },
    );
  }
}

/** A credential that exchanges assertions of an outside issuer for tokens. */
interface Federation extends CredentialOptions {
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
      // auth.aadsts700024: The federated token has expired. Request a new one right before the command.
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

/**
 * Requests an assertion of the job's identity from the CI system that runs it.
 *
 * @throws {UserError} `auth.assertion` when it is refused, `network.*` when there is no response.
 */
export async function askForAssertion(
  ctx: CredentialContext,
  { issuer, url, method, token, headers = {}, field, hint }: {
    /** Product name. */
    readonly issuer: string;
    readonly url: string;
    readonly method: "GET" | "POST";
    readonly token: string;
    readonly headers?: Readonly<Record<string, string>>;
    /** Name of the assertion's field in the response. */
    readonly field: string;
    /** What to do if the request is refused. */
    readonly hint: string;
  },
): Promise<string> {
  const request = createPipelineRequest({
    url,
    method,
    headers: createHttpHeaders({ ...headers, authorization: `Bearer ${token}`, accept: "application/json" }),
    abortSignal: ctx.signal,
    timeout: ATTEMPT_MS,
    ...(method === "POST" && { body: "" }),
  });
  let response: PipelineResponse;
  try {
    response = await createAzureClient({ ...ctx, ...RETRIES })
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
