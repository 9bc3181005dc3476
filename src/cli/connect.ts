import { openWorkspace, type Workspace } from "../azureml/workspace.ts";
import { type Cloud, loadCloud } from "../clouds.ts";
import type { AzureMLConfig, WorkspaceConfig } from "../config/azureml_config.ts";
import type { Context } from "../context.ts";
import { createTokenSource, type TokenSource } from "../credentials/token_source.ts";
import { ExitCode, UserError } from "../errors.ts";
import { didYouMean } from "../suggest.ts";
import { type Progress, showRetry } from "./progress.ts";

/** Azure, as one identity sees it. */
export interface Connection {
  readonly cloud: Cloud;
  readonly tokens: TokenSource;
  /** Opens a workspace; nothing is asked before its first request. */
  open(config: WorkspaceConfig): Workspace;
}

/**
 * Opens the cloud and the credentials that the environment names.
 *
 * @throws {UserError} `cloud.*`, `auth.unknown_credential`.
 */
export async function connect(ctx: Context, progress: Progress): Promise<Connection> {
  const cloud = await loadCloud(ctx);
  const onRetry = showRetry(progress);
  const tokens = createTokenSource(ctx, { cloud, onRetry });
  return {
    cloud,
    tokens,
    open: (config) => openWorkspace({ ...ctx, cloud, config, tokens, onRetry }),
  };
}

/**
 * The workspace that `-w` names, else the job's own, else `__default__`.
 *
 * @throws {UserError} `workspace.unknown` with the names there are.
 */
export function chooseWorkspace(config: AzureMLConfig, name: string | null | undefined): WorkspaceConfig {
  const found = config.workspace[name || "__default__"];
  if (found !== undefined) return found;
  const names = Object.keys(config.workspace);
  throw new UserError(`Cannot find workspace "${name}" in azureml.yml${didYouMean(name!, names)}`, {
    code: "workspace.unknown",
    exit: ExitCode.Config,
    details: [`workspaces: ${names.join(", ")}`],
    hint: `Name one of them, or add "${name}" to \`workspace\` in azureml.yml`,
    data: { workspaces: names },
  });
}
