import type { AppContext } from "../context.ts";
import { type Endpoint, listEndpoints } from "../../azureml/access/endpoints.ts";
import { openWorkspace } from "../../azureml/client/workspace.ts";
import { clockAdvice } from "../../core/net/clock_skew.ts";
import { type Cloud, loadCloud } from "../../core/clouds/load.ts";
import type { Context } from "../../core/context.ts";
import type { TokenSource } from "../../credentials/chain/token_source.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { type Check, checkHost, type Reached } from "./host.ts";
import { LOOK, openTokens } from "./auth_check.ts";
import { openLook, skip, type Step } from "./look.ts";
import { AFTER_WORKSPACE, services } from "./services.ts";
import { describeIdentity } from "../identity.ts";
import { type WhereOptions, type WorkspaceHere, workspaceHere } from "../project/workspace.ts";

/** Options of `doctor`. */
export interface DoctorOptions extends WhereOptions {
  /** Tenant that tokens must come from. */
  readonly tenant?: string;
}

/** What an examination tells: each look as it is done, and then all together. */
export type Finding =
  | { readonly type: "check"; readonly check: Check }
  | { readonly type: "end"; readonly checks: readonly Check[]; readonly endpoints: readonly Endpoint[] };

/** Examines, and tells of each look at once, and of all in the end. */
export async function* findings(ctx: AppContext, options: DoctorOptions): AsyncIterable<Finding> {
  const checks: Check[] = [];
  const examination = examine(ctx, options);
  for (;;) {
    const { done, value } = await examination.next();
    if (done) return yield { type: "end", checks, endpoints: value };
    checks.push(value);
    yield { type: "check", check: value };
  }
}

/**
 * Looks at everything between this machine and a workspace, in the order in which a submit needs it, and tells of each
 * look. What depends on something that failed is skipped; what does not is looked at all the same.
 *
 * @returns The hosts, with those that the workspace told.
 */
async function* examine(ctx: AppContext, options: DoctorOptions): AsyncGenerator<Check, readonly Endpoint[]> {
  const look = openLook(ctx);
  const cloud = yield* look(
    "cloud",
    "Cloud",
    () => loadCloud(ctx),
    (one) => `${one.name}, ${one.resourceManager}`,
  );
  if (cloud === undefined) {
    yield* skip(AFTER_CLOUD, "the cloud is not known");
    return [];
  }
  const here = yield* project(ctx, options);
  const authority = yield* checkHost(ctx, { id: "entra", title: "Entra ID", url: cloud.authority });
  yield* clock(ctx, authority);
  const manager = yield* checkHost(ctx, { id: "arm", title: "Resource Manager", url: cloud.resourceManager });
  const tokens = openTokens(ctx, cloud, options.tenant);
  const signedIn = yield* signIn(ctx, { cloud, tokens, authority });
  const config = "config" in here ? here.config : undefined;
  if (!manager.ok || !signedIn || config === undefined) {
    yield* skip(AFTER_WORKSPACE, whyNoWorkspace(here, manager, signedIn));
    return listEndpoints({ cloud, env: ctx.env });
  }
  const workspace = openWorkspace({ ...ctx, cloud, config, tokens, ...LOOK });
  const known = yield* services(ctx, workspace);
  return listEndpoints({ cloud, env: ctx.env, known });
}

const AFTER_CLOUD: readonly Step[] = [
  ["entra", "Entra ID"],
  ["arm", "Resource Manager"],
  ["token", "Sign-in"],
  ...AFTER_WORKSPACE,
];

function whyNoWorkspace(here: WorkspaceHere, manager: Reached, signedIn: boolean): string {
  if ("absent" in here) return here.absent;
  if ("error" in here) return "the project does not say which";
  return !manager.ok ? "Resource Manager cannot be reached" : signedIn ? "" : "nobody is signed in";
}

async function* project(ctx: AppContext, options: DoctorOptions): AsyncGenerator<Check, WorkspaceHere> {
  const start = ctx.clock.now().getTime();
  const here = await workspaceHere(ctx, options);
  const shared = { id: "project", title: "Project", milliseconds: ctx.clock.now().getTime() - start };
  if ("absent" in here) yield { ...shared, status: "skipped", said: here.absent };
  else if ("error" in here) yield { ...shared, status: "failed", error: here.error };
  else {
    const { name, resource_group: group, subscription_id: subscription } = here.config;
    yield { ...shared, status: "ok", said: `workspace ${name} in ${group} of subscription ${subscription}` };
  }
  return here;
}

function* clock(ctx: Pick<Context, "clock">, { date }: Reached): Generator<Check> {
  if (date === undefined) return;
  const shared = { id: "clock", title: "Clock", milliseconds: 0 };
  const advice = clockAdvice(date.toUTCString(), ctx.clock.now());
  if (advice === undefined) yield { ...shared, status: "ok", said: "right to five minutes" };
  else {
    const error = new UserError(`Cannot rely on the time here: ${advice.problem}`, {
      code: "machine.clock",
      exit: ExitCode.Auth,
      hint: advice.hint,
    });
    yield { ...shared, status: "failed", error };
  }
}

interface SigningIn {
  readonly cloud: Cloud;
  readonly tokens: TokenSource;
  readonly authority: Reached;
}

async function* signIn(
  ctx: AppContext,
  { cloud, tokens, authority }: SigningIn,
): AsyncGenerator<Check, boolean> {
  if (!authority.ok) {
    yield* skip([["token", "Sign-in"]], "Entra ID cannot be reached");
    return false;
  }
  const look = openLook(ctx);
  const first = yield* look(
    "token",
    "Sign-in",
    () => tokens.getToken(cloud.resourceManagerScope),
    () => describeIdentity(tokens.identity(), tokens.report()),
  );
  if (first === undefined) return false;
  for (
    const [id, title, scope] of [
      ["token.ml", "Sign-in: Azure ML", cloud.mlScope],
      ["token.storage", "Sign-in: Storage", cloud.storageScope],
    ] as const
  ) {
    yield* look(id, title, () => tokens.getToken(scope), () => scope.replace(/\/\.default$/, ""));
  }
  return true;
}
