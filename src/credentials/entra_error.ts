import { ExitCode, UserError } from "../errors.ts";
import { redact } from "../redact.ts";

/** What Entra ID says when it gives no token. */
export interface EntraProblem {
  /** Such as `invalid_client`. */
  readonly error: string;
  /** Number of the AADSTS code. */
  readonly code: number | undefined;
  readonly description: string;
  readonly correlationId: string | undefined;
}

/** What a message may name; none of it is secret. */
export interface EntraSubject {
  /** The credential that asked. */
  readonly credential: string;
  readonly tenant?: string | undefined;
  readonly clientId?: string | undefined;
  /** The audience that was asked for. */
  readonly audience?: string | undefined;
}

/** Reads the body of an answer of Entra ID; `undefined` when it is none of its failures. */
export function readEntraProblem(body: string): EntraProblem | undefined {
  try {
    const { error, error_description, error_codes, correlation_id } = JSON.parse(body);
    if (typeof error !== "string") return undefined;
    const description = typeof error_description === "string" ? error_description : "";
    const named = /AADSTS(\d+)/.exec(description)?.[1];
    const code = named !== undefined ? Number(named) : error_codes?.[0];
    return { error, code, description, correlationId: correlation_id };
  } catch {
    return undefined;
  }
}

/** Explains in words why Entra ID gave no token, and what to do next. */
export function entraError(problem: EntraProblem, subject: EntraSubject): UserError {
  const known = problem.code === undefined ? undefined : EXPLANATIONS[problem.code];
  const said = firstLine(problem.description) || problem.error;
  const reason = known?.reason(subject) ?? said;
  return new UserError(`Cannot sign in with ${subject.credential}: ${reason}`, {
    code: problem.code === undefined ? "auth.refused" : `auth.aadsts${problem.code}`,
    exit: ExitCode.Auth,
    hint: known?.hint(subject) ??
      "Look the code up at https://login.microsoftonline.com/error, or run `kedro-azureml auth status`",
    details: [
      ...(known === undefined ? [] : [`Entra ID said: ${said}`]),
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
export function firstLine(text: string): string {
  return redact(text.split(/\r?\n|\s+Trace ID:/)[0]!.trim());
}

interface Explanation {
  reason(subject: EntraSubject): string;
  hint(subject: EntraSubject): string;
}

const ASK_ADMIN = "Ask the tenant's administrator, or sign in with another identity";

function app({ clientId }: EntraSubject): string {
  return clientId === undefined ? "the application" : `application "${clientId}"`;
}

function tenantOf({ tenant }: EntraSubject): string {
  return tenant === undefined ? "the tenant" : `tenant "${tenant}"`;
}

function resetSecret({ clientId }: EntraSubject): string {
  return `Run \`az ad app credential reset --id ${clientId ?? "<application id>"} --append\`, ` +
    "and set AZURE_CLIENT_SECRET to the password that it prints";
}

const NEW_LOGIN = (subject: EntraSubject) =>
  `Run \`az login${subject.tenant === undefined ? "" : ` --tenant ${subject.tenant}`}\``;

const EXPLANATIONS: Readonly<Record<number, Explanation>> = {
  7000215: {
    reason: (subject) => `the client secret is not one of ${app(subject)}`,
    hint: () =>
      "Set AZURE_CLIENT_SECRET to the secret's value, not to its id; it is shown once, when it is made",
  },
  7000222: { reason: (subject) => `the client secret of ${app(subject)} has expired`, hint: resetSecret },
  7000216: {
    reason: (subject) => `no secret or assertion of ${app(subject)} was sent`,
    hint: () => "Set AZURE_CLIENT_SECRET",
  },
  7000218: {
    reason: (subject) => `${app(subject)} must prove itself with a secret or an assertion`,
    hint: () => "Set AZURE_CLIENT_SECRET, or allow public client flows in the app registration",
  },
  700016: {
    reason: (subject) => `${tenantOf(subject)} does not have ${app(subject)}`,
    hint: () => "Check AZURE_CLIENT_ID (the application id, not the object id) and AZURE_TENANT_ID",
  },
  90002: {
    reason: (subject) => `${tenantOf(subject)} does not exist`,
    hint: () => "Check AZURE_TENANT_ID with `az account show --query tenantId`, and the cloud",
  },
  900023: {
    reason: (subject) => `${tenantOf(subject)} is neither a tenant id nor a domain`,
    hint: () => "Set AZURE_TENANT_ID to what `az account show --query tenantId` prints",
  },
  900382: {
    reason: (subject) => `${tenantOf(subject)} belongs to another cloud`,
    hint: () => "Set AZUREML_CURRENT_CLOUD to the tenant's cloud",
  },
  7000112: { reason: (subject) => `${app(subject)} is disabled`, hint: () => ASK_ADMIN },
  7000229: {
    reason: (subject) => `${app(subject)} has no service principal in ${tenantOf(subject)}`,
    hint: ({ clientId }) => `Run \`az ad sp create --id ${clientId ?? "<application id>"}\``,
  },
  50126: {
    reason: () => "the user name or the password is wrong",
    hint: NEW_LOGIN,
  },
  50034: { reason: (subject) => `there is no such user in ${tenantOf(subject)}`, hint: NEW_LOGIN },
  50053: {
    reason: () => "the account is locked after too many attempts",
    hint: () => "Wait, then sign in again",
  },
  50055: { reason: () => "the password has expired", hint: () => "Change it at https://aka.ms/sspr" },
  50057: { reason: () => "the account is disabled", hint: () => ASK_ADMIN },
  50076: { reason: () => "the tenant demands multi-factor authentication", hint: NEW_LOGIN },
  50079: { reason: () => "the tenant demands that you set up multi-factor authentication", hint: NEW_LOGIN },
  50158: { reason: () => "the tenant demands a further proof of who you are", hint: NEW_LOGIN },
  50020: {
    reason: (subject) => `the user is a guest who has no account in ${tenantOf(subject)}`,
    hint: NEW_LOGIN,
  },
  50173: { reason: () => "the sign-in was revoked, as after a change of password", hint: NEW_LOGIN },
  50078: { reason: () => "the proof by a second factor has expired", hint: NEW_LOGIN },
  50132: { reason: () => "the session was revoked", hint: NEW_LOGIN },
  65001: {
    reason: (subject) =>
      `nobody has consented to ${app(subject)} reaching ${subject.audience ?? "the service"}`,
    hint: () => ASK_ADMIN,
  },
  70043: { reason: () => "the sign-in has expired by a rule of the tenant", hint: NEW_LOGIN },
  700082: { reason: () => "the sign-in has expired, as it was not used for long", hint: NEW_LOGIN },
  700084: { reason: () => "the sign-in has expired", hint: NEW_LOGIN },
  500011: {
    reason: (subject) => `${tenantOf(subject)} does not know ${subject.audience ?? "the service"}`,
    hint: () => "Check AZURE_TENANT_ID and AZUREML_CURRENT_CLOUD: tenant and service must be of one cloud",
  },
  500133: {
    reason: () =>
      "the assertion is not valid at this time: the machine's clock is wrong, or it was kept too long",
    hint: () => "Set the machine's clock (`timedatectl set-ntp true`)",
  },
  700024: {
    reason: () =>
      "the assertion is not valid at this time: the machine's clock is wrong, or it was kept too long",
    hint: () => "Set the machine's clock (`timedatectl set-ntp true`)",
  },
  700027: {
    reason: (subject) => `the certificate is not one of ${app(subject)}`,
    hint: ({ clientId }) => `Run \`az ad app credential list --cert --id ${clientId ?? "<application id>"}\``,
  },
  700211: federation("issuer"),
  700212: federation("audience"),
  700213: federation("subject"),
  70021: federation("issuer, subject or audience"),
  53003: {
    reason: () => "a conditional access policy of the tenant blocks it",
    hint: () => "Use a service principal, a managed identity, or `az login` on a managed device",
  },
  53000: { reason: () => "the tenant wants a device that complies with its policy", hint: () => ASK_ADMIN },
  53001: { reason: () => "the tenant wants a device that is joined to its domain", hint: () => ASK_ADMIN },
};

function federation(what: string): Explanation {
  return {
    reason: (subject) => `no federated credential of ${app(subject)} has this ${what}`,
    hint: ({ clientId }) =>
      `Run \`az ad app federated-credential list --id ${clientId ?? "<application id>"}\` and compare`,
  };
}
