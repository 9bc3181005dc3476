import {
  type Credential,
  type CredentialContext,
  type CredentialOptions,
  notConfigured,
  variable,
} from "../credential.ts";
import { sdkCredential } from "../sdk.ts";

const NAMES = ["AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"] as const;

/** A service principal with a secret, in the three variables that every Azure tool reads. */
export function environmentCredential(ctx: CredentialContext, options: CredentialOptions): Credential {
  const tenant = options.tenant ?? variable(ctx.env, "AZURE_TENANT_ID");
  const clientId = variable(ctx.env, "AZURE_CLIENT_ID");
  const secret = variable(ctx.env, "AZURE_CLIENT_SECRET");
  if (!tenant || !clientId || !secret) {
    const reason = missing(ctx.env);
    return { name: "environment", getToken: async () => reason };
  }
  const signIn = sdkCredential(ctx, options, {
    subject: { credential: "environment", tenant, clientId },
    secrets: [secret],
    create: (sdk, sdkOptions) => new sdk.ClientSecretCredential(tenant, clientId, secret, sdkOptions),
  });
  return { name: "environment", getToken: signIn };
}

function missing(env: CredentialContext["env"]) {
  const absent = NAMES.filter((name) => variable(env, name) === undefined);
  const other = env.AZURE_CLIENT_CERTIFICATE_PATH
    ? "; AZURE_CLIENT_CERTIFICATE_PATH is set, but certificates are not read yet"
    : "";
  const verb = absent.length === 1 ? "is" : "are";
  return notConfigured(
    `${absent.join(", ")} ${verb} not set${other}`,
    absent.length < NAMES.length ? `Set ${absent.join(" and ")}` : undefined,
  );
}
