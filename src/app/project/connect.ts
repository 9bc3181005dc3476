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

/** A cloud and the credentials for it. */
export interface Connection {
  readonly cloud: Cloud;
  readonly tokens: TokenSource;
  /** Opens a workspace; sends no request. */
  open(config: WorkspaceConfig): Workspace;
}

/**
 * Opens the cloud and the credentials that the environment variables select.
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

/** Time for requests after an interrupt; GitHub Actions kills the process 7.5 s after the first signal. */
const PATIENCE_MS = 7000;

/** A signal that aborts a few seconds after an interrupt, and a token source that works until then. */
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
      async getToken(scope, challenge) {
        try {
          return await tokens.getToken(scope, challenge);
        } catch (thrown) {
          if (!signal.aborted) throw thrown;
          return await others().getToken(scope, challenge);
        }
      },
    },
  };
}

/** The workspace with this key in azureml.yml, else `__default__`; `undefined` if there is none. */
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
 * @throws {UserError} `workspace.unknown`, which lists the available names.
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
  throw new UserError(`Workspace "${name}" not found in azureml.yml${didYouMean(name, names)}`, {
    code: "workspace.unknown",
    exit: ExitCode.Config,
    details: [`workspaces: ${names.join(", ")}`],
    hint: `Use one of them, or add "${name}" below \`workspace\` in azureml.yml`,
    place: place(flag || job === undefined ? ["workspace"] : ["jobs", job.key, "workspace"]),
    data: { workspaces: names },
  });
}
