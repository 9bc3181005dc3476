import { isCloudHost } from "../../../core/clouds/hosts.ts";
import type { Cloud } from "../../../core/clouds/load.ts";

/**
 * The scope of the token to read a blob with: none for a URL with a SAS, the storage's for one without, as in a workspace
 * that gives out no SAS.
 */
export function storageToken(cloud: Cloud, url: string): { readonly scope?: string } {
  if (!URL.canParse(url) || new URL(url).searchParams.has("sig")) return {};
  return isCloudHost(cloud, url, ["storage"]) ? { scope: cloud.storageScope } : {};
}
