import { Buffer } from "node:buffer";
import type { Workspace } from "../../azureml/client/workspace.ts";
import type { Artifact } from "../../azureml/runs/history.ts";
import { readPart } from "../../azureml/storage/read.ts";
import { ownValue } from "../../core/json.ts";
import { maskedText } from "../../core/secrets.ts";
import type { FileView } from "../../page/view.ts";

/** Limits in bytes: of a text, which is cut; of a file that is shown whole or not at all; and of all on one page. */
const MOST = { text: 16_000, whole: 400_000, page: 12_000_000 } as const;
const TEXT = /\.(?:csv|tsv|json|txt|md|ya?ml|log|py|toml|ini|sql|tex)$/i;
const HTML = /\.html?$/i;
const IMAGES: Readonly<Record<string, string>> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  svg: "image/svg+xml",
};

/** Reads files for one page until it is large enough. */
export function openFileReader(workspace: Workspace) {
  let left: number = MOST.page;
  const typeOf = (path: string) => ownValue(IMAGES, path.split(".").at(-1)!.toLowerCase());
  return {
    /** Whether a file is one that people can look at. */
    isShown: (path: string) => TEXT.test(path) || HTML.test(path) || typeOf(path) !== undefined,
    /** Of a text its beginning, of another file all, if it is small. */
    async read({ path, url }: Artifact): Promise<FileView> {
      const isText = TEXT.test(path);
      const most = Math.min(isText ? MOST.text : MOST.whole, left);
      // Its size is known even if none of it is read.
      const part = await readPart(workspace, { action: `read "${path}"`, url }, 0, Math.max(1, most));
      if (part === undefined) return { path };
      const { bytes, total: sizeBytes } = part;
      if (!isText && sizeBytes > most) return { path, sizeBytes };
      left -= bytes.length;
      if (isText || HTML.test(path)) return { path, sizeBytes, ...textOf(bytes, sizeBytes) };
      const type = typeOf(path) ?? "application/octet-stream";
      return { path, sizeBytes, data: `data:${type};base64,${Buffer.from(bytes).toString("base64")}` };
    },
  };
}

/** The text up to its last whole line, if it is cut and has more than one. */
function textOf(bytes: Uint8Array, sizeBytes: number): Pick<FileView, "text" | "isCut"> {
  const isCut = bytes.length < sizeBytes;
  const text = new TextDecoder().decode(bytes, { stream: isCut });
  return {
    text: maskedText(isCut ? text.slice(0, text.lastIndexOf("\n") + 1 || text.length) : text),
    ...(isCut && { isCut }),
  };
}
