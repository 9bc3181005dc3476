import type { AppContext } from "../context.ts";
import { probeBlobs, requireSubmitRole } from "../../azureml/service/access/access.ts";
import { getWorkspace, type WorkspaceInfo } from "../../azureml/service/assets/workspace_info.ts";
import { getDefaultDatastore } from "../../azureml/service/assets/datastores.ts";
import { findApi } from "../../azureml/service/runs/discovery.ts";
import type { KnownHosts } from "../../azureml/service/access/endpoints.ts";
import { privateLinkError } from "../../azureml/service/access/private_link.ts";
import type { Workspace } from "../../azureml/service/client/workspace.ts";
import { requireCloudHost } from "../../core/clouds/hosts.ts";
import { userErrorOf } from "../../core/errors.ts";
import { checkHost, type HostTarget, type ReachedHost } from "./host.ts";
import { type CheckName, type DoctorCheck, FAILED, openChecker, skipChecks } from "./checker.ts";

const WORKSPACE: CheckName = ["workspace", "Workspace"];
const HISTORY: CheckName = ["history", "Run history"];
const BLOBS: CheckName = ["storage", "Storage"];
/** The checks that need a workspace. */
export const AFTER_WORKSPACE: readonly CheckName[] = [WORKSPACE, HISTORY, BLOBS];

/**
 * Checks a workspace and the hosts of its services; returns their URLs.
 *
 * @param identity Object id of the identity, for the command that assigns a role.
 */
export async function* checkServices(
  ctx: AppContext,
  workspace: Workspace,
  identity: string | undefined,
): AsyncGenerator<DoctorCheck, KnownHosts> {
  const check = openChecker(ctx);
  const info = yield* check(
    ...WORKSPACE,
    () => getWorkspace(workspace),
    ({ location, isPublic }) => `in ${location ?? "?"}${isPublic ? "" : ", through private endpoints only"}`,
  );
  if (info === FAILED) {
    yield* skipChecks([HISTORY, BLOBS], "the workspace could not be read");
    return {};
  }
  yield* check(
    "access",
    "Permission to submit jobs",
    () => requireSubmitRole(workspace, identity),
    () => undefined,
  );
  const api = yield* runHistory(ctx, workspace, info);
  const blob = yield* storage(ctx, workspace);
  return { api, blob };
}

async function* runHistory(
  ctx: AppContext,
  workspace: Workspace,
  { discoveryUrl, isPublic }: WorkspaceInfo,
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
  const api = yield* check(id, title, () => findApi(workspace, discoveryUrl), (url) => url);
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
): AsyncGenerator<DoctorCheck, string | undefined> {
  const [id, title] = BLOBS;
  const check = openChecker(ctx);
  const datastore = yield* check(
    "datastore",
    "Default datastore",
    () => getDefaultDatastore(workspace),
    ({ name, account }) => `${name} of storage account ${account}`,
  );
  if (datastore === FAILED) {
    yield* skipChecks([BLOBS], "the datastore is unknown");
    return undefined;
  }
  const reached = yield* checkNamedHost(ctx, workspace, { id, title, url: datastore.url });
  if (reached === undefined) return undefined;
  if (!reached.ok) return datastore.url;
  for await (
    const step of check(id, title, () => probeBlobs(workspace, datastore), () => "blobs are readable")
  ) {
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
