import { openWorkspace } from "../../azureml/client/open_workspace.ts";
import type { Workspace } from "../../azureml/client/workspace.ts";
import { type Access, openProbes, type Probes } from "../../azureml/resources/access.ts";
import {
  type Endpoint,
  type KnownHosts,
  listEndpoints,
  privateLinkError,
} from "../../azureml/resources/hosts.ts";
import type { WorkspaceInfo } from "../../azureml/resources/kinds.ts";
import type { Context } from "../../core/context.ts";
import { ExitCode, UserError, userErrorOf } from "../../core/errors.ts";
import { clockAdvice } from "../../azureml/errors/azure_error.ts";
import { requireCloudHost } from "../../core/net/cloud_hosts.ts";
import { type Cloud, loadCloud } from "../../core/net/clouds.ts";
import type { TokenSource } from "../../credentials/token_source.ts";
import { hasCallFilter } from "../../kedro/reader/sandbox_client.ts";
import { type AppContext, describeIdentity } from "../context.ts";
import {
  findProjectWorkspace,
  type ProjectWorkspace,
  type ProjectWorkspaceOptions,
} from "../project/workspace.ts";
import { openTokens, SINGLE_ATTEMPT } from "./auth_status.ts";
import {
  checkHost,
  type CheckName,
  type DoctorCheck,
  FAILED,
  type HostTarget,
  openChecker,
  type ReachedHost,
  skipChecks,
} from "./host.ts";

/** What `doctor` yields: each check as it completes, and finally all of them. */
export type DoctorEvent =
  | { readonly type: "check"; readonly check: DoctorCheck }
  | {
    readonly type: "end";
    readonly checks: readonly DoctorCheck[];
    readonly endpoints: readonly Endpoint[];
  };

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

const WORKSPACE: CheckName = ["workspace", "Workspace"];
const HISTORY: CheckName = ["history", "Run history"];
const BLOBS: CheckName = ["storage", "Storage"];
const AFTER_WORKSPACE: readonly CheckName[] = [WORKSPACE, HISTORY, BLOBS];

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
      // machine.clock: This machine's clock is wrong, so sign-ins fail. Set it.
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

/**
 * Checks a workspace and the hosts of its services; returns their URLs.
 *
 * @param identity Object id of the identity, for the command that assigns a role.
 */
async function* checkServices(
  ctx: AppContext,
  workspace: Workspace,
  identity: string | undefined,
): AsyncGenerator<DoctorCheck, KnownHosts> {
  const check = openChecker(ctx);
  const probes = openProbes(workspace, identity);
  const info = yield* check(
    ...WORKSPACE,
    probes.info,
    ({ location, isPublic }) => `in ${location ?? "?"}${isPublic ? "" : ", through private endpoints only"}`,
  );
  if (info === FAILED) {
    yield* skipChecks([HISTORY, BLOBS], "the workspace could not be read");
    return {};
  }
  yield* check(
    "access",
    "Permission to submit jobs",
    async () => requireSubmitRole(workspace, await probes.access("submit_jobs")),
    () => undefined,
  );
  const api = yield* runHistory(ctx, workspace, { probes, info });
  const blob = yield* storage(ctx, workspace, probes);
  return { api, blob };
}

/** @throws {UserError} `azure.forbidden` if the roles of the identity do not allow submitting jobs. */
function requireSubmitRole({ config }: Workspace, { answer, reason, role }: Access): void {
  if (answer !== "no") return;
  throw new UserError(`Your identity may not submit jobs to workspace "${config.name}": ${reason}`, {
    // azure.forbidden: Your identity lacks a role in Azure. Ask for the role that the message names.
    code: "azure.forbidden",
    exit: ExitCode.Auth,
    ...(role && { hint: `Ask an owner to assign the role "${role.name}": ${role.command}` }),
  });
}

