import { ExitCode, UserError } from "../errors.ts";
import { redact } from "../redact.ts";

/** What is known of a refusal: the answer, and what was being done. */
export interface Refusal {
  /** As in "Cannot <action>". */
  readonly action: string;
  readonly status: number;
  /** The body, JSON or XML or something of a proxy's. */
  readonly text: string;
  /** A header of the answer by its name in lower case. */
  readonly header: (name: string) => string | undefined;
  /** The workspace, for the hints. */
  readonly workspace: {
    readonly name: string;
    readonly resource_group: string;
    readonly subscription_id: string;
  };
}

/** @internal Azure's own error, as Resource Manager writes it. */
interface ArmError {
  readonly code?: string;
  readonly message?: string;
  readonly details?: readonly ArmError[];
}

/** Turns a refusal of Azure into an error with Azure's words, and with what it means for this user. */
export function azureError(refusal: Refusal): UserError {
  const { action, status, header } = refusal;
  const azure = readArmError(refusal.text);
  const { code, exit, problem, hint } = meaning(refusal, azure);
  const said = azure?.message ?? refusal.text.slice(0, 300).trim();
  const request = header("x-ms-request-id") ?? header("x-ms-correlation-request-id");
  return new UserError(`Cannot ${action}: ${problem}`, {
    code,
    exit,
    hint,
    details: [
      ...(said === ""
        ? []
        : [`Azure says: ${redact(oneLine(said))}${azure?.code ? ` (${azure.code})` : ""}`]),
      ...(azure?.details ?? []).map((one) =>
        `  ${redact(oneLine(one.message ?? ""))} (${one.code ?? "no code"})`
      ),
      ...(request === undefined ? [] : [`request ${request}`]),
    ],
    data: { status, azureCode: azure?.code, requestId: request },
  });
}

interface Meaning {
  readonly code: string;
  readonly exit: ExitCode;
  readonly problem: string;
  readonly hint: string;
}

function meaning({ status, workspace }: Refusal, azure: ArmError | undefined): Meaning {
  const { name, resource_group: group, subscription_id: subscription } = workspace;
  const scope =
    `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.MachineLearningServices/workspaces/${name}`;
  if (status === 401) {
    return {
      code: "azure.unauthorized",
      exit: ExitCode.Auth,
      problem: "Azure does not accept the token",
      hint: "Run `kedro-azureml auth status`; sign in again, in the tenant of the workspace",
    };
  }
  if (status === 403) {
    return {
      code: "azure.forbidden",
      exit: ExitCode.Auth,
      problem: "this identity has no permission",
      hint: `Have an owner run \`az role assignment create --role "AzureML Data Scientist" --assignee ${
        assignee(azure)
      } --scope ${scope}\``,
    };
  }
  if (status === 404) return notFound(azure, workspace);
  if (status === 409) {
    return {
      code: "azure.conflict",
      exit: ExitCode.Rejected,
      problem: "it is in another state than this needs",
      hint: "Try again; somebody else may be changing it",
    };
  }
  if (status === 429 || status >= 500) {
    return {
      code: status === 429 ? "azure.busy" : "azure.unavailable",
      exit: ExitCode.Unavailable,
      problem: status === 429 ? "Azure asks to slow down" : `Azure answered with ${status}, again and again`,
      hint: "Try again in some minutes",
    };
  }
  return {
    code: "azure.rejected",
    exit: ExitCode.Rejected,
    problem: "Azure does not take it",
    hint: "Change what Azure names above",
  };
}

/** The identity, which Azure names in what it says. */
function assignee(azure: ArmError | undefined): string {
  return /object id '([0-9a-f-]{36})'/.exec(azure?.message ?? "")?.[1] ?? "<object id of this identity>";
}

function notFound(azure: ArmError | undefined, workspace: Refusal["workspace"]): Meaning {
  const { name, resource_group: group, subscription_id: subscription } = workspace;
  const missing: Record<string, [string, string]> = {
    SubscriptionNotFound: [`there is no subscription "${subscription}" for this identity`, "subscription_id"],
    InvalidSubscriptionId: [`"${subscription}" is no subscription's id`, "subscription_id"],
    ResourceGroupNotFound: [`there is no resource group "${group}"`, "resource_group"],
  };
  const found = missing[azure?.code ?? ""];
  if (found !== undefined) {
    return {
      code: "azure.not_found",
      exit: ExitCode.Rejected,
      problem: found[0],
      hint: `Change \`workspace.*.${found[1]}\` in azureml.yml`,
    };
  }
  return {
    code: "azure.not_found",
    exit: ExitCode.Rejected,
    problem: `there is no such thing in workspace "${name}"`,
    hint: "Look at its name in azureml.yml, and at the workspace",
  };
}

function readArmError(text: string): ArmError | undefined {
  try {
    const value = JSON.parse(text) as { error?: ArmError };
    return typeof value?.error === "object" ? value.error : undefined;
  } catch {
    const xml = /<Code>(.*?)<\/Code>\s*<Message>(.*?)<\/Message>/s.exec(text);
    return xml === null ? undefined : { code: xml[1]!, message: xml[2]!.split("\n")[0]! };
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
