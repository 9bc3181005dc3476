import { CREDENTIALS } from "../../credentials/credential.ts";
import type { MemberReport } from "../../credentials/chain/chain.ts";
import type { Identity } from "../../credentials/entra/identity.ts";

/** Says who is signed in and with which credential, in one sentence. */
export function describeIdentity(identity: Identity | undefined, members: readonly MemberReport[]): string {
  const used = members.find(({ status }) => status === "used");
  const who = identity?.name ?? identity?.applicationId ?? identity?.objectId ?? "an unnamed identity";
  const kind = identity === undefined || ["user", "unknown"].includes(identity.kind)
    ? ""
    : `${identity.kind} `;
  const tenant = identity?.tenantId === undefined ? "" : ` in tenant ${identity.tenantId}`;
  const by = used === undefined ? "" : ` (${used.title ?? CREDENTIALS[used.name].title})`;
  return `Signed in as ${kind}${who}${tenant}${by}`;
}
