import type { CodeVersion } from "@azure/arm-machinelearning";
import { UserError } from "../../../core/errors.ts";
import { CODE_HASH_VERSION, codeAssetName } from "../../job/code/hash.ts";
import type { PreparedCode } from "../../job/code/select.ts";
import type { Workspace } from "../client/workspace.ts";
import { compareText } from "../../../core/text/names.ts";

/** Code that is in Azure ML. */
export interface UploadedCode {
  /** ARM id of the code version. */
  readonly id: string;
  /** Whether equal code already existed, so that nothing was sent. */
  readonly wasThere: boolean;
}

/** The fields of a code version that are read here. */
export interface CodeResource {
  readonly id?: unknown;
  readonly properties?: {
    readonly codeUri?: string;
    readonly provisioningState?: string;
    readonly properties?: { readonly hash_sha256?: string };
  };
  readonly systemData?: { readonly createdAt?: string };
}

/** The code version that this program registers for code with a hash: named after its content, version 1. */
export function codeAsset(workspace: Workspace, hash: string) {
  const [name, version] = [codeAssetName(hash), "1"];
  const path = `codes/${name}/versions/${version}`;
  return { name, version, path, id: `${workspace.id}/${path}` };
}

/** The id of some code in the workspace, whether or not it exists yet. */
export function codeId(
  workspace: Workspace,
  { hash }: Pick<PreparedCode, "hash">,
  found: CodeResource | null | undefined,
): string {
  return typeof found?.id === "string" ? found.id : codeAsset(workspace, hash).id;
}

/**
 * Looks up some code in Azure ML by its hash, under any name, as `az ml` and the plugin upload it; code whose
 * registration failed counts as missing. Of several, code with this program's name is preferred, then the oldest, so that
 * the same code is found each time.
 *
 * @throws {UserError} `azure.*`, `network.*`.
 */
export async function findCode(
  workspace: Workspace,
  { hash }: Pick<PreparedCode, "hash">,
): Promise<CodeResource | undefined> {
  const { name, id: ownId } = codeAsset(workspace, hash);
  const list = await workspace.find<{ readonly value?: readonly CodeResource[] }>({
    action: "look for the code in Azure ML",
    method: "GET",
    path: `codes/${name}/versions`,
    query: { hash, hashVersion: CODE_HASH_VERSION },
    answers: [],
  });
  const own = ownId.toLowerCase();
  const isOwn = ({ id }: CodeResource) => String(id).toLowerCase() === own;
  const age = ({ systemData }: CodeResource) => String(systemData?.createdAt ?? "");
  return (Array.isArray(list?.value) ? list.value as CodeResource[] : [])
    .filter((code) => isCodeIn(workspace, code, hash) && code.properties?.provisioningState !== "Failed")
    .sort((a, b) => Number(isOwn(b)) - Number(isOwn(a)) || compareText(age(a), age(b)))[0];
}

/** Whether a found code version is one of this workspace with the requested hash. */
function isCodeIn(workspace: Workspace, found: CodeResource | null, hash: string): boolean {
  return typeof found?.id === "string" && found.properties?.properties?.hash_sha256 === hash &&
    found.id.toLowerCase().startsWith(`${workspace.id}/codes/`.toLowerCase());
}

/** Registers uploaded code, or uses equal code registered meanwhile. @throws {UserError} `azure.*`. */
export async function registerCode(
  workspace: Workspace,
  { codeUri, hash }: { readonly codeUri: string; readonly hash: string },
): Promise<UploadedCode> {
  try {
    const made = await workspace.send<CodeResource>({
      action: "register the code",
      method: "PUT",
      path: codeAsset(workspace, hash).path,
      body: {
        properties: {
          codeUri,
          isAnonymous: true,
          properties: { hash_sha256: hash, hash_version: CODE_HASH_VERSION },
        },
      } satisfies CodeVersion,
    });
    return { id: codeId(workspace, { hash }, made), wasThere: false };
  } catch (thrown) {
    // Equal code has an equal name, so an existing version will do, whatever the error.
    if (!(thrown instanceof UserError)) throw thrown;
    const registered = await findCode(workspace, { hash }).catch(() => undefined);
    if (registered === undefined) throw thrown;
    return { id: codeId(workspace, { hash }, registered), wasThere: true };
  }
}
