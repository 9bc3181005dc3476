import type { AppContext } from "../context.ts";
import { type Endpoint, listEndpoints } from "../../azureml/resources/hosts.ts";
import { openWorkspace } from "../../azureml/client/open_workspace.ts";
import { clockAdvice } from "../../core/net/azure_http.ts";
import { type Cloud, loadCloud } from "../../core/net/clouds.ts";
import type { Context } from "../../core/context.ts";
import type { TokenSource } from "../../credentials/token_source.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { hasCallFilter } from "../../kedro/reader/sandbox_client.ts";
import { checkHost, type ReachedHost } from "./host.ts";
import { openTokens, SINGLE_ATTEMPT } from "./probes.ts";
import { type CheckName, type DoctorCheck, FAILED, openChecker, skipChecks } from "./host.ts";
import { AFTER_WORKSPACE, checkServices } from "./probes.ts";
import { describeIdentity } from "../context.ts";
import {
  findProjectWorkspace,
  type ProjectWorkspace,
  type ProjectWorkspaceOptions,
} from "../project/workspace.ts";

/** What `doctor` yields: each check as it completes, and finally all of them. */
export type DoctorEvent =
  | { readonly type: "check"; readonly check: DoctorCheck }
  | {
    readonly type: "end";
    readonly checks: readonly DoctorCheck[];
    readonly endpoints: readonly Endpoint[];
  };

/** Checks everything between this machine and a workspace. */
export async function* runDoctor(
  ctx: AppContext,
  options: ProjectWorkspaceOptions,
): AsyncIterable<DoctorEvent> {
  const checks: DoctorCheck[] = [];
  const examination = examine(ctx, options);
  for (;;) {
    const { done, value } = await examination.next();
    if (done) return yield { type: "end", checks, endpoints: value };
    checks.push(value);
    yield { type: "check", check: value };
  }
}

/**
 * Runs the checks in the order in which submitting a job depends on them. Checks that depend on a failed one are
 * skipped; the others still run.
 *
 * @returns The hosts that must be reachable, including those of the workspace.
 */
async function* examine(
  ctx: AppContext,
  options: ProjectWorkspaceOptions,
): AsyncGenerator<DoctorCheck, readonly Endpoint[]> {
  const check = openChecker(ctx);
  const cloud = yield* check(
    "cloud",
    "Cloud",
    () => loadCloud(ctx),
    (cloud) => `${cloud.name}, ${cloud.resourceManager}`,
  );
  if (cloud === FAILED) {
    yield* skipChecks(AFTER_CLOUD, "the cloud is unknown");
    return [];
  }
  const here = yield* project(ctx, options);
  yield* check("sandbox", "Sandbox", () => hasCallFilter(ctx), (isFiltered) => sandboxText(ctx, isFiltered));
  const authority = yield* checkHost(ctx, { id: "entra", title: "Entra ID", url: cloud.authority });
  yield* clock(ctx, authority);
  const manager = yield* checkHost(ctx, { id: "arm", title: "Resource Manager", url: cloud.resourceManager });
  const tokens = openTokens(ctx, cloud, options.tenant);
  const signedIn = yield* signIn(ctx, { cloud, tokens, authority });
  const config = "config" in here ? here.config : undefined;
  if (!manager.ok || !signedIn || config === undefined) {
    yield* skipChecks(AFTER_WORKSPACE, whyNoWorkspace(here, manager));
    return listEndpoints({ cloud, env: ctx.env });
  }
  const workspace = openWorkspace({ ...ctx, cloud, config, tokens, ...SINGLE_ATTEMPT });
  const services = yield* checkServices(ctx, workspace, tokens.identity()?.objectId);
  return listEndpoints({ cloud, env: ctx.env, known: services });
}

function sandboxText({ platform }: Pick<Context, "platform">, isFiltered: boolean): string {
  if (isFiltered) return "a process without permissions, behind a system call filter";
  const why = platform === "linux" ? "this machine has no seccomp" : "only Linux has one";
  return `a process without permissions; no system call filter: ${why}`;
}

const AFTER_CLOUD: readonly CheckName[] = [
  ["entra", "Entra ID"],
  ["arm", "Resource Manager"],
  ["token", "Sign-in"],
  ...AFTER_WORKSPACE,
];

function whyNoWorkspace(here: ProjectWorkspace, manager: ReachedHost): string {
  if ("absent" in here) return here.absent;
  if ("error" in here) return "no valid workspace in azureml.yml";
  return manager.ok ? "not signed in" : "Resource Manager cannot be reached";
}

async function* project(
  ctx: AppContext,
  options: ProjectWorkspaceOptions,
): AsyncGenerator<DoctorCheck, ProjectWorkspace> {
  const start = ctx.clock.now().getTime();
  const here = await findProjectWorkspace(ctx, options);
  const shared = { id: "project", title: "Project", milliseconds: ctx.clock.now().getTime() - start };
  if ("absent" in here) yield { ...shared, status: "skipped", summary: here.absent };
  else if ("error" in here) yield { ...shared, status: "failed", error: here.error };
  else {
    const { name, resource_group: group, subscription_id: subscription } = here.config;
    yield {
      ...shared,
      status: "ok",
      summary: `workspace ${name} in ${group} of subscription ${subscription}`,
    };
  }
  return here;
}

function* clock(ctx: Pick<Context, "clock">, { date }: ReachedHost): Generator<DoctorCheck> {
  if (date === undefined) return;
  const shared = { id: "clock", title: "Clock", milliseconds: 0 };
  const advice = clockAdvice(date.toUTCString(), ctx.clock.now());
  if (advice === undefined) yield { ...shared, status: "ok", summary: "correct within five minutes" };
  else {
    const error = new UserError(`Wrong clock: ${advice.problem}`, {
      code: "machine.clock",
      exit: ExitCode.Auth,
      hint: advice.hint,
    });
    yield { ...shared, status: "failed", error };
  }
}

async function* signIn(
  ctx: AppContext,
  { cloud, tokens, authority }: {
    readonly cloud: Cloud;
    readonly tokens: TokenSource;
    readonly authority: ReachedHost;
  },
): AsyncGenerator<DoctorCheck, boolean> {
  if (!authority.ok) {
    yield* skipChecks([["token", "Sign-in"]], "Entra ID cannot be reached");
    return false;
  }
  const check = openChecker(ctx);
  const first = yield* check(
    "token",
    "Sign-in",
    () => tokens.getToken(cloud.resourceManagerScope),
    () => describeIdentity(tokens.identity(), tokens.report()),
  );
  if (first === FAILED) return false;
  for (
    const [id, title, scope] of [
      ["token.ml", "Sign-in: Azure ML", cloud.mlScope],
      ["token.storage", "Sign-in: Storage", cloud.storageScope],
    ] as const
  ) {
    yield* check(id, title, () => tokens.getToken(scope), () => scope.replace(/\/\.default$/, ""));
  }
  return true;
}

/** Lists the hosts and ports that this program needs, without connecting to them. */
export async function requiredEndpoints(
  ctx: AppContext,
): Promise<{ readonly cloud: Cloud; readonly endpoints: readonly Endpoint[] }> {
  const cloud = await loadCloud(ctx);
  return { cloud, endpoints: listEndpoints({ cloud, env: ctx.env }) };
}
