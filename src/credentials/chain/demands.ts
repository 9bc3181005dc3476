import { UserError } from "../../core/errors.ts";
import {
  type CredentialName,
  CREDENTIALS,
  describeClaims,
  failed,
  type TokenDemand,
  type Unavailable,
} from "../credential.ts";

/**
 * Why a credential cannot sign in to the tenant that Azure requires; `undefined` if it can try. A service principal
 * or managed identity only exists in the tenant it is configured with.
 */
export function wrongTenant(name: CredentialName, { tenant, claims }: TokenDemand): Unavailable | undefined {
  if (tenant === undefined || claims !== undefined || !CREDENTIALS[name].isService) return undefined;
  const reason = `the subscription belongs to tenant "${tenant}", and ${name} signs in to another one`;
  if (name === "managed-identity") {
    return failed(
      reason,
      "Use a machine of the subscription's tenant, or another credential (`--credential`)",
    );
  }
  const variable = name === "azure-pipelines" ? "the service connection's tenant" : "AZURE_TENANT_ID";
  return failed(
    reason,
    `Set ${variable} to ${tenant}, and AZURE_CLIENT_ID to an application that has a service principal there`,
  );
}

/** The error for a credential that cannot get a token that meets Azure's demand. */
export function unmetDemand(
  name: CredentialName,
  scope: string,
  demand: TokenDemand,
  { unavailable, hint }: Unavailable,
): UserError {
  const audience = scope.replace(/\/\.default$/, "");
  const what = demand.claims === undefined
    ? `Azure requires a token from tenant "${demand.tenant}"`
    : `Azure requires ${describeClaims(demand.claims)} for this request`;
  return new UserError(`${what}: ${unavailable}`, {
    code: demand.claims === undefined ? "auth.tenant_required" : "auth.claims_required",
    ...(hint === undefined ? {} : { hint }),
    data: { credential: name, audience, claims: demand.claims, tenant: demand.tenant },
  });
}

/** The error for a demand that Azure repeats for a token that already meets it. */
export function repeatedDemand(name: CredentialName, scope: string, demand: TokenDemand): UserError {
  if (demand.claims === undefined) {
    return unmetDemand(
      name,
      scope,
      demand,
      failed(`it rejected the token that ${name} got from there`, "Run `kedro-azureml auth status`"),
    );
  }
  const failure = CREDENTIALS[name].isService
    ? failed(
      `${name} is not a person and cannot complete a prompt; Azure refused its new token too`,
      "Ask the tenant's administrator which Conditional Access policy for workload identities applies, such as one " +
        "that allows certain networks only",
    )
    : failed(
      `it refused the new token that ${name} got for that, too`,
      "Ask the tenant's administrator which Conditional Access policy applies",
    );
  return unmetDemand(name, scope, demand, failure);
}
