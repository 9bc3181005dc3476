import { UserError } from "../../core/errors.ts";
import { federatedCredential } from "../entra/assertion.ts";
import {
  type Credential,
  type CredentialContext,
  type CredentialOptions,
  notConfigured,
  unset,
  unusable,
  variable,
} from "../credential.ts";

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
        code: "auth.assertion",
        hint: "Set AZURE_FEDERATED_TOKEN_FILE to the file that the cluster mounts, or unset it",
        cause: thrown,
      },
    );
  }
}
