import { type FilesOptions, listFiles } from "../file_listing.ts";
import type { Context } from "../../context.ts";
import type { Output } from "../output.ts";
import { annotate } from "../render/annotations.ts";
import { renderFiles } from "../render/files.ts";

/** Lists what would be uploaded, what is left out and why, and what of it looks like a secret. */
export async function files(ctx: Context, options: FilesOptions): Promise<Output> {
  const listed = await listFiles(ctx, options);
  annotate(ctx, listed);
  return renderFiles(listed, options);
}
