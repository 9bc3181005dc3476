import { createPatch } from "diff";
import type { PreparedCode } from "../../job/code/select.ts";
import { type CodeFile, digestOf } from "../../job/code/file.ts";
import { type CodeBlob, readCodeBlob, readCodeInAzure } from "./code_in_azure.ts";
import type { Workspace } from "../../service/client/workspace.ts";

/** A code file that differs. */
export interface FileChange {
  readonly name: string;
  /** Absent if the file was added. */
  readonly beforeBytes?: number;
  /** Absent if the file was removed. */
  readonly afterBytes?: number;
  /** The change as `diff -u` writes it; only if requested and if both versions are text. */
  readonly patch?: string;
}

/** The differences between two versions of the code, or why they are unknown. */
export type CodeChanges =
  | { readonly files: readonly FileChange[] }
  | { readonly reason: string };

/** Larger files are compared, but no patch is shown. */
const MOST_TEXT_BYTES = 256 * 1024;

/**
 * Compares the code of a job in Azure ML with that of a folder, file by file.
 *
 * @param before Name and version of the code asset, such as `5d5c…:1`.
 * @param after The code of the folder.
 * @param options.patches Whether to include patches of text files.
 * @throws {UserError} `azure.*`, `code.*`.
 */
export async function codeChanges(
  workspace: Workspace,
  before: string,
  after: PreparedCode,
  options: { readonly patches: boolean },
): Promise<CodeChanges> {
  const inAzure = await readCodeInAzure(workspace, before);
  if (inAzure.hash === after.hash) return { files: [] };
  if ("reason" in inAzure) return { reason: inAzure.reason };
  const [old, now] = [byName(inAzure.files), byName(after.files)];
  const changes: FileChange[] = [];
  for (const name of [...new Set([...old.keys(), ...now.keys()])].sort()) {
    const [was, is] = [old.get(name), now.get(name)];
    if (was !== undefined && is !== undefined && await isSame(was, is, after)) continue;
    const patch = options.patches ? await patchFor(workspace, { name, was, is, after }) : undefined;
    changes.push({
      name,
      ...(was && { beforeBytes: was.sizeBytes }),
      ...(is && { afterBytes: is.sizeBytes }),
      ...(patch !== undefined && { patch }),
    });
  }
  const unknown = inAzure.files.find(({ md5 }) => md5 === undefined);
  return changes.length === 0 && inAzure.hash !== undefined && unknown !== undefined
    ? { reason: `a file of the same size changed, and the storage has no hash of "${unknown.name}"` }
    : { files: changes };
}

function byName<T extends { readonly name: string }>(files: readonly T[]): Map<string, T> {
  return new Map(files.map((file) => [file.name, file]));
}

/** Compares sizes and hashes. If the storage has no hash of a file, only the size counts. */
async function isSame(was: CodeBlob, is: CodeFile, { fs }: PreparedCode): Promise<boolean> {
  if (was.sizeBytes !== is.sizeBytes) return false;
  if (was.md5 === undefined) return true;
  return (await digestOf(fs, is, "md5")).toString("hex") === was.md5;
}

async function patchFor(
  workspace: Workspace,
  { name, was, is, after }: {
    readonly name: string;
    readonly was: CodeBlob | undefined;
    readonly is: CodeFile | undefined;
    readonly after: PreparedCode;
  },
): Promise<string | undefined> {
  if ([was, is].some((file) => file !== undefined && file.sizeBytes > MOST_TEXT_BYTES)) return undefined;
  const before = was === undefined ? "" : decodedText(await readCodeBlob(workspace, was));
  const now = is === undefined ? "" : decodedText(await after.fs.readBytes(is.path));
  return before === undefined || now === undefined ? undefined : patchOf(name, before, now);
}

/** The text of a file; `undefined` if it is not text. */
function decodedText(bytes: Uint8Array<ArrayBuffer> | undefined): string | undefined {
  if (bytes === undefined || bytes.includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** The change of a text as `diff -u` writes it, without the header that names the files. */
export function patchOf(name: string, before: string, after: string): string {
  const patch = createPatch(name, before, after, "", "", { context: 3 });
  return patch.slice(patch.indexOf("\n@@") + 1);
}
