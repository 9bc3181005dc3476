import { openWorkspace } from "../../azureml/client/open_workspace.ts";
import { loadCloud } from "../../core/net/clouds.ts";
import type { WorkspaceConfig } from "../../config/schema.ts";
import type { AppContext } from "../context.ts";
import type { Identity } from "../../credentials/identity.ts";
import { prepareSdk } from "../../credentials/service_principal.ts";
import { createTokenSource, type TokenSource } from "../../credentials/token_source.ts";
import type { Warning } from "../../core/errors.ts";
import type { OnRetry } from "../../core/net/retry.ts";
import { once } from "../../core/async.ts";

export type Connection = Awaited<ReturnType<typeof connect>>;

/**
 * Opens the cloud and the credentials that the environment variables select.
 *
 * @param signal Ends signing in (default: the command's).
 * @throws {UserError} `cloud.*`, `auth.unknown_credential`.
 */
export async function connect(ctx: AppContext, signal = ctx.signal) {
  const loading = loadCloud(ctx);
  prepareSdk(ctx.env);
  const cloud = await loading;
  const onRetry: OnRetry = (event) => ctx.report({ type: "retry", ...event });
  const onWarning = (warning: Warning) => ctx.report({ type: "warnings", warnings: [warning] });
  const interaction = ctx.person;
  const tokens = createTokenSource({ ...ctx, signal }, { cloud, onRetry, onWarning, interaction });
  const patience = patienceOf(
    ctx,
    tokens,
    (later) => createTokenSource({ ...ctx, signal: later }, { cloud, onRetry }),
  );
  return {
    cloud,
    tokens,
    /** Opens a workspace; sends no request. */
    open: (config: WorkspaceConfig) => openWorkspace({ ...ctx, cloud, config, tokens, onRetry, patience }),
  };
}

/**
 * Opens the cloud and starts to sign in while the command does other work; nobody is asked, and nothing fails, before
 * the connection is used. Disposing it ends a sign-in that was not needed.
 */
export function startConnecting(
  ctx: AppContext,
): { readonly connection: Promise<Connection> } & Disposable {
  const unneeded = new AbortController();
  const connection = connect(ctx, AbortSignal.any([ctx.signal, unneeded.signal]));
  connection.then(({ cloud, tokens }) => tokens.start(cloud.resourceManagerScope), () => {});
  return { connection, [Symbol.dispose]: () => unneeded.abort() };
}

/** Gets the first token, and reports who signed in; later requests then ask nobody. @throws {UserError} `auth.*`. */
export async function requireSignIn(
  { report }: Pick<AppContext, "report">,
  { cloud, tokens }: Pick<Connection, "cloud" | "tokens">,
): Promise<Identity | undefined> {
  await tokens.getToken(cloud.resourceManagerScope);
  const identity = tokens.identity();
  report({ type: "identity", identity, members: tokens.report() });
  return identity;
}

/** Time for requests after an interrupt; GitHub Actions kills the process 7.5 s after the first signal. */
const PATIENCE_MS = 7000;

/** A signal that aborts a few seconds after an interrupt, and a token source that works until then. */
function patienceOf(
  { signal, clock }: Pick<AppContext, "signal" | "clock">,
  tokens: TokenSource,
  createTokens: (signal: AbortSignal) => TokenSource,
): { readonly signal: AbortSignal; readonly tokens: Pick<TokenSource, "getToken" | "identity"> } {
  const later = new AbortController();
  signal.addEventListener("abort", async () => {
    await clock.sleep(PATIENCE_MS);
    later.abort(signal.reason);
  });
  const others = once(() => createTokens(later.signal));
  return {
    signal: later.signal,
    tokens: {
      identity: tokens.identity,
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
