import { askForAssertion, federatedCredential } from "../entra/assertion.ts";
import {
  type Credential,
  type CredentialContext,
  type CredentialOptions,
  failed,
  notConfigured,
  unset,
  unusable,
  variable,
} from "../credential.ts";

const NAME = "github-oidc";

/** The audience that Entra ID requires of assertions; national clouds have their own. */
const AUDIENCES: Readonly<Record<string, string>> = {
  AzureUSGovernment: "api://AzureADTokenExchangeUSGov",
  AzureChinaCloud: "api://AzureADTokenExchangeChina",
};

const PERMISSION_HINT = "Add `permissions: { id-token: write }` to the job";

/** Credential for a GitHub Actions job with `id-token: write`; no secret is stored anywhere. */
export function githubOidcCredential(ctx: CredentialContext, options: CredentialOptions): Credential {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = ctx.env;
  const clientId = variable(ctx.env, "AZURE_CLIENT_ID");
  const tenant = options.tenant ?? variable(ctx.env, "AZURE_TENANT_ID");
  if (!url || !token) {
    const reason = ctx.env.GITHUB_ACTIONS === "true"
      ? notConfigured("the job lacks the permission `id-token: write`", PERMISSION_HINT)
      : notConfigured("this is not a GitHub Actions job");
    return unusable(NAME, reason);
  }
  if (!tenant || !clientId) {
    const absent = unset({ AZURE_CLIENT_ID: clientId, AZURE_TENANT_ID: tenant }).join(" and ");
    const reason = `the job has the permission \`id-token: write\`, but ${absent} is not set`;
    return unusable(NAME, notConfigured(reason, `Set ${absent}`));
  }
  if (!URL.canParse(url)) {
    return unusable(NAME, failed("ACTIONS_ID_TOKEN_REQUEST_URL is not a URL", "Leave it as GitHub sets it"));
  }
  const address = new URL(url);
  address.searchParams.set("audience", AUDIENCES[options.cloud.name] ?? "api://AzureADTokenExchange");
  const request = {
    issuer: "GitHub",
    url: address.href,
    method: "GET",
    token,
    field: "value",
    hint: PERMISSION_HINT,
  } as const;
  const assertion = () => askForAssertion(ctx, request);
  return federatedCredential(ctx, { ...options, credential: NAME, tenant, clientId, assertion });
}
