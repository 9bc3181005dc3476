import { ExitCode, UserError } from "../../core/errors.ts";
import type { Workspace } from "../client/workspace.ts";

/** The blob container that a workspace keeps its own things in. */
export interface DefaultDatastore {
  readonly name: string;
  readonly account: string;
  readonly container: string;
  /** URL of the container, without a slash at its end. */
  readonly url: string;
}

/** @internal What is read of a datastore. */
interface DatastoreResource {
  readonly name: string;
  readonly properties: {
    readonly datastoreType?: string;
    readonly accountName?: string;
    readonly containerName?: string;
    readonly endpoint?: string | null;
    readonly protocol?: string | null;
  };
}

/**
 * Finds the default datastore of a workspace.
 *
 * @throws {UserError} `datastore.no_default` when there is none, or one that is no blob container; `azure.*`.
 */
export async function getDefaultDatastore(workspace: Workspace): Promise<DefaultDatastore> {
  const action = "find the default datastore";
  const query = { isDefault: "true" };
  const { value } = await workspace.send<{ value: readonly DatastoreResource[] }>({
    action,
    method: "GET",
    path: "datastores",
    query,
  });
  const found = value.find(({ properties: { accountName, containerName } }) => accountName && containerName);
  if (found !== undefined) return toDatastore(found, workspace.cloud.storageSuffix);
  throw new UserError(`Workspace "${workspace.config.name}" has no default datastore with a blob container`, {
    code: "datastore.no_default",
    exit: ExitCode.Rejected,
    hint: "List them with `az ml datastore list`, and set a blob datastore as the default",
  });
}

function toDatastore({ name, properties }: DatastoreResource, suffix: string): DefaultDatastore {
  const [account, container] = [properties.accountName!, properties.containerName!];
  const protocol = properties.protocol || "https";
  const endpoint = properties.endpoint || suffix;
  return { name, account, container, url: `${protocol}://${accountHost(account, endpoint)}/${container}` };
}

/** On an IP address the account is the first part of the path, as in Azure's SDKs for storage emulators. */
function accountHost(account: string, endpoint: string): string {
  return /^(?:[\d.]+|\[[\da-f:]+\]|localhost)(?::\d+)?$/i.test(endpoint)
    ? `${endpoint}/${account}`
    : `${account}.blob.${endpoint}`;
}
