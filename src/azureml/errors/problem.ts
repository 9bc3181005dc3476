import type { WorkspaceConfig } from "../../config/schema.ts";
import { decodeJsonObject } from "../../core/encoding.ts";
import { cutLong, ExitCode } from "../../core/errors.ts";
import { fields, isFields } from "../../core/json.ts";
import { isGuid } from "../../core/azure_limits.ts";

export interface TokenChallenge {
  readonly claims?: string;
  readonly tenant?: string;
}

type Header = (name: string) => string | undefined;

/**
 * Reads what a 401 response requires: claims (`error="insufficient_claims"`, Azure's response to writes without
 * multi-factor authentication), or another tenant. Parsed as in azure-core (`_authentication.py`, `on_challenge`).
 *
 * @param header Returns a response header by its lowercase name.
 * @returns `undefined` if another token would not help.
 */
export function readChallenge(header: Header, azure: AzureProblem | undefined): TokenChallenge | undefined {
  const claims = claimsOf(header);
  const tenant = tenantOf(header, azure);
  if (claims !== undefined) return { claims, ...(tenant !== undefined && isGuid(tenant) && { tenant }) };
  if (azure?.code !== "InvalidAuthenticationTokenTenant" || tenant === undefined || !isGuid(tenant)) {
    return undefined;
  }
  return { tenant };
}

export function lacksClaims(header: Header): boolean {
  return /error="?insufficient_claims/i.test(header("www-authenticate") ?? "");
}

/** The tenant that a response names as the right one. */
export function tenantOf(header: Header, azure: AzureProblem | undefined): string | undefined {
  return /must match (?:the tenant|one of the tenants) '?https:\/\/[^/]+\/([\w.-]+)/.exec(
    azure?.message ?? "",
  )?.[1] ??
    /authorization_uri="?https:\/\/[^/]+\/([\w.-]+)/.exec(header("www-authenticate") ?? "")?.[1];
}

function claimsOf(header: Header): string | undefined {
  if (!lacksClaims(header)) return undefined;
  const encoded = /\bclaims="?([A-Za-z0-9+/_=-]+)/.exec(header("www-authenticate") ?? "")?.[1];
  return encoded === undefined ? undefined : decodeJsonObject(encoded)?.text;
}

/** What a refusal of Azure means for the user, and what to do. */
export interface RefusalMeaning {
  readonly code: string;
  readonly exit: ExitCode;
  readonly problem: string;
  readonly hint: string;
}

export interface Refused {
  readonly refusal: AzureRefusal;
  readonly azure: AzureProblem;
}

export interface KnownRefusal {
  /** Azure's error code, or a pattern for its code or message. */
  readonly is: string | RegExp;
  readonly and?: (refused: Refused) => boolean;
  /** Where this error is documented. */
  readonly read: string;
  readonly means: (refused: Refused) => RefusalMeaning;
}

/** A refusal because of the identity: not recognized, or lacking a right. */
export function auth(code: string, problem: string, hint: string): RefusalMeaning {
  return { code, exit: ExitCode.Auth, problem, hint };
}

/** A refusal that does not depend on the identity. */
export function rejected(code: string, problem: string, hint: string): RefusalMeaning {
  return { ...auth(code, problem, hint), exit: ExitCode.Rejected };
}

export interface AzureRefusal {
  /** Completes the sentence "Cannot <action>". */
  readonly action: string;
  readonly status: number;
  readonly text: string;
  /** Returns a response header by its lowercase name. */
  readonly header: (name: string) => string | undefined;
  readonly workspace: Pick<WorkspaceConfig, "name" | "resource_group" | "subscription_id">;
  readonly url?: string;
  readonly method?: string;
  /** The environment variable that overrides the api-version of the request. */
  readonly versionVariable?: string | undefined;
  /** When the response arrived, by this machine's clock. */
  readonly now?: Date;
}

/** Azure's error, in the form in which Resource Manager writes it. */
export interface AzureProblem {
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  /** From blob storage: why a signature or token was refused. */
  readonly detail?: string | undefined;
  readonly details?: readonly AzureProblem[];
  readonly additionalInfo?: readonly { readonly type?: string; readonly info?: unknown }[];
  /** The cause, in errors of run history, which have it here instead of in `additionalInfo`. */
  readonly innerError?: InnerError | null;
  /** From services behind api.azureml.ms: ids of the request. */
  readonly correlation?: unknown;
}

/** The innermost code of an error, which tells the cause where the outer one is just `UserError`. */
export function innerCode({ additionalInfo, innerError }: AzureProblem): string | undefined {
  const all = Array.isArray(additionalInfo) ? additionalInfo : [];
  const info = all.find((info) => info?.type === "InnerError")?.info as
    | { readonly value?: InnerError | null }
    | undefined;
  let code: string | undefined;
  for (let error = info?.value ?? innerError; error; error = error.innerError) {
    if (typeof error.code === "string") code = error.code;
  }
  return code;
}

interface InnerError {
  readonly code?: unknown;
  readonly innerError?: InnerError | null;
}

/** Parses the error in a refusal. Blob storage also sends its code in a header, for responses without a body. */
export function readProblem(
  { text: whole, header }: Pick<AzureRefusal, "text" | "header">,
): AzureProblem | undefined {
  const headerCode = header("x-ms-error-code");
  const text = whole.slice(0, MOST_CHARACTERS);
  try {
    const { error, correlation, error_code, ...other } = fields(JSON.parse(text, inCamelCase));
    if (isFields(error)) return shortened({ ...error, ...(isFields(correlation) && { correlation }) });
    const code = other.code ?? error_code;
    if (typeof code === "string") return shortened({ ...other, code });
  } catch {
    const code = elementOf(text, "Code") ?? headerCode;
    if (code === undefined) return undefined;
    const detail = elementOf(text, "AuthenticationErrorDetail");
    return {
      code,
      message: cutLong(elementOf(text, "Message")?.split("\n", 1)[0] ?? "", MOST_IN_MESSAGE),
      detail,
    };
  }
  return headerCode === undefined ? undefined : { code: headerCode };
}

/** Writes `{"Error":{"Code":…}}`, as services behind api.azureml.ms also send, like all other errors. */
function inCamelCase(_: string, value: unknown): unknown {
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name.charAt(0).toLowerCase() + name.slice(1), part]),
  );
}

/** More of an error, and of one of its messages, is not read; Azure's own are shorter. */
const [MOST_CHARACTERS, MOST_IN_MESSAGE] = [256 * 1024, 8 * 1024];

function shortened({ message, details, ...rest }: AzureProblem): AzureProblem {
  return {
    ...rest,
    ...(typeof message === "string" && { message: cutLong(message, MOST_IN_MESSAGE) }),
    ...(Array.isArray(details) &&
      { details: details.filter((detail) => typeof detail === "object" && detail !== null).map(shortened) }),
  };
}

/** The text of the first XML element of a name. */
function elementOf(text: string, name: string): string | undefined {
  const [, rest] = text.split(`<${name}>`, 2);
  return rest?.includes(`</${name}>`) ? rest.split(`</${name}>`, 1)[0] : undefined;
}

/** The storage account in a blob host; `undefined` for other hosts. */
export function accountOf({ url }: Pick<AzureRefusal, "url">): string | undefined {
  const host = url === undefined || !URL.canParse(url) ? "" : new URL(url).hostname;
  return /^([a-z0-9]{3,24})\.(?:privatelink\.)?blob\./.exec(host)?.[1];
}
