import type { AzureBlobDatastore, AzureDataLakeGen2Datastore } from "@azure/arm-machinelearning";
import { ExitCode, UserError } from "../../core/errors.ts";
import { isAddress } from "../../core/net/cloud_hosts.ts";
import type { Cloud } from "../../core/net/clouds.ts";
import type { Workspace } from "../client/workspace.ts";
import { findOne, listAll } from "../client/arm.ts";
import { KINDS, notFound } from "./kinds.ts";

export interface Datastore {
  readonly name: string;
  readonly account: string;
  readonly container: string;
  /** URL of the container, without a trailing slash. */
  readonly url: string;
}

/**
 * Finds the default datastore of a workspace.
 *
 * @throws {UserError} `datastore.no_default` if there is none, or it is not a blob container; `azure.*`.
 */
export async function getDefaultDatastore(workspace: Workspace): Promise<Datastore> {
  const action = "find the default datastore";
  for await (const { name = "", properties } of listAll(workspace, KINDS.datastore, [], { action })) {
    const datastore = toDatastore(name, properties, workspace.cloud);
    if (datastore !== undefined) return datastore;
  }
  throw new UserError(`Workspace "${workspace.config.name}" has no default datastore with a blob container`, {
    // datastore.no_default: The workspace has no default blob datastore. Set one.
    code: "datastore.no_default",
    exit: ExitCode.Rejected,
    hint: "List them with `az ml datastore list`, and set a blob datastore as the default",
  });
}

export interface OpenDatastore extends Datastore {
  /** The SAS without `?`; `undefined` to use the identity's own token. */
  readonly sas: string | undefined;
}

/**
 * Opens a datastore to read its blobs: with a SAS valid for one hour, if the datastore has an account key and this
 * identity may request one, else with the identity's own token.
 *
 * @throws {UserError} `datastore.not_found`, `datastore.no_container`, `azure.*`, `network.*`.
 */
export async function openDatastore(workspace: Workspace, name: string): Promise<OpenDatastore> {
  const resource = await findOne(workspace, KINDS.datastore, [name]);
  if (resource === undefined) throw notFound(workspace, KINDS.datastore, name);
  const datastore = toDatastore(name, resource.properties, workspace.cloud);
  if (datastore === undefined) {
    throw new UserError(`Datastore "${name}" is not a blob container`, {
      // datastore.no_container: The datastore is not a blob container. Use another one, or tools of its own.
      code: "datastore.no_container",
      exit: ExitCode.Rejected,
      hint: "Download its data with the tools of that storage, such as `azcopy`",
    });
  }
  return { ...datastore, sas: await readSas(workspace, name) };
}

async function readSas(workspace: Workspace, name: string): Promise<string | undefined> {
  try {
    // The package's `listSecrets` cannot ask for one that expires.
    const secrets = await workspace.send<{ sasToken?: unknown } | null>({
      action: `read the secrets of datastore "${name}"`,
      method: "POST",
      path: `datastores/${encodeURIComponent(name)}/listSecrets`,
      body: { expirableSecret: true, expireAfterHours: 1 },
    });
    const sas = secrets?.sasToken;
    return typeof sas === "string" && sas !== "" ? sas.replace(/^\?/, "") : undefined;
  } catch (thrown) {
    if (thrown instanceof UserError && thrown.exit !== ExitCode.Unavailable) return undefined;
    throw thrown;
  }
}

/** A blob container, or a file system of Data Lake Gen2, which the account also serves as one; else `undefined`. */
function toDatastore(name: string, properties: unknown, { storageSuffix }: Cloud): Datastore | undefined {
  const { accountName, containerName, filesystem, protocol, endpoint } = (properties ?? {}) as
    & Partial<AzureBlobDatastore>
    & Partial<AzureDataLakeGen2Datastore>;
  const [account, container] = [accountName, containerName || filesystem];
  if (!account || !container) return undefined;
  const at = endpoint || storageSuffix;
  // For an IP address or localhost, the account is in the path, as in Azure's SDKs.
  const host = isAddress(at) ? `${at}/${account}` : `${account}.blob.${at}`;
  return { name, account, container, url: `${protocol || "https"}://${host}/${container}` };
}