async function* runHistory(
  ctx: AppContext,
  workspace: Workspace,
  { probes, info: { discoveryUrl, isPublic } }: { readonly probes: Probes; readonly info: WorkspaceInfo },
): AsyncGenerator<DoctorCheck, string | undefined> {
  const check = openChecker(ctx);
  if (discoveryUrl === undefined || !URL.canParse(discoveryUrl)) {
    yield* skipChecks([HISTORY], "the workspace has no address");
    return undefined;
  }
  const [id, title] = HISTORY;
  const response = yield* checkNamedHost(ctx, workspace, { id, title, url: discoveryUrl });
  if (response === undefined) return undefined;
  yield* checkPrivateLink(id, title, { url: discoveryUrl, reached: response, isPublic });
  if (!response.ok) return discoveryUrl;
  const api = yield* check(id, title, probes.api, (url) => url);
  if (api === FAILED) return discoveryUrl;
  if (new URL(api).host !== new URL(discoveryUrl).host) {
    const own = { id: "history.api", title: "Workspace API", url: api };
    const reached = yield* checkNamedHost(ctx, workspace, own);
    if (reached === undefined) return discoveryUrl;
    yield* checkPrivateLink(own.id, own.title, { url: api, reached, isPublic });
  }
  return api;
}

async function* storage(
  ctx: AppContext,
  workspace: Workspace,
  probes: Probes,
): AsyncGenerator<DoctorCheck, string | undefined> {
  const [id, title] = BLOBS;
  const check = openChecker(ctx);
  const datastore = yield* check(
    "datastore",
    "Default datastore",
    probes.datastore,
    ({ name, account }) => `${name} of storage account ${account}`,
  );
  if (datastore === FAILED) {
    yield* skipChecks([BLOBS], "the datastore is unknown");
    return undefined;
  }
  const reached = yield* checkNamedHost(ctx, workspace, { id, title, url: datastore.url });
  if (reached === undefined) return undefined;
  if (!reached.ok) return datastore.url;
  for await (const step of check(id, title, probes.blobs, () => "blobs are readable")) {
    // Code is uploaded with a SAS, and steps use the compute's identity, so a submit works without this role.
    const isOptional = step.error?.code === "azure.blob_role";
    yield isOptional
      ? { ...step, status: "warned", summary: "reachable, but your identity may not read blobs" }
      : step;
    if (step.error?.code === "azure.storage_firewall") {
      yield* checkPrivateLink(id, title, { url: datastore.url, reached, isPublic: false });
    }
  }
  return datastore.url;
}

/** Checks a host that the workspace names; `undefined` if it is not a host of the cloud. */
async function* checkNamedHost(
  ctx: AppContext,
  { cloud }: Workspace,
  { id, title, url }: HostTarget,
): AsyncGenerator<DoctorCheck, ReachedHost | undefined> {
  try {
    requireCloudHost(cloud, { action: `reach ${title}`, url });
  } catch (thrown) {
    yield { id, title, status: "failed", error: userErrorOf(thrown), milliseconds: 0 };
    return undefined;
  }
  return yield* checkHost(ctx, { id, title, url });
}

/** Reports a host whose name resolves to a public address although only private endpoints are allowed. */
function* checkPrivateLink(
  id: string,
  title: string,
  { url, reached, isPublic }: { url: string; reached: ReachedHost; isPublic: boolean },
): Generator<DoctorCheck> {
  const error = isPublic ? undefined : privateLinkError(title, url, reached.addresses);
  if (error !== undefined) {
    yield { id: `${id}.private`, title: `${title}: private link`, status: "failed", error, milliseconds: 0 };
  }
}

/** Lists the hosts and ports that this program needs, without connecting to them. */
export async function requiredEndpoints(
  ctx: AppContext,
): Promise<{ readonly cloud: Cloud; readonly endpoints: readonly Endpoint[] }> {
  const cloud = await loadCloud(ctx);
  return { cloud, endpoints: listEndpoints({ cloud, env: ctx.env }) };
}
