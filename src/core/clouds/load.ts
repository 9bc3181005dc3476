import {
  type CloudContext,
  type CloudMetadata,
  readMetadata,
  requireAddress,
  sameOrigin,
  toCloud,
} from "./metadata.ts";
import { emulatorPageKey } from "../emulator_page.ts";
import { readCloudFile } from "./file.ts";
import { UserError } from "../errors.ts";
import { type Cloud, CLOUDS, isKnownAuthority } from "./azure_clouds.ts";

export { type Cloud, type CloudContext, type CloudMetadata, CLOUDS };

/**
 * Chooses the cloud by environment variables.
 *
 * - `KEDRO_AZUREML_CLOUD_FILE` names a file that describes the cloud and takes precedence over the next two.
 * - `AZUREML_CURRENT_CLOUD` names one of {@linkcode CLOUDS} or of the clouds that `ARM_CLOUD_METADATA_URL` lists.
 * - With `ARM_CLOUD_METADATA_URL` alone, the cloud is the one whose Resource Manager has that address, else the only
 *   one listed.
 * - `AZURE_AUTHORITY_HOST` replaces the authority of any of these.
 *
 * @throws {UserError} `cloud.*` when the cloud is unknown, `network.*` when its metadata cannot be read.
 */
export async function loadCloud(ctx: CloudContext): Promise<Cloud> {
  const cloud = withAuthority(await chosenCloud(ctx), ctx.env.AZURE_AUTHORITY_HOST || undefined);
  return withStudioKey(cloud, ctx.env);
}

async function chosenCloud(ctx: CloudContext): Promise<Cloud> {
  const name = ctx.env.AZUREML_CURRENT_CLOUD || undefined;
  const metadataUrl = ctx.env.ARM_CLOUD_METADATA_URL || undefined;
  const file = ctx.env.KEDRO_AZUREML_CLOUD_FILE || undefined;
  if (file !== undefined) return chooseListed(await readCloudFile(ctx, file), { name, file });
  if (name !== undefined && Object.hasOwn(CLOUDS, name)) return CLOUDS[name]!;
  if (metadataUrl !== undefined) {
    return chooseCloud(await readMetadata(ctx, metadataUrl), { name, metadataUrl });
  }
  if (name !== undefined) throw unknownCloud(name, Object.keys(CLOUDS));
  return CLOUDS.AzureCloud!;
}

function withStudioKey(
  cloud: Cloud,
  { KEDRO_AZUREML_EMULATOR, AZURE_CLIENT_SECRET }: CloudContext["env"],
): Cloud {
  if (!KEDRO_AZUREML_EMULATOR || !AZURE_CLIENT_SECRET) return cloud;
  return { ...cloud, studioKey: emulatorPageKey(AZURE_CLIENT_SECRET) };
}

function withAuthority(cloud: Cloud, host: string | undefined): Cloud {
  if (host === undefined) return cloud;
  const authority = requireAddress(
    /^https?:\/\//.test(host) ? host : `https://${host}`,
    "AZURE_AUTHORITY_HOST",
  );
  return { ...cloud, authority, isKnownAuthority: isKnownAuthority(authority) };
}

function chooseCloud(
  listed: readonly CloudMetadata[],
  { name, metadataUrl }: { name: string | undefined; metadataUrl: string },
): Cloud {
  const { origin } = new URL(metadataUrl);
  const isHere = ({ resourceManager }: CloudMetadata) =>
    resourceManager !== undefined && sameOrigin(resourceManager, origin);
  const chosen = name !== undefined
    ? listed.find((cloud) => cloud.name === name)
    : listed.find(isHere) ?? (listed.length === 1 ? listed[0] : undefined);
  if (chosen !== undefined) return toCloud(chosen, origin);
  throw notChosen(listed, name, metadataUrl);
}

/** A file that describes a single cloud selects it, whatever its name. */
function chooseListed(
  listed: readonly CloudMetadata[],
  { name, file }: { name: string | undefined; file: string },
): Cloud {
  const chosen = listed.length === 1 ? listed[0] : listed.find((cloud) => cloud.name === name);
  if (chosen !== undefined) return toCloud(chosen, requireAddress(chosen.resourceManager!, `"${file}"`));
  throw notChosen(listed, name, file);
}

function notChosen(listed: readonly CloudMetadata[], name: string | undefined, where: string): UserError {
  const names = listed.map((cloud) => cloud.name ?? "(no name)");
  if (name !== undefined) return unknownCloud(name, [...Object.keys(CLOUDS), ...names]);
  return new UserError(`Cannot choose a cloud: ${where} lists ${names.length} clouds`, {
    code: "cloud.not_chosen",
    hint: `Set AZUREML_CURRENT_CLOUD to one of ${names.join(", ")}`,
    data: { clouds: names },
  });
}

function unknownCloud(name: string, names: readonly string[]): UserError {
  return new UserError(`Unknown cloud "${name}"`, {
    code: "cloud.unknown",
    hint: `Set AZUREML_CURRENT_CLOUD to one of ${
      names.join(", ")
    }, or describe yours with \`--cloud-file\` or ARM_CLOUD_METADATA_URL`,
    data: { clouds: names },
  });
}
