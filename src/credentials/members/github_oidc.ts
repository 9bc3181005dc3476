import {
  createAzureClient,
  createHttpHeaders,
  createPipelineRequest,
  isRestError,
  type PipelineResponse,
} from "../../azure_http.ts";
import { ExitCode, UserError } from "../../errors.ts";
import { networkError } from "../../network_error.ts";
import { federatedCredential } from "../assertion.ts";
import {
  type Credential,
  type CredentialContext,
  type CredentialOptions,
  notConfigured,
  variable,
} from "../credential.ts";

const NAME = "github-oidc";

/** The audience that Entra ID wants assertions for; each national cloud has its own. */
const AUDIENCES: Readonly<Record<string, string>> = {
  AzureUSGovernment: "api://AzureADTokenExchangeUSGov",
  AzureChinaCloud: "api://AzureADTokenExchangeChina",
};

/** The identity of a GitHub Actions job that has `id-token: write`; no secret is kept anywhere. */
export function githubOidcCredential(ctx: CredentialContext, options: CredentialOptions): Credential {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = ctx.env;
  const clientId = variable(ctx.env, "AZURE_CLIENT_ID");
  const tenant = options.tenant ?? variable(ctx.env, "AZURE_TENANT_ID");
  if (!url || !token) {
    const answer = ctx.env.GITHUB_ACTIONS === "true"
      ? notConfigured(
        "the job has no right to assertions",
        "Add `permissions: { id-token: write }` to the job",
      )
      : notConfigured("this is no GitHub Actions job");
    return { name: NAME, getToken: async () => answer };
  }
  if (!tenant || !clientId) {
    const absent = [clientId ? "" : "AZURE_CLIENT_ID", tenant ? "" : "AZURE_TENANT_ID"].filter((one) => one);
    const reason = `the job has a right to assertions, but ${absent.join(" and ")} is not set`;
    return { name: NAME, getToken: async () => notConfigured(reason, `Set ${absent.join(" and ")}`) };
  }
  const audience = AUDIENCES[options.cloud.name] ?? "api://AzureADTokenExchange";
  const assertion = () => askGithub(ctx, { url, token, audience });
  return {
    name: NAME,
    getToken: federatedCredential(ctx, { ...options, credential: NAME, tenant, clientId, assertion }),
  };
}

async function askGithub(
  ctx: CredentialContext,
  { url, token, audience }: { url: string; token: string; audience: string },
): Promise<string> {
  const address = new URL(url);
  address.searchParams.set("audience", audience);
  const request = createPipelineRequest({
    url: address.href,
    headers: createHttpHeaders({ authorization: `Bearer ${token}`, accept: "application/json" }),
    abortSignal: ctx.signal,
    timeout: 15_000,
  });
  let response: PipelineResponse;
  try {
    response = await createAzureClient(ctx).sendRequest(request);
  } catch (thrown) {
    throw isRestError(thrown) ? networkError("get an assertion from GitHub", url, thrown) : thrown;
  }
  const value = response.status === 200 ? readValue(response.bodyAsText ?? "") : undefined;
  if (value !== undefined) return value;
  throw new UserError(`Cannot get an assertion from GitHub: it answered with status ${response.status}`, {
    code: "auth.assertion",
    exit: ExitCode.Auth,
    hint: "Add `permissions: { id-token: write }` to the job",
  });
}

function readValue(body: string): string | undefined {
  try {
    const { value } = JSON.parse(body);
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}
