import { certificate, federation, outOfTime, unreadable } from "./assertion_errors.ts";
import { app, appId, type EntraSubject, type Explanation } from "./problem.ts";

const ASK_ADMIN = "Ask the tenant's administrator, or use another identity";
const OTHER_IDENTITY =
  "Use a service principal (AZURE_CLIENT_ID, AZURE_TENANT_ID, AZURE_CLIENT_SECRET), a managed identity, or " +
  "`az login` on a device managed by the tenant";

function tenantOf({ tenant }: EntraSubject): string {
  return tenant === undefined ? "the tenant" : `tenant "${tenant}"`;
}

const resetSecret = (subject: EntraSubject) =>
  `Run \`az ad app credential reset --id ${appId(subject)} --append\`, ` +
  "and set AZURE_CLIENT_SECRET to the password that it prints";

/** The command to sign in again: ours, or Azure CLI's for every other tool. */
const newLogin = (subject: EntraSubject) =>
  `Run \`${isOurs(subject) ? "kedro-azureml auth login" : "az login"}${
    subject.tenant === undefined || subject.tenant === "organizations" ? "" : ` --tenant ${subject.tenant}`
  }\``;

function isOurs({ credential }: EntraSubject): boolean {
  return ["session", "browser", "device-code"].includes(credential);
}

/** The command to sign in again for the audience that requires more. */
const loginFor = (subject: EntraSubject) =>
  `${newLogin(subject).slice(0, -1)}${
    subject.audience === undefined || isOurs(subject) ? "" : ` --scope ${subject.audience}/.default`
  }\`; service principals and managed identities are exempt`;

/**
 * Explanations of common Entra ID failures by AADSTS number. Sources: mostly
 * https://learn.microsoft.com/entra/identity-platform/reference-error-codes; for federation
 * https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations and
 * https://learn.microsoft.com/azure/devops/pipelines/release/troubleshoot-workload-identity; otherwise
 * https://login.microsoftonline.com/error.
 */
