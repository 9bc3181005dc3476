import { Buffer } from "node:buffer";
import { writePage } from "../../page/html.ts";
import { VERSION } from "../../core/version.ts";
import type { PageData, PageView } from "../../page/view.ts";
import type { AppContext } from "../context.ts";
import { shownPath, writeFile } from "../project/output_files.ts";

/** The data of a page that is made now. */
export function pageData(title: string, view: PageView, madeAt: Date): PageData {
  return { title, madeAt: madeAt.getTime(), program: `kedro-azureml ${VERSION}`, view };
}

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
  return { file: shownPath(ctx, path), sizeBytes: Buffer.byteLength(html) };
}
