import type { CredentialName } from "../../credentials/credential.ts";
import type { MemberReport } from "../../credentials/chain/chain.ts";
import type { Identity } from "../../credentials/entra/identity.ts";

/** Description of each credential for messages. */
const TITLES: Readonly<Record<CredentialName, string>> = {
  "environment": "environment variables",
  "workload-identity": "workload identity of this pod",
  "github-oidc": "GitHub Actions",
  "azure-pipelines": "Azure Pipelines service connection",
  "managed-identity": "managed identity of this machine",
  "session": "`auth login`",
  "azure-cli": "Azure CLI",
  "vscode": "Visual Studio Code",
  "azure-powershell": "Azure PowerShell",
  "azd": "Azure Developer CLI",
  "browser": "browser",
  "device-code": "device code",
};

/** Says who is signed in and with which credential, in one sentence. */
export function describeIdentity(identity: Identity | undefined, members: readonly MemberReport[]): string {
  const used = members.find(({ status }) => status === "used");
  const who = identity?.name ?? identity?.applicationId ?? identity?.objectId ?? "an unnamed identity";
  const kind = identity === undefined || ["user", "unknown"].includes(identity.kind)
    ? ""
    : `${identity.kind} `;
  const tenant = identity?.tenantId === undefined ? "" : ` in tenant ${identity.tenantId}`;
  const by = used === undefined ? "" : ` (${used.title ?? TITLES[used.name]})`;
  return `Signed in as ${kind}${who}${tenant}${by}`;
}
