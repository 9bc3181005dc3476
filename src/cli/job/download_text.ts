import type { Downloaded } from "../../azureml/history/download.ts";
import type { Output } from "../command/output.ts";
import { countText, sizeText } from "../text/units.ts";

/** Tells what of a job was downloaded. */
export function renderDownloaded(
  name: string,
  folder: string,
  files: readonly (Downloaded & { readonly step: string })[],
): Output {
  const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return {
    data: { name, folder, files },
    text: `✓ Job ${name}: ${countText(files.length, "file")}, ${sizeText(bytes)}, in ${folder}\n`,
  };
}
