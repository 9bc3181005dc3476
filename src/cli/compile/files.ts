import type { AppContext } from "../../app/context.ts";
import { type FilesOptions, listFiles } from "../../app/check/list_files.ts";
import type { Output } from "../command/output.ts";
import { annotate } from "../ci/annotations.ts";
import { renderFiles } from "./files_text.ts";

/** Lists what would be uploaded, what is left out and why, and what of it looks like a secret. */
export async function files(ctx: AppContext, options: FilesOptions): Promise<Output> {
  const listed = await listFiles(ctx, options);
  annotate(ctx, listed);
  return renderFiles(listed, options);
}
