import { ExitCode, UserError } from "../core/errors.ts";
import { fields, parsedJson } from "../core/json.ts";
import { redact } from "../core/secrets.ts";

const UNKNOWN_HINT =
  "Look the code up at https://login.microsoftonline.com/error, or run `kedro-azureml auth status`";

/** Converts an error response of Entra ID to an error with a reason and a hint. */
export function entraError(problem: EntraProblem, subject: EntraSubject): UserError {
  const explanation = problem.code === undefined ? undefined : EXPLANATIONS[problem.code];
  const message = firstLine(problem.description) || problem.error;
  const reason = explanation === undefined ? message : explain(explanation.reason, subject, problem);
  return new UserError(`Cannot sign in with ${subject.credential}: ${reason}`, {
    // auth.refused: Entra ID refused the sign-in. Run `kedro-azureml help AADSTS50076`, with the number in the message.
    code: problem.code === undefined ? "auth.refused" : `auth.aadsts${problem.code}`,
    exit: ExitCode.Auth,
    hint: explain(explanation?.hint ?? UNKNOWN_HINT, subject, problem),
    details: [
      ...(explanation === undefined ? [] : [`Entra ID said: ${message}`]),
      ...(problem.correlationId === undefined ? [] : [`Correlation id: ${problem.correlationId}`]),
    ],
    data: {
      aadsts: problem.code,
      error: problem.error,
      correlation_id: problem.correlationId,
      credential: subject.credential,
    },
  });
}

/** The first sentence of a description, without the trace ids that follow it. */
function firstLine(text: string): string {
  return text.split(/\r?\n|Trace ID:/, 1)[0]!.trim();
}

const SET_CLOCK = "Set the machine's clock: `sudo timedatectl set-ntp true`, on Windows `w32tm /resync`";

/** Whether the credential uses an assertion of an outside issuer, such as GitHub. */
function isFederated({ credential }: EntraSubject): boolean {
  return ["workload-identity", "github-oidc", "azure-pipelines"].includes(credential);
}

/** AADSTS700024: Entra ID repeats its own time and the time range of the assertion. */
const outOfTime: Explanation = {
  reason(_subject, { description }) {
    const { now, start, end } = timesOf(description);
    if (start > now) return "the assertion is not valid yet: the issuer's clock is fast";
    if (end < now) return "the assertion has expired: it is too old, or the issuer's clock is slow";
    return "the assertion is not valid at this time: this machine's clock is wrong, or the assertion is too old";
  },
  hint: ({ credential }, { description }) => {
    const { now, end } = timesOf(description);
    return credential === "workload-identity" && end < now
      ? "Rewrite the file in AZURE_FEDERATED_TOKEN_FILE shortly before each command, or keep it fresh as Kubernetes does"
      : SET_CLOCK;
  },
};

/** The times in an AADSTS700024, in milliseconds; `NaN` for missing ones. */
function timesOf(
  description: string,
): { readonly now: number; readonly start: number; readonly end: number } {
  const timeAfter = (name: string) =>
    Date.parse(new RegExp(`${name}:? ?([\\dT:.-]+Z)`, "i").exec(description)?.[1] ?? "");
  return {
    now: timeAfter("current time"),
    start: timeAfter("assertion valid from"),
    end: timeAfter("expiry time of assertion"),
  };
}

/** AADSTS50027: the assertion cannot be parsed. */
const unreadable: Explanation = {
  reason: (subject) =>
    isFederated(subject) ? "the assertion is not a JSON Web Token" : "the assertion cannot be read",
  hint: (subject) =>
    subject.credential === "workload-identity"
      ? "Check what writes the file in AZURE_FEDERATED_TOKEN_FILE"
      : "Check what issues the assertion",
};

/** The assertion's signature was made with an unknown key or certificate. */
function certificate(): Explanation {
  return {
    reason: (subject) =>
      isFederated(subject)
        ? "the assertion is not signed by its issuer"
        : `the certificate does not belong to ${app(subject)}`,
    hint: (subject) =>
      isFederated(subject)
        ? `Compare the issuer with \`az ad app federated-credential list --id ${appId(subject)}\``
        : `Run \`az ad app credential list --cert --id ${
          appId(subject)
        }\`, and \`az ad app credential reset --id ${
          appId(subject)
        } --cert @certificate.pem --append\` if yours is missing`,
  };
}

