import { listBlobs } from "../azureml/access.ts";
import { getWorkspace, type WorkspaceInfo } from "../azureml/assets.ts";
import { getDefaultDatastore } from "../azureml/datastores.ts";
import { findApi } from "../azureml/discovery.ts";
import { type Endpoint, type KnownHosts, listEndpoints } from "../azureml/endpoints.ts";
import { privateOnly } from "../azureml/private_link.ts";
import { openWorkspace, type Workspace } from "../azureml/workspace.ts";
import { clockAdvice } from "../clock_skew.ts";
import { type Cloud, loadCloud } from "../clouds.ts";
import type { Context } from "../context.ts";
import { createTokenSource, type TokenSource } from "../credentials/token_source.ts";
import { ExitCode, UserError } from "../errors.ts";
import { type Check, checkHost, type Reached } from "../reach.ts";
import { renderIdentity } from "./render/submit.ts";
import { type WhereOptions, type WorkspaceHere, workspaceHere } from "./workspace_here.ts";

/** Options of `doctor`. */
export interface DoctorOptions extends WhereOptions {
  /** Only this credential. */
  readonly credential?: string;
  /** Tenant that tokens must come from. */
  readonly tenant?: string;
}

/** What an examination tells: each look as it is done, and then all together. */
export type Finding =
  | { readonly type: "check"; readonly check: Check }
  | { readonly type: "end"; readonly checks: readonly Check[]; readonly endpoints: readonly Endpoint[] };

