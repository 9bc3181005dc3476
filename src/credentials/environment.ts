import type { Cloud } from "../core/net/clouds.ts";
import { federatedCredential } from "./federated.ts";
import {
  type Credential,
  type CredentialContext,
  type CredentialOptions,
  notConfigured,
  unset,
  unusable,
  variable,
} from "./credential.ts";
import { sdkCredential } from "./service_principal.ts";

const NAME = "environment";
const BY_CERTIFICATE = "the variables AZURE_CLIENT_ID and AZURE_CLIENT_CERTIFICATE_PATH";

/**
 * Credential for the service principal in the environment variables that every Azure tool reads, with a secret or a
 * certificate; the secret takes precedence. The certificate file is read again for each token, so that a renewed one
 * is used.
 */
export function environmentCredential(ctx: CredentialContext, options: CredentialOptions): Credential {
  const tenant = options.tenant ?? variable(ctx.env, "AZURE_TENANT_ID");
  const clientId = variable(ctx.env, "AZURE_CLIENT_ID");
  const secret = variable(ctx.env, "AZURE_CLIENT_SECRET");
  const certificate = variable(ctx.env, "AZURE_CLIENT_CERTIFICATE_PATH");
  if (!tenant || !clientId || !(secret || certificate)) return unusable(NAME, missing(ctx.env, tenant));
  const principal = { ...options, credential: NAME, tenant, clientId } as const;
  const getToken = secret === undefined
    ? federatedCredential(ctx, { ...principal, assertion: () => assert(ctx, principal) }).getToken
    : sdkCredential(ctx, options, {
      subject: principal,
      secrets: [secret],
      create: (sdk, sdkOptions) => new sdk.ClientSecretCredential(tenant, clientId, secret, sdkOptions),
    });
  return { name: NAME, getToken, ...(secret === undefined && { title: BY_CERTIFICATE }) };
}

async function assert(ctx: CredentialContext, { cloud, tenant, clientId }: {
  readonly cloud: Cloud;
  readonly tenant: string;
  readonly clientId: string;
}): Promise<string> {
  const { readClientCertificate, signAssertion } = await import("./client_certificate.ts");
  const certificate = await readClientCertificate(ctx, {
    path: variable(ctx.env, "AZURE_CLIENT_CERTIFICATE_PATH")!,
    password: variable(ctx.env, "AZURE_CLIENT_CERTIFICATE_PASSWORD"),
    clientId,
  });
  return await signAssertion(ctx, certificate, {
    clientId,
    audience: `${cloud.authority}/${tenant}/oauth2/v2.0/token`,
    sendsChain: /^(1|true)$/i.test(variable(ctx.env, "AZURE_CLIENT_SEND_CERTIFICATE_CHAIN") ?? ""),
  });
}

function missing(env: CredentialContext["env"], tenant: string | undefined) {
  const hasProof = variable(env, "AZURE_CLIENT_SECRET") ?? variable(env, "AZURE_CLIENT_CERTIFICATE_PATH");
  const absent = unset({
    AZURE_TENANT_ID: tenant,
    AZURE_CLIENT_ID: variable(env, "AZURE_CLIENT_ID"),
    AZURE_CLIENT_SECRET: hasProof,
  });
  const verb = absent.length === 1 ? "is" : "are";
  const other = hasProof ? "" : ", nor AZURE_CLIENT_CERTIFICATE_PATH";
  return notConfigured(
    `${absent.join(", ")} ${verb} not set${other}`,
    absent.length < 3 ? `Set ${absent.join(" and ")}` : undefined,
  );
}
