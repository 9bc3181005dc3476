import { writePage } from "../../page/html.ts";
import type { PageData } from "../../page/view.ts";
import type { AppContext } from "../context.ts";
import { shownPath, writeFile } from "../project/output_files.ts";

/** A page that was written to a file. */
export interface WrittenPageFile {
  /** Path for display: relative to the current folder if it is inside it. */
  readonly file: string;
  readonly sizeBytes: number;
}

/** Writes a page to a file. @throws {UserError} `file.not_written`. */
export async function writePageFile(
  ctx: Pick<AppContext, "cwd" | "fs">,
  path: string,
  data: PageData,
): Promise<WrittenPageFile> {
  const { html } = writePage(data);
  await writeFile(ctx, path, html);
  return { file: shownPath(ctx, path), sizeBytes: new TextEncoder().encode(html).length };
}