export const EXPLANATIONS: Readonly<Record<number, Explanation>> = {
  7000215: {
    reason: (subject) => `wrong client secret for ${app(subject)}`,
    hint:
      "Set AZURE_CLIENT_SECRET to the secret's value, not its id; Azure shows the value only once, when it is created",
  },
  70002: { reason: (subject) => `wrong client secret for ${app(subject)}`, hint: resetSecret },
  7000222: { reason: (subject) => `the client secret of ${app(subject)} has expired`, hint: resetSecret },
  7000216: {
    reason: (subject) => `${app(subject)} sent no secret or assertion`,
    hint: "Set AZURE_CLIENT_SECRET",
  },
  7000218: {
    reason: (subject) => `${app(subject)} needs a secret or an assertion`,
    hint: "Set AZURE_CLIENT_SECRET, or allow public client flows in the app registration",
  },
  700025: {
    reason: (subject) => `${app(subject)} is a public client, which cannot use a secret`,
    hint: "Unset AZURE_CLIENT_SECRET and sign in with `az login`, or use a confidential application",
  },
  700016: {
    reason: (subject) => `${tenantOf(subject)} does not have ${app(subject)}`,
    hint: "Check AZURE_CLIENT_ID (the application id, not the object id) and AZURE_TENANT_ID",
  },
  70001: {
    reason: (subject) => `${tenantOf(subject)} does not have ${app(subject)}, or it is disabled`,
    hint: "Check AZURE_CLIENT_ID (the application id, not the object id) and AZURE_TENANT_ID",
  },
  90002: {
    reason: (subject) => `${tenantOf(subject)} does not exist`,
    hint: "Check AZURE_TENANT_ID with `az account show --query tenantId`, and the cloud",
  },
  900023: {
    reason: (subject) => `${tenantOf(subject)} is neither a tenant id nor a domain`,
    hint: "Set AZURE_TENANT_ID to the output of `az account show --query tenantId`",
  },
  900382: {
    reason: (subject) => `${tenantOf(subject)} belongs to another cloud`,
    hint: "Set AZUREML_CURRENT_CLOUD to the tenant's cloud",
  },
  90019: {
    reason: "no tenant was given",
    hint: "Set AZURE_TENANT_ID or use `--tenant`",
  },
  50059: {
    reason: "no tenant was given",
    hint: "Set AZURE_TENANT_ID or use `--tenant`",
  },
  500021: {
    reason: (subject) => `this network does not allow ${tenantOf(subject)}`,
    hint: "Ask the network's administrator to allow the tenant (tenant restrictions in the proxy)",
  },
  500212: {
    reason: (subject) => `the user's own organization does not allow access to ${tenantOf(subject)}`,
    hint: ASK_ADMIN,
  },
  500213: { reason: (subject) => `${tenantOf(subject)} does not allow this user`, hint: ASK_ADMIN },
  7000112: { reason: (subject) => `${app(subject)} is disabled`, hint: ASK_ADMIN },
  7000229: {
    reason: (subject) => `${app(subject)} has no service principal in ${tenantOf(subject)}`,
    hint: (subject) => `Run \`az ad sp create --id ${appId(subject)}\``,
  },
  50058: { reason: "the sign-in has expired", hint: newLogin },
  50126: { reason: "the user name or the password is wrong", hint: newLogin },
  50034: { reason: (subject) => `user not found in ${tenantOf(subject)}`, hint: newLogin },
  50053: {
    reason: "the account is locked after too many attempts, or its IP address is blocked",
    hint: "Wait, then sign in again",
  },
  50055: {
    reason: "the password has expired",
    hint: "Change the password at https://aka.ms/sspr",
  },
  50135: {
    reason: "the password must be changed",
    hint: "Change the password at https://aka.ms/sspr",
  },
  50144: {
    reason: "the password has expired",
    hint: "Change the password at https://aka.ms/sspr",
  },
  51004: { reason: (subject) => `user not found in ${tenantOf(subject)}`, hint: newLogin },
  500571: { reason: "the guest's account is disabled", hint: ASK_ADMIN },
  50057: { reason: "the account is disabled", hint: ASK_ADMIN },
  50072: { reason: "the tenant requires you to set up multi-factor authentication", hint: loginFor },
  50074: { reason: "the tenant requires multi-factor authentication", hint: loginFor },
  50076: { reason: "the tenant requires multi-factor authentication", hint: loginFor },
  50079: { reason: "the tenant requires you to set up multi-factor authentication", hint: loginFor },
  50078: { reason: "the multi-factor authentication has expired", hint: loginFor },
  50158: { reason: "the tenant requires additional verification", hint: loginFor },
  50020: {
    reason: (subject) => `the user has no account in ${tenantOf(subject)}`,
    hint: newLogin,
  },
  50105: {
    reason: (subject) => `this user is not assigned to ${app(subject)}`,
    hint: ASK_ADMIN,
  },
  501051: {
    reason: (subject) => `${app(subject)} is not assigned to ${subject.audience ?? "the service"}`,
    hint: ASK_ADMIN,
  },
  500014: {
    reason: (subject) => `${tenantOf(subject)} has disabled ${subject.audience ?? "the service"}`,
    hint: ASK_ADMIN,
  },
  90033: { reason: "Entra ID is temporarily unavailable", hint: "Run the command again" },
  50173: { reason: "the sign-in was revoked, for example by a password change", hint: newLogin },
  50132: { reason: "the session was revoked", hint: newLogin },
  50133: { reason: "the session was revoked, for example by a password change", hint: newLogin },
  50194: {
    reason: (subject) => `${app(subject)} allows users from its own tenant only`,
    hint: "Set AZURE_TENANT_ID or use `--tenant`",
  },
  65001: {
    reason: (subject) => `${app(subject)} has no consent for ${subject.audience ?? "the service"}`,
    hint: (subject) =>
      `Ask an administrator to run \`az ad app permission admin-consent --id ${
        appId(subject)
      }\`, or use another identity`,
  },
  65004: {
    reason: "the consent was declined",
    hint: "Sign in again and accept the consent prompt",
  },
  650052: {
    reason: ({ audience }) => `${audience ?? "the service"} is not enabled in the tenant`,
    hint: "Check AZURE_TENANT_ID, or ask the tenant's administrator to enable the service",
  },
  650057: {
    reason: (subject) => `${app(subject)} may not request tokens for ${subject.audience ?? "the service"}`,
    hint: "Add the service to the app registration's API permissions",
  },
  90094: {
    reason: "the tenant requires an administrator's consent",
    hint: ASK_ADMIN,
  },
  70008: { reason: "the sign-in has expired", hint: newLogin },
  70019: { reason: "the code expired before it was used", hint: "Run the command again" },
  70043: { reason: "the sign-in has expired: a tenant policy limits its lifetime", hint: newLogin },
  700082: {
    reason: "the sign-in has expired because it was not used for a long time",
    hint: newLogin,
  },
  700084: { reason: "the sign-in has expired", hint: newLogin },
  500011: {
    reason: (subject) => `${tenantOf(subject)} does not know ${subject.audience ?? "the service"}`,
    hint: "Check AZURE_TENANT_ID and AZUREML_CURRENT_CLOUD: tenant and service must be in the same cloud",
  },
  500133: outOfTime,
  700024: outOfTime,
  50012: certificate(),
  50027: unreadable,
  700027: certificate(),
  700030: certificate(),
  700211: federation("issuer"),
  700212: federation("audience"),
  700213: federation("subject"),
  700223: federation("expression of subjects"),
  70021: federation("issuer, subject or audience"),
  53000: {
    reason: "the tenant requires a device that complies with its policy",
    hint: OTHER_IDENTITY,
  },
  53001: {
    reason: "the tenant requires a domain-joined device",
    hint: OTHER_IDENTITY,
  },
  53002: { reason: "the tenant requires an approved application", hint: OTHER_IDENTITY },
  53003: {
    reason: "a Conditional Access policy of the tenant blocks the sign-in",
    hint: OTHER_IDENTITY,
  },
  50097: { reason: "the tenant requires a registered device", hint: OTHER_IDENTITY },
  50129: { reason: "the tenant requires a joined device", hint: OTHER_IDENTITY },
  50131: {
    reason: "a Conditional Access policy of the tenant blocks the sign-in",
    hint: OTHER_IDENTITY,
  },
  530003: { reason: "the tenant requires a managed device", hint: OTHER_IDENTITY },
  530032: {
    reason: "a security policy of the tenant blocks the sign-in",
    hint: OTHER_IDENTITY,
  },
  700003: { reason: "the tenant has deleted this device", hint: OTHER_IDENTITY },
  53004: {
    reason:
      "the tenant requires multi-factor authentication, and blocks setting it up because the account is at risk",
    hint: ASK_ADMIN,
  },
  53011: { reason: "the user is blocked because the account is at risk", hint: ASK_ADMIN },
  530035: {
    reason: "the tenant's security defaults block the sign-in",
    hint: OTHER_IDENTITY,
  },
};