/** What GitHub's tokens name as their issuer, which Entra ID does not repeat with a subject. */
const GITHUB = "https://token.actions.githubusercontent.com";

const NUMBERED =
  "; GitHub puts ids into the subjects of repositories that were created, renamed or transferred since 15 July 2026";

/** AADSTS7002xx: no federated credential matches the assertion exactly. Entra ID quotes the assertion's values. */
function federation(what: string): Explanation {
  return {
    reason: (subject, { description }) => {
      const claims = presented(description);
      const shown = Object.entries(claims).map(([name, value]) => `${name} "${value}"`).join(", ");
      return `no federated credential of ${app(subject)} has this ${what}${shown === "" ? "" : `: ${shown}`}`;
    },
    hint: (subject, { description }) => {
      const { issuer, subject: of } = presented(description);
      const { credential } = subject;
      const id = appId(subject);
      if (of === undefined) {
        return `Run \`az ad app federated-credential list --id ${id}\` and compare with the assertion`;
      }
      const parameters = {
        name: "ci",
        issuer: issuer ?? (credential === "github-oidc" ? GITHUB : "<issuer>"),
        subject: of,
        audiences: ["api://AzureADTokenExchange"],
      };
      return `Compare with \`az ad app federated-credential list --id ${id}\`, or add it: ` +
        `\`az ad app federated-credential create --id ${id} --parameters '${JSON.stringify(parameters)}'\`${
          of.startsWith("repo:") && of.includes("@") ? NUMBERED : ""
        }`;
    },
  };
}

/** Subject and issuer of the assertion, in either format in which Entra ID quotes them. */
function presented(description: string): { readonly subject?: string; readonly issuer?: string } {
  const find = (name: string) =>
    new RegExp(`assertion ${name} '([^']+)'`, "i").exec(description)?.[1] ??
      new RegExp(`Assertion ${name}: '?([^'\\s]+?)'?(?:[,.]?\\s|$)`, "i").exec(description)?.[1];
  const [subject, issuer] = [find("Subject"), find("Issuer")];
  return { ...(subject && { subject }), ...(issuer && { issuer }) };
}

export type EntraProblem = NonNullable<ReturnType<typeof readEntraProblem>>;

/** The sign-in that failed, for messages; contains no secrets. */
export interface EntraSubject {
  readonly credential: string;
  readonly tenant?: string | undefined;
  readonly clientId?: string | undefined;
  readonly audience?: string | undefined;
}

/**
 * Parses the body of an error response; `undefined` for anything else.
 *
 * @param secrets Values to mask, which JSON may escape.
 */
export function readEntraProblem(
  body: string,
  secrets?: readonly (string | undefined)[],
) {
  const { error_codes, ...found } = fields(parsedJson(body));
  const masked = (value: unknown) => typeof value === "string" ? redact(value, secrets) : undefined;
  const error = masked(found.error);
  if (error === undefined) return undefined;
  const description = masked(found.error_description) ?? "";
  const named = /AADSTS(\d+)/.exec(description)?.[1];
  const code = named !== undefined ? Number(named) : (error_codes as readonly number[] | undefined)?.[0];
  return {
    /** OAuth error, such as `invalid_client`. */
    error,
    code,
    description,
    correlationId: masked(found.correlation_id),
  };
}

type ExplanationText = string | ((subject: EntraSubject, problem: EntraProblem) => string);

/** Explains a failure of Entra ID: its reason and what to do about it. */
type Explanation = Readonly<Record<"reason" | "hint", ExplanationText>>;

export function explain(text: ExplanationText, subject: EntraSubject, problem: EntraProblem): string {
  return typeof text === "string" ? text : text(subject, problem);
}

/** The application, for use in a sentence. */
function app({ clientId }: EntraSubject): string {
  return clientId === undefined ? "the application" : `application "${clientId}"`;
}

