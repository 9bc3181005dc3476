import { certificate, federation, outOfTime, unreadable } from "./assertion_errors.ts";
import type { EntraSubject } from "./problem.ts";
import { always, app, appId, type Explanation } from "./explanation.ts";

const ASK_ADMIN = "Ask the tenant's administrator, or sign in with another identity";
const OTHER_IDENTITY =
  "Use a service principal (AZURE_CLIENT_ID, AZURE_TENANT_ID, AZURE_CLIENT_SECRET), a managed identity, or " +
  "`az login` on a device that the tenant manages";

function tenantOf({ tenant }: EntraSubject): string {
  return tenant === undefined ? "the tenant" : `tenant "${tenant}"`;
}

const resetSecret = (subject: EntraSubject) =>
  `Run \`az ad app credential reset --id ${appId(subject)} --append\`, ` +
  "and set AZURE_CLIENT_SECRET to the password that it prints";

/** What somebody typed who signed in; there is no telling for who uses another tool's sign-in but Azure CLI's. */
const newLogin = (subject: EntraSubject) =>
  `Run \`${isOurs(subject) ? "kedro-azureml auth login" : "az login"}${
    subject.tenant === undefined || subject.tenant === "organizations" ? "" : ` --tenant ${subject.tenant}`
  }\``;

function isOurs({ credential }: EntraSubject): boolean {
  return ["session", "browser", "device-code"].includes(credential);
}

/** Another proof must be given for this very audience. */
const loginFor = (subject: EntraSubject) =>
  `${newLogin(subject).slice(0, -1)}${
    subject.audience === undefined || isOurs(subject) ? "" : ` --scope ${subject.audience}/.default`
  }\`; a service principal or a managed identity is not asked for it`;

/**
 * The failures of Entra ID that users meet, by their AADSTS number. Most were read in
 * https://learn.microsoft.com/entra/identity-platform/reference-error-codes, those of federation in
 * https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations and
 * https://learn.microsoft.com/azure/devops/pipelines/release/troubleshoot-workload-identity, the others in
 * https://login.microsoftonline.com/error.
 */
