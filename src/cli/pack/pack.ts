import type { AppContext } from "../../app/context.ts";
import { packJobs } from "../../app/pack/pack.ts";
import type { WrittenPackage } from "../../azureml/features/packages/write.ts";
import { shellWord } from "../../core/text/shell_word.ts";
import { checkRequest, type CheckTyped } from "../command/requests.ts";
import type { OutputTyped } from "../command/run_requests.ts";
import type { Output } from "../command/output.ts";
import { countText } from "../../core/text/numbers.ts";
import { sizeText } from "../text/units.ts";

/** Packs jobs and their code into one file. */
export async function* pack(
  ctx: AppContext,
  typed: CheckTyped & Required<Pick<OutputTyped, "output">> & OutputTyped,
): AsyncIterable<Output> {
  const { output: file, force } = typed;
  for await (const result of packJobs(ctx, { ...await checkRequest(ctx, typed), output: { file, force } })) {
    yield result.type === "checked"
      ? { data: undefined, text: "", warnings: result.warnings }
      : renderPacked(result.file, result.written);
  }
}

/** Renders what was packed, and the command that submits it. */
function renderPacked(file: string, { sha256, sizeBytes, manifest }: WrittenPackage): Output {
  const jobs = manifest.jobs.map(({ job }) => job);
  const files = manifest.code.flatMap((code) => code.files);
  const codeBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
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