/** The application, for use in a command. */
function appId({ clientId }: EntraSubject): string {
  return clientId ?? "<application id>";
}

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
  ...withHint(resetSecret, {
    70002: (subject) => `wrong client secret for ${app(subject)}`,
    7000222: (subject) => `the client secret of ${app(subject)} has expired`,
  }),
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
  ...withHint("Check AZURE_CLIENT_ID (the application id, not the object id) and AZURE_TENANT_ID", {
    700016: (subject) => `${tenantOf(subject)} does not have ${app(subject)}`,
    70001: (subject) => `${tenantOf(subject)} does not have ${app(subject)}, or it is disabled`,
  }),
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
  ...withHint("Set AZURE_TENANT_ID or use `--tenant`", {
    90019: "no tenant was given",
    50059: "no tenant was given",
    50194: (subject) => `${app(subject)} allows users from its own tenant only`,
  }),
  500021: {
    reason: (subject) => `this network does not allow ${tenantOf(subject)}`,
    hint: "Ask the network's administrator to allow the tenant (tenant restrictions in the proxy)",
  },
  ...withHint("Ask the tenant's administrator, or use another identity", {
    500212: (subject) => `the user's own organization does not allow access to ${tenantOf(subject)}`,
    500213: (subject) => `${tenantOf(subject)} does not allow this user`,
    7000112: (subject) => `${app(subject)} is disabled`,
    500571: "the guest's account is disabled",
    50057: "the account is disabled",
    50105: (subject) => `this user is not assigned to ${app(subject)}`,
    501051: (subject) => `${app(subject)} is not assigned to ${subject.audience ?? "the service"}`,
    500014: (subject) => `${tenantOf(subject)} has disabled ${subject.audience ?? "the service"}`,
    90094: "the tenant requires an administrator's consent",
    53004:
      "the tenant requires multi-factor authentication, and blocks setting it up because the account is at risk",
    53011: "the user is blocked because the account is at risk",
  }),
  7000229: {
    reason: (subject) => `${app(subject)} has no service principal in ${tenantOf(subject)}`,
    hint: (subject) => `Run \`az ad sp create --id ${appId(subject)}\``,
  },
  ...withHint(newLogin, {
    50058: "the sign-in has expired",
    50126: "the user name or the password is wrong",
    50034: (subject) => `user not found in ${tenantOf(subject)}`,
    51004: (subject) => `user not found in ${tenantOf(subject)}`,
    50020: (subject) => `the user has no account in ${tenantOf(subject)}`,
    50173: "the sign-in was revoked, for example by a password change",
    50132: "the session was revoked",
    50133: "the session was revoked, for example by a password change",
    70008: "the sign-in has expired",
    70043: "the sign-in has expired: a tenant policy limits its lifetime",
    700082: "the sign-in has expired because it was not used for a long time",
    700084: "the sign-in has expired",
  }),
  50053: {
    reason: "the account is locked after too many attempts, or its IP address is blocked",
    hint: "Wait, then sign in again",
  },
  ...withHint("Change the password at https://aka.ms/sspr", {
    50055: "the password has expired",
    50135: "the password must be changed",
    50144: "the password has expired",
  }),
  ...withHint(loginFor, {
    50072: "the tenant requires you to set up multi-factor authentication",
    50074: "the tenant requires multi-factor authentication",
    50076: "the tenant requires multi-factor authentication",
    50079: "the tenant requires you to set up multi-factor authentication",
    50078: "the multi-factor authentication has expired",
    50158: "the tenant requires additional verification",
  }),
  ...withHint("Run the command again", {
    90033: "Entra ID is temporarily unavailable",
    70019: "the code expired before it was used",
  }),
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
  ...withHint(OTHER_IDENTITY, {
    53000: "the tenant requires a device that complies with its policy",
    53001: "the tenant requires a domain-joined device",
    53002: "the tenant requires an approved application",
    53003: "a Conditional Access policy of the tenant blocks the sign-in",
    50097: "the tenant requires a registered device",
    50129: "the tenant requires a joined device",
    50131: "a Conditional Access policy of the tenant blocks the sign-in",
    530003: "the tenant requires a managed device",
    530032: "a security policy of the tenant blocks the sign-in",
    530035: "the tenant's security defaults block the sign-in",
    700003: "the tenant has deleted this device",
  }),
};

/** Explanations that differ in their reason only, by AADSTS number. */
function withHint(
  hint: Explanation["hint"],
  reasons: Readonly<Record<number, Explanation["reason"]>>,
): Record<string, Explanation> {
  return Object.fromEntries(Object.entries(reasons).map(([number, reason]) => [number, { reason, hint }]));
}