/** Examines, and tells of each look at once, and of all in the end. */
export async function* findings(ctx: Context, options: DoctorOptions): AsyncIterable<Finding> {
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
async function* examine(ctx: Context, options: DoctorOptions): AsyncGenerator<Check, readonly Endpoint[]> {
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
  const tokens = createTokenSource(ctx, { cloud, credential: options.credential, tenant: options.tenant });
  const signedIn = yield* signIn(ctx, { cloud, tokens, authority });
  const config = "config" in here ? here.config : undefined;
  if (!manager.ok || !signedIn || config === undefined) {
    yield* skip(AFTER_WORKSPACE, whyNoWorkspace(here, manager, signedIn));
    return listEndpoints({ cloud, env: ctx.env });
  }
  const workspace = openWorkspace({ ...ctx, cloud, config, tokens });
  const known = yield* services(ctx, workspace);
  return listEndpoints({ cloud, env: ctx.env, known });
}

type Step = readonly [id: string, title: string];

const WORKSPACE: Step = ["workspace", "Workspace"];
const HISTORY: Step = ["history", "Run history"];
const BLOBS: Step = ["storage", "Storage"];
const AFTER_WORKSPACE: readonly Step[] = [WORKSPACE, HISTORY, BLOBS];
const AFTER_CLOUD: readonly Step[] = [
  ["entra", "Entra ID"],
  ["arm", "Resource Manager"],
  ["token", "Sign-in"],
  ...AFTER_WORKSPACE,
];

function* skip(steps: readonly Step[], said: string): Generator<Check> {
  for (const [id, title] of steps) yield { id, title, status: "skipped", said, milliseconds: 0 };
}

function whyNoWorkspace(here: WorkspaceHere, manager: Reached, signedIn: boolean): string {
  if ("absent" in here) return here.absent;
  if ("error" in here) return "the project does not say which";
  return !manager.ok ? "Resource Manager cannot be reached" : signedIn ? "" : "nobody is signed in";
}

/** Makes one look: what is found, or the failure; `undefined` after one. */
function openLook(ctx: Pick<Context, "clock">) {
  return async function* look<T>(
    id: string,
    title: string,
    act: () => Promise<T>,
    tell: (found: T) => string,
  ): AsyncGenerator<Check, T | undefined> {
    const start = ctx.clock.now().getTime();
    const milliseconds = () => ctx.clock.now().getTime() - start;
    try {
      const found = await act();
      yield { id, title, status: "ok", said: tell(found), milliseconds: milliseconds() };
      return found;
    } catch (thrown) {
      if (!(thrown instanceof UserError) || thrown.code === "interrupted") throw thrown;
      yield { id, title, status: "failed", error: thrown, milliseconds: milliseconds() };
      return undefined;
    }
  };
}

async function* project(ctx: Context, options: DoctorOptions): AsyncGenerator<Check, WorkspaceHere> {
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
  ctx: Context,
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
    () => renderIdentity(tokens.identity(), tokens.report()).replace(/^✓ /, ""),
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

/** The workspace, and the hosts that it names. */
async function* services(ctx: Context, workspace: Workspace): AsyncGenerator<Check, KnownHosts> {
  const look = openLook(ctx);
  const info = yield* look(
    ...WORKSPACE,
    () => getWorkspace(workspace),
    ({ location, isPublic }) => `in ${location ?? "?"}${isPublic ? "" : ", through private endpoints only"}`,
  );
  if (info === undefined) {
    yield* skip([HISTORY, BLOBS], "the workspace could not be read");
    return {};
  }
  const api = yield* runHistory(ctx, workspace, info);
  const blob = yield* storage(ctx, workspace);
  return { api, blob };
}

async function* runHistory(
  ctx: Context,
  workspace: Workspace,
  { discoveryUrl, isPublic }: WorkspaceInfo,
): AsyncGenerator<Check, string | undefined> {
  const look = openLook(ctx);
  if (discoveryUrl === undefined || !URL.canParse(discoveryUrl)) {
    yield* skip([HISTORY], "the workspace does not say where it is");
    return undefined;
  }
  const [id, title] = HISTORY;
  const asked = yield* checkHost(ctx, { id, title, url: discoveryUrl });
  yield* privacy(id, title, { url: discoveryUrl, reached: asked, isPublic });
  if (!asked.ok) return discoveryUrl;
  const api = yield* look(id, title, () => findApi(workspace, discoveryUrl), (url) => url);
  if (api === undefined) return discoveryUrl;
  if (new URL(api).host !== new URL(discoveryUrl).host) {
    const reached = yield* checkHost(ctx, {
      id: "history.api",
      title: "Run history of the workspace",
      url: api,
    });
    yield* privacy("history.api", "Run history of the workspace", { url: api, reached, isPublic });
  }
  return api;
}

async function* storage(
  ctx: Context,
  workspace: Workspace,
): AsyncGenerator<Check, string | undefined> {
  const [id, title] = BLOBS;
  const look = openLook(ctx);
  const datastore = yield* look(
    "datastore",
    "Default datastore",
    () => getDefaultDatastore(workspace),
    ({ name, account }) => `${name} of storage account ${account}`,
  );
  if (datastore === undefined) {
    yield* skip([BLOBS], "the datastore is not known");
    return undefined;
  }
  const reached = yield* checkHost(ctx, { id, title, url: datastore.url });
  if (!reached.ok) return datastore.url;
  for await (
    const check of look(id, title, () => listBlobs(workspace, datastore), () => "blobs can be read")
  ) {
    // Code goes up by SAS and steps have the compute's identity, so this role is one that a submit does without.
    const isSpare = check.error?.code === "azure.blob_role";
    yield isSpare
      ? { ...check, status: "warned", said: "it answers, but your own identity may not read blobs" }
      : check;
    if (check.error?.code === "azure.storage_firewall") {
      yield* privacy(id, title, { url: datastore.url, reached, isPublic: false });
    }
  }
  return datastore.url;
}

/** A name that leads to a public address, although only private endpoints let anyone in. */
function* privacy(
  id: string,
  title: string,
  { url, reached, isPublic }: { url: string; reached: Reached; isPublic: boolean },
): Generator<Check> {
  const error = isPublic ? undefined : privateOnly(title, url, reached.addresses);
  if (error !== undefined) {
    yield { id: `${id}.private`, title: `${title}: private link`, status: "failed", error, milliseconds: 0 };
  }
}
