import { cutLong } from "../../../core/errors.ts";
import type { WorkspaceConfig } from "../../../config/azureml/types.ts";

/** A refused request: the response, and what was attempted. */
export interface AzureRefusal {
  /** Completes the sentence "Cannot <action>". */
  readonly action: string;
  readonly status: number;
  /** The body: JSON, XML, or something from a proxy. */
  readonly text: string;
  /** Returns a response header by its lowercase name. */
  readonly header: (name: string) => string | undefined;
  /** The workspace, for hints. */
  readonly workspace: Pick<WorkspaceConfig, "name" | "resource_group" | "subscription_id">;
  /** URL of the request. */
  readonly url?: string;
  /** Method of the request. */
  readonly method?: string;
  /** When the response arrived, by this machine's clock. */
  readonly now?: Date;
}

/** Azure's error, as Resource Manager and blob storage write it. */
export interface AzureProblem {
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  /** From blob storage: why a signature or token was refused. */
  readonly detail?: string | undefined;
  readonly details?: readonly AzureProblem[];
  readonly additionalInfo?: readonly { readonly type?: string; readonly info?: unknown }[];
  /** The cause, in errors of run history, which have it here instead of in `additionalInfo`. */
  readonly innerError?: InnerError | null;
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

/** @internal An error in a chain of causes. */
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
    const value = JSON.parse(text) as { error?: AzureProblem; code?: string; message?: string } | null;
    if (typeof value?.error === "object" && value.error !== null) return shortened(value.error);
    if (typeof value?.code === "string") return shortened(value as AzureProblem);
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
