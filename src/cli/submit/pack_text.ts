import type { WrittenPackage } from "../../azureml/packages/write.ts";
import { shellWord } from "../../core/text/shell_word.ts";
import type { Output } from "../command/output.ts";
import { countText, sizeText } from "../text/units.ts";

/** Tells what was packed, and how whoever submits it can know that it is the same. */
export function renderPacked(file: string, { sha256, sizeBytes, manifest }: WrittenPackage): Output {
  const jobs = manifest.jobs.map(({ job }) => job);
  const files = manifest.code.flatMap((code) => code.files);
  const codeBytes = files.reduce((sum, one) => sum + one.sizeBytes, 0);
  return {
    data: { file, sizeBytes, sha256, jobs, code: { files: files.length, sizeBytes: codeBytes } },
    text: `✓ Packed ${countText(jobs.length, "job")} (${jobs.join(", ")}) and ` +
      `${countText(files.length, "file")} of code, ${sizeText(codeBytes)}: ${file}, ${
        sizeText(sizeBytes)
      }\n` +
      `SHA-256 ${sha256}\n` +
      `Submit it with \`kedro-azureml submit --package ${shellWord(file)} --sha256 ${sha256}\`\n`,
  };
}
