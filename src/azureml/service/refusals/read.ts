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
}

/** Parses the error in a refusal. Blob storage also sends its code in a header, for responses without a body. */
export function readProblem(
  { text, header }: Pick<AzureRefusal, "text" | "header">,
): AzureProblem | undefined {
  const told = header("x-ms-error-code");
  try {
    const value = JSON.parse(text) as { error?: AzureProblem; code?: string; message?: string } | null;
    if (typeof value?.error === "object" && value.error !== null) return value.error;
    if (typeof value?.code === "string") return value as AzureProblem;
  } catch {
    const code = /<Code>(.*?)<\/Code>/s.exec(text)?.[1] ?? told;
    if (code === undefined) return undefined;
    const detail = /<AuthenticationErrorDetail>(.*?)<\/AuthenticationErrorDetail>/s.exec(text)?.[1];
    return { code, message: /<Message>(.*?)<\/Message>/s.exec(text)?.[1]?.split("\n")[0] ?? "", detail };
  }
  return told === undefined ? undefined : { code: told };
}

/** The Resource Manager id of the workspace in a refusal. */
export function workspaceScope({ workspace }: Pick<AzureRefusal, "workspace">): string {
  const { name, resource_group: group, subscription_id: subscription } = workspace;
  return `/subscriptions/${subscription}/resourceGroups/${group}` +
    `/providers/Microsoft.MachineLearningServices/workspaces/${name}`;
}

/** The storage account in a blob host; `undefined` for other hosts. */
export function accountOf({ url }: Pick<AzureRefusal, "url">): string | undefined {
  const host = url === undefined || !URL.canParse(url) ? "" : new URL(url).hostname;
  return /^([a-z0-9]{3,24})\.(?:privatelink\.)?blob\./.exec(host)?.[1];
}
