import { join } from "node:path";
import { NO_MEMORY, type UploadGrant, type UploadMemory } from "../../azureml/service/upload/grant.ts";
import type { Context } from "../../core/context.ts";
import { shortHash } from "../../core/hash.ts";
import { PRIVATE_FILE, userFolders } from "../../core/user_folders.ts";

/** Time after which the SAS of an upload has certainly expired. */
const KEPT_MS = 24 * 3_600_000;

/**
 * Remembers unfinished uploads in the user's state folder. Only the user can read the files, because they contain the
 * SAS of the upload. Never fails: an upload that is not remembered starts again.
 */
export function openUploadMemory(
  ctx: Pick<Context, "env" | "home" | "platform" | "fs" | "clock">,
): UploadMemory {
  const state = userFolders(ctx)?.state;
  if (state === undefined) return NO_MEMORY;
  const folder = join(state, "uploads");
  const pathOf = (asset: string) => join(folder, `${shortHash(asset.toLowerCase(), 32)}.json`);
  return {
    async recall(asset) {
      try {
        const grant = JSON.parse(await ctx.fs.readText(pathOf(asset))) as UploadGrant;
        return typeof grant.blobUri === "string" ? grant : undefined;
      } catch {
        return undefined;
      }
    },
    async remember(asset, grant) {
      try {
        await sweep(ctx, folder);
        await ctx.fs.writeText(pathOf(asset), JSON.stringify(grant) + "\n", PRIVATE_FILE);
      } catch {
        // Remembering is a convenience: its failure must not fail the command.
      }
    },
    forget: (asset) => ctx.fs.remove(pathOf(asset)).catch(() => {}),
  };
}

/** Removes uploads that were never resumed. */
async function sweep({ fs, clock }: Pick<Context, "fs" | "clock">, folder: string): Promise<void> {
  if ((await fs.stat(folder))?.kind !== "folder") return;
  const before = clock.now().getTime() - KEPT_MS;
  for await (const { path, kind } of fs.walk(folder, () => false)) {
    const modifiedAt = (await fs.stat(path))?.modifiedAt?.getTime();
    if (kind === "file" && modifiedAt !== undefined && modifiedAt < before) await fs.remove(path);
  }
}