export const EXPLANATIONS: Readonly<Record<number, Explanation>> = {
  7000215: {
    reason: (subject) => `the client secret is not one of ${app(subject)}`,
    hint: always(
      "Set AZURE_CLIENT_SECRET to the secret's value, not to its id; it is shown once, when it is made",
    ),
  },
  70002: { reason: (subject) => `the client secret is not one of ${app(subject)}`, hint: resetSecret },
  7000222: { reason: (subject) => `the client secret of ${app(subject)} has expired`, hint: resetSecret },
  7000216: {
    reason: (subject) => `no secret or assertion of ${app(subject)} was sent`,
    hint: always("Set AZURE_CLIENT_SECRET"),
  },
  7000218: {
    reason: (subject) => `${app(subject)} must prove itself with a secret or an assertion`,
    hint: always("Set AZURE_CLIENT_SECRET, or allow public client flows in the app registration"),
  },
  700025: {
    reason: (subject) => `${app(subject)} is a public client, which has no secret`,
    hint: always("Unset AZURE_CLIENT_SECRET and sign in with `az login`, or use a confidential application"),
  },
  700016: {
    reason: (subject) => `${tenantOf(subject)} does not have ${app(subject)}`,
    hint: always("Check AZURE_CLIENT_ID (the application id, not the object id) and AZURE_TENANT_ID"),
  },
  70001: {
    reason: (subject) => `${tenantOf(subject)} does not have ${app(subject)}, or it is disabled`,
    hint: always("Check AZURE_CLIENT_ID (the application id, not the object id) and AZURE_TENANT_ID"),
  },
  90002: {
    reason: (subject) => `${tenantOf(subject)} does not exist`,
    hint: always("Check AZURE_TENANT_ID with `az account show --query tenantId`, and the cloud"),
  },
  900023: {
    reason: (subject) => `${tenantOf(subject)} is neither a tenant id nor a domain`,
    hint: always("Set AZURE_TENANT_ID to what `az account show --query tenantId` prints"),
  },
  900382: {
    reason: (subject) => `${tenantOf(subject)} belongs to another cloud`,
    hint: always("Set AZUREML_CURRENT_CLOUD to the tenant's cloud"),
  },
  90019: {
    reason: always("nothing says which tenant it is for"),
    hint: always("Set AZURE_TENANT_ID, or give `--tenant`"),
  },
  50059: {
    reason: always("nothing says which tenant it is for"),
    hint: always("Set AZURE_TENANT_ID, or give `--tenant`"),
  },
  500021: {
    reason: (subject) => `the network that this machine is in does not allow ${tenantOf(subject)}`,
    hint: always("Have the network's administrator allow the tenant (tenant restrictions of the proxy)"),
  },
  500212: {
    reason: (subject) => `the user's own organisation does not allow access to ${tenantOf(subject)}`,
    hint: always(ASK_ADMIN),
  },
  500213: { reason: (subject) => `${tenantOf(subject)} does not admit this user`, hint: always(ASK_ADMIN) },
  7000112: { reason: (subject) => `${app(subject)} is disabled`, hint: always(ASK_ADMIN) },
  7000229: {
    reason: (subject) => `${app(subject)} has no service principal in ${tenantOf(subject)}`,
    hint: (subject) => `Run \`az ad sp create --id ${appId(subject)}\``,
  },
  50058: { reason: always("nobody is signed in any more"), hint: newLogin },
  50126: { reason: always("the user name or the password is wrong"), hint: newLogin },
  50034: { reason: (subject) => `there is no such user in ${tenantOf(subject)}`, hint: newLogin },
  50053: {
    reason: always("the account is locked after too many attempts, or its address is blocked"),
    hint: always("Wait, then sign in again"),
  },
  50055: { reason: always("the password has expired"), hint: always("Change it at https://aka.ms/sspr") },
  50135: { reason: always("the password must be changed"), hint: always("Change it at https://aka.ms/sspr") },
  50144: { reason: always("the password has expired"), hint: always("Change it at https://aka.ms/sspr") },
  51004: { reason: (subject) => `there is no such user in ${tenantOf(subject)}`, hint: newLogin },
  500571: { reason: always("the guest's account is disabled"), hint: always(ASK_ADMIN) },
  50057: { reason: always("the account is disabled"), hint: always(ASK_ADMIN) },
  50072: { reason: always("the tenant demands that you set up multi-factor authentication"), hint: loginFor },
  50074: { reason: always("the tenant demands multi-factor authentication"), hint: loginFor },
  50076: { reason: always("the tenant demands multi-factor authentication"), hint: loginFor },
  50079: { reason: always("the tenant demands that you set up multi-factor authentication"), hint: loginFor },
  50078: { reason: always("the proof by a second factor has expired"), hint: loginFor },
  50158: { reason: always("the tenant demands a further proof of who you are"), hint: loginFor },
  50020: {
    reason: (subject) => `the user is a guest who has no account in ${tenantOf(subject)}`,
    hint: newLogin,
  },
  50105: {
    reason: (subject) => `nobody has assigned this user to ${app(subject)}`,
    hint: always(ASK_ADMIN),
  },
  501051: {
    reason: (subject) => `nobody has assigned ${app(subject)} to ${subject.audience ?? "the service"}`,
    hint: always(ASK_ADMIN),
  },
  500014: {
    reason: (subject) => `${tenantOf(subject)} has disabled ${subject.audience ?? "the service"}`,
    hint: always(ASK_ADMIN),
  },
  90033: { reason: always("Entra ID is not well for the moment"), hint: always("Run the command again") },
  50173: { reason: always("the sign-in was revoked, as after a change of password"), hint: newLogin },
  50132: { reason: always("the session was revoked"), hint: newLogin },
  50133: { reason: always("the session was revoked, as after a change of password"), hint: newLogin },
  50194: {
    reason: (subject) => `${app(subject)} takes users of its own tenant only`,
    hint: always("Set AZURE_TENANT_ID, or give `--tenant`"),
  },
  65001: {
    reason: (subject) =>
      `nobody has consented to ${app(subject)} reaching ${subject.audience ?? "the service"}`,
    hint: (subject) =>
      `Have an administrator run \`az ad app permission admin-consent --id ${
        appId(subject)
      }\`, or use another identity`,
  },
  65004: { reason: always("the consent was declined"), hint: always("Sign in again, and consent") },
  650052: {
    reason: ({ audience }) => `the tenant does not use ${audience ?? "the service"}`,
    hint: always("Check AZURE_TENANT_ID, and have the tenant's administrator register the service"),
  },
  650057: {
    reason: (subject) => `${app(subject)} may not ask for ${subject.audience ?? "the service"}`,
    hint: always("Add the service to the API permissions of the app registration"),
  },
  90094: {
    reason: always("the tenant demands that an administrator consents"),
    hint: always(ASK_ADMIN),
  },
  70008: { reason: always("the sign-in has expired"), hint: newLogin },
  70019: { reason: always("the code was not used in time"), hint: always("Run the command again") },
  70043: { reason: always("the sign-in has expired by a rule of the tenant"), hint: newLogin },
  700082: { reason: always("the sign-in has expired, as it was not used for long"), hint: newLogin },
  700084: { reason: always("the sign-in has expired"), hint: newLogin },
  500011: {
    reason: (subject) => `${tenantOf(subject)} does not know ${subject.audience ?? "the service"}`,
    hint: always("Check AZURE_TENANT_ID and AZUREML_CURRENT_CLOUD: tenant and service must be of one cloud"),
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
    reason: always("the tenant wants a device that complies with its policy"),
    hint: always(OTHER_IDENTITY),
  },
  53001: {
    reason: always("the tenant wants a device that is joined to its domain"),
    hint: always(OTHER_IDENTITY),
  },
  53002: { reason: always("the tenant wants an approved application"), hint: always(OTHER_IDENTITY) },
  53003: {
    reason: always("a conditional access policy of the tenant blocks it"),
    hint: always(OTHER_IDENTITY),
  },
  50097: { reason: always("the tenant wants a device that it knows"), hint: always(OTHER_IDENTITY) },
  50129: { reason: always("the tenant wants a device that is joined to it"), hint: always(OTHER_IDENTITY) },
  50131: {
    reason: always("a conditional access policy of the tenant blocks it"),
    hint: always(OTHER_IDENTITY),
  },
  530003: { reason: always("the tenant wants a device that it manages"), hint: always(OTHER_IDENTITY) },
  530032: { reason: always("a security policy of the tenant blocks it"), hint: always(OTHER_IDENTITY) },
  700003: { reason: always("the tenant has deleted this device"), hint: always(OTHER_IDENTITY) },
  53004: {
    reason: always(
      "the tenant demands multi-factor authentication, and blocks setting it up, as the account is at risk",
    ),
    hint: always(ASK_ADMIN),
  },
  53011: { reason: always("the user is blocked, as an account at risk"), hint: always(ASK_ADMIN) },
  530035: { reason: always("the tenant's security defaults block it"), hint: always(OTHER_IDENTITY) },
};
