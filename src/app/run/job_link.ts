import type { WorkspaceConfig } from "../../config/azureml/types.ts";
import { percentDecoded } from "../../core/text/percent_encoding.ts";

/** A run that a link names. */
export interface LinkedRun {
  readonly name: string;
  readonly workspace: WorkspaceConfig;
  /** The tenant of the workspace, if the link has it. */
  readonly tenant: string | undefined;
}

const STUDIO = /^https?:\/\/[^/?#\s]+\/runs\/([^/?#\s]+)\?/;
const IN_WORKSPACE = /^\/subscriptions\/([^/]+)\/resourcegroups\/([^/]+)\/workspaces\/([^/]+)$/i;
const RESOURCE =
  /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.MachineLearningServices\/workspaces\/([^/]+)\/jobs\/([^/]+)$/i;

/**
 * Reads the link of a job in Azure ML studio, or its resource ID in Azure; `undefined` if a text is neither. Only names
 * are taken from a link: requests go to the hosts of the cloud.
 */
export function readJobLink(text: string): LinkedRun | undefined {
  const [, studioName] = STUDIO.exec(text) ?? [];
  if (studioName !== undefined) {
    const query = new URL(text).searchParams;
    const parts = IN_WORKSPACE.exec(query.get("wsid") ?? "")?.slice(1);
    return parts && linkedRun([...parts, percentDecoded(studioName)], query.get("tid") ?? undefined);
  }
  const parts = RESOURCE.exec(text)?.slice(1);
  return parts && linkedRun(parts.map(percentDecoded), undefined);
}

function linkedRun(parts: readonly string[], tenant: string | undefined): LinkedRun {
  const [subscription_id = "", resource_group = "", workspace = "", name = ""] = parts;
  return { name, workspace: { subscription_id, resource_group, name: workspace }, tenant };
}
