import { openWorkspace, type Workspace } from "../../azureml/client/workspace.ts";
import { type Cloud, loadCloud } from "../../core/clouds/load.ts";
import type { WorkspaceConfig } from "../../config/azureml/types.ts";
import type { FoundJob } from "../../config/azureml/job_factories.ts";
import type { LoadedConfig } from "../../config/azureml/load.ts";
import type { AppContext } from "../context.ts";
import { createTokenSource, type TokenSource } from "../../credentials/chain/token_source.ts";
import { ExitCode, UserError, type Warning } from "../../core/errors.ts";
import type { OnRetry } from "../../core/net/azure_http.ts";
import { once } from "../../core/once.ts";
import { didYouMean } from "../../core/text/suggest.ts";

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
export async function connect(ctx: AppContext): Promise<Connection> {
  const cloud = await loadCloud(ctx);
  const onRetry: OnRetry = (event) => ctx.report({ type: "retry", ...event });
  const onWarning = (warning: Warning) => ctx.report({ type: "warning", warning });
  const interaction = ctx.person;
  const tokens = createTokenSource(ctx, { cloud, onRetry, onWarning, interaction });
  const patience = patienceOf(
    ctx,
    tokens,
    (signal) => createTokenSource({ ...ctx, signal }, { cloud, onRetry }),
  );
  return {
    cloud,
    tokens,
    open: (config) => openWorkspace({ ...ctx, cloud, config, tokens, onRetry, patience }),
  };
}

/** Milliseconds that a request may outlast an interrupt: GitHub sends another signal after 7.5 s, which ends all. */
const PATIENCE_MS = 7000;

/** What outlasts an interrupt: a signal that aborts some seconds later, and tokens that can still be asked for then. */
function patienceOf(
  { signal, clock }: Pick<AppContext, "signal" | "clock">,
  tokens: TokenSource,
  createTokens: (signal: AbortSignal) => TokenSource,
): { readonly signal: AbortSignal; readonly tokens: Pick<TokenSource, "getToken"> } {
  const later = new AbortController();
  signal.addEventListener("abort", async () => {
    await clock.sleep(PATIENCE_MS);
    later.abort(signal.reason);
  });
  const others = once(() => createTokens(later.signal));
  return {
    signal: later.signal,
    tokens: {
      async getToken(scope) {
        try {
          return await tokens.getToken(scope);
        } catch (thrown) {
          if (!signal.aborted) throw thrown;
          return await others().getToken(scope);
        }
      },
    },
  };
}

/** The workspace of that name, or `__default__`; `undefined` where azureml.yml has none. */
export function findWorkspace(
  { workspace }: Pick<LoadedConfig["azureml"], "workspace">,
  name: string | null | undefined,
): WorkspaceConfig | undefined {
  const key = name || "__default__";
  return Object.hasOwn(workspace, key) ? workspace[key] : undefined;
}

/**
 * The workspace that `-w` names, else the job's own, else `__default__`.
 *
 * @throws {UserError} `workspace.unknown` with the names there are.
 */
export function chooseWorkspace(
  { azureml, place }: Pick<LoadedConfig, "azureml" | "place">,
  flag: string | undefined,
  job?: Pick<FoundJob, "key" | "workspace">,
): WorkspaceConfig {
  const name = flag || job?.workspace || "__default__";
  const found = findWorkspace(azureml, name);
  if (found !== undefined) return found;
  const names = Object.keys(azureml.workspace);
  throw new UserError(`Cannot find workspace "${name}" in azureml.yml${didYouMean(name, names)}`, {
    code: "workspace.unknown",
    exit: ExitCode.Config,
    details: [`workspaces: ${names.join(", ")}`],
    hint: `Name one of them, or add "${name}" to \`workspace\` in azureml.yml`,
    place: place(flag || job === undefined ? ["workspace"] : ["jobs", job.key, "workspace"]),
    data: { workspaces: names },
  });
}
