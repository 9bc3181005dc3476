import type { AppContext } from "../context.ts";
import { probeBlobs } from "../../azureml/access/access.ts";
import { getWorkspace, type WorkspaceInfo } from "../../azureml/assets/pin.ts";
import { getDefaultDatastore } from "../../azureml/assets/datastores.ts";
import { findApi } from "../../azureml/history/discovery.ts";
import type { KnownHosts } from "../../azureml/access/endpoints.ts";
import { privateOnly } from "../../azureml/access/private_link.ts";
import type { Workspace } from "../../azureml/client/workspace.ts";
import { type Check, checkHost, type Reached } from "./host.ts";
import { openLook, skip, type Step } from "./look.ts";

const WORKSPACE: Step = ["workspace", "Workspace"];
const HISTORY: Step = ["history", "Run history"];
const BLOBS: Step = ["storage", "Storage"];
/** What is looked at once the workspace may be asked. */
export const AFTER_WORKSPACE: readonly Step[] = [WORKSPACE, HISTORY, BLOBS];
/** Looks at a workspace, and at the hosts that it names. */
export async function* services(ctx: AppContext, workspace: Workspace): AsyncGenerator<Check, KnownHosts> {
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
  ctx: AppContext,
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
  ctx: AppContext,
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
    const check of look(id, title, () => probeBlobs(workspace, datastore), () => "blobs can be read")
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
