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

const NAME = "azure-pipelines";

/** Azure Pipelines does not pass this token to a script by itself. */
const PERMISSION_HINT = "Add `env: { SYSTEM_ACCESSTOKEN: $(System.AccessToken) }` to the step";

/** Credential for a service connection with workload identity federation, in an Azure Pipelines job. */
export function azurePipelinesCredential(ctx: CredentialContext, options: CredentialOptions): Credential {
  const uri = variable(ctx.env, "SYSTEM_OIDCREQUESTURI");
  const token = variable(ctx.env, "SYSTEM_ACCESSTOKEN");
  const connection = variable(ctx.env, "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID");
  const clientId = variable(ctx.env, "AZURESUBSCRIPTION_CLIENT_ID") ?? variable(ctx.env, "AZURE_CLIENT_ID");
  const tenant = options.tenant ?? variable(ctx.env, "AZURESUBSCRIPTION_TENANT_ID") ??
    variable(ctx.env, "AZURE_TENANT_ID");
  if (!uri) return unusable(NAME, notConfigured("this is not an Azure Pipelines job"));
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
    return unusable(NAME, notConfigured(reason, task + PERMISSION_HINT));
  }
  if (!URL.canParse(uri)) {
    return unusable(
      NAME,
      failed("SYSTEM_OIDCREQUESTURI is not a URL", "Leave it as Azure Pipelines sets it"),
    );
  }
  const address = new URL(uri);
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
      hint: `${PERMISSION_HINT}, and let the pipeline use the service connection`,
    });
  return federatedCredential(ctx, { ...options, credential: NAME, tenant, clientId, assertion });
}
