import { Buffer } from "node:buffer";
import { readStorage } from "../../azureml/service/history/read_storage.ts";
import type { Workspace } from "../../azureml/service/client/workspace.ts";
import type { NamedOutputs } from "../../azureml/service/history/named_outputs.ts";
import type { RunOutput } from "../../azureml/service/history/run_outputs.ts";
import { maskedText } from "../../core/text/mask.ts";
import type { PreviewView } from "../../page/view.ts";
import { isError } from "../../core/net/azure_http.ts";
import { ownValue } from "../../core/fields.ts";

/** Limits of previews: files of a step, bytes of a text, which is cut, and of an image, which is left out. */
const MOST = { files: 3, textBytes: 16_000, imageBytes: 250_000 } as const;
const TEXT = /\.(?:csv|tsv|json|txt|md|ya?ml|log)$/i;
const IMAGES: Readonly<Record<string, string>> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
};

/**
 * Reads the beginning of the first text files and small images that a step wrote; other files are left out.
 *
 * @throws {UserError} `datastore.*`, `azure.*`, `network.*`.
 */
export async function readPreviews(
  workspace: Workspace,
  named: NamedOutputs,
  outputs: readonly RunOutput[],
): Promise<readonly PreviewView[]> {
  const previews: PreviewView[] = [];
  for (const output of outputs) {
    for (const { path, url } of await named.files(output)) {
      if (previews.length === MOST.files) return previews;
      const type = ownValue(IMAGES, path.split(".").at(-1)!.toLowerCase());
      if (type === undefined && !TEXT.test(path)) continue;
      const most = type === undefined ? MOST.textBytes : MOST.imageBytes;
      const headers = { range: `bytes=0-${most - 1}` };
      const { response, bytes } = await readStorage(workspace, { action: `read "${path}"`, url, headers });
      if (isError(response)) continue;
      const range = response.headers.get("content-range") ?? "";
      const sizeBytes = Number(/\/(\d+)$/.exec(range)?.[1] ?? bytes.length);
      const shown = path.replace(`named-outputs/${output.name}/`, "");
      const preview = { output: output.name, path: shown, sizeBytes };
      if (type === undefined) previews.push({ ...preview, ...textOf(bytes.subarray(0, most), sizeBytes) });
      else if (sizeBytes <= most) {
        previews.push({ ...preview, image: `data:${type};base64,${Buffer.from(bytes).toString("base64")}` });
      }
    }
  }
  return previews;
}

/** The text up to its last whole line, if it is cut and has more than one. */
function textOf(bytes: Uint8Array, sizeBytes: number): Pick<PreviewView, "text" | "isCut"> {
  const isCut = bytes.length < sizeBytes;
  const text = new TextDecoder().decode(bytes, { stream: isCut });
  return {
    text: maskedText(isCut ? text.slice(0, text.lastIndexOf("\n") + 1 || text.length) : text),
    ...(isCut && { isCut }),
  };
}
