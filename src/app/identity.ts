import type { CredentialName } from "../credentials/credential.ts";
import type { MemberReport } from "../credentials/chain/chain.ts";
import type { Identity } from "../credentials/entra/identity.ts";

/** How each credential is called in a sentence. */
const TITLES: Readonly<Record<CredentialName, string>> = {
  "environment": "the variables AZURE_CLIENT_ID and AZURE_CLIENT_SECRET",
  "workload-identity": "the workload identity of this pod",
  "github-oidc": "the identity of this GitHub Actions job",
  "azure-pipelines": "the service connection of this Azure Pipelines job",
  "managed-identity": "the managed identity of this machine",
  "session": "your session of `auth login`",
  "azure-cli": "Azure CLI",
  "vscode": "Visual Studio Code",
  "azure-powershell": "Azure PowerShell",
  "azd": "Azure Developer CLI",
  "browser": "your sign-in in the browser",
  "device-code": "your sign-in with a device code",
};

/** Who signs in, in a sentence without a full stop, and which credential gave that identity. */
export function describeIdentity(identity: Identity | undefined, members: readonly MemberReport[]): string {
  const used = members.find(({ status }) => status === "used");
  const who = identity?.name ?? identity?.applicationId ?? identity?.objectId ?? "an identity without a name";
  const kind = identity === undefined || ["user", "unknown"].includes(identity.kind)
    ? ""
    : `${identity.kind} `;
  const tenant = identity?.tenantId === undefined ? "" : ` of tenant ${identity.tenantId}`;
  return `You are ${kind}${who}${tenant}${
    used === undefined ? "" : `, by ${used.title ?? TITLES[used.name]}`
  }`;
}
