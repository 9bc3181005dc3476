import type { Strictness } from "../../app/check/check.ts";
import { type ListedFiles, listFiles } from "../../app/files/files.ts";
import { readingRequest, type ReadingTyped, strictnessRequest } from "../command/requests.ts";
import type { CommandContext } from "../command/declare.ts";
import type { CodeSelection, LeftOut } from "../../azureml/job/code/selection.ts";
import { ExitCode, placeText } from "../../core/errors.ts";
import { shownName } from "../../core/text/sanitize.ts";
import { annotate } from "../ci/annotations.ts";
import type { Output } from "../command/output.ts";
import { exitCodeForFindings } from "../command/exit_code.ts";
import { findingLines } from "../text/findings.ts";
import { countText } from "../../core/text/numbers.ts";
import { sizeText } from "../text/units.ts";

/** Lists the files that a submit would upload and those that are left out. */
export async function files(ctx: CommandContext, typed: ReadingTyped & Strictness): Promise<Output> {
  const strictness = strictnessRequest(typed);
  const listed = await listFiles(ctx, readingRequest(typed), strictness);
  annotate(ctx, listed);
  return renderFiles(listed, strictness);
}

/** Number of largest files to list. */
const LARGEST = 5;

/** Renders files with their sizes, excluded files with the reason, and findings; the total comes last. */
function renderFiles(
  { folder, selection, findings }: ListedFiles,
  { strict = false }: Strictness,
): Output {
  if (selection === undefined) {
    const text = "Nothing is uploaded: the environment holds the code (`execution.code_directory` is null)\n";
    return { data: { folder: null, files: [], leftOut: [], sizeBytes: 0, findings: [] }, text };
  }
  const { files, leftOut } = selection;
  const sizeBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const exit = exitCodeForFindings(findings, strict);
  const lines = [
    ...files.map(({ name, sizeBytes, keepsFolder }) =>
      `${sizeText(sizeBytes).padStart(10)}  ${shownName(name)}${
        keepsFolder ? "  (made, to keep the folder)" : ""
      }`
    ),
    ...leftOutLines(leftOut),
    ...largestLines(selection),
    ...findingLines(findings, []),
    `${exit === ExitCode.Ok ? "✓" : "✗"} ${countText(files.length, "file")} of ${folder}, ${
      sizeText(sizeBytes)
    }${leftOut.length === 0 ? "" : `; ${leftOut.length} excluded`}`,
  ];
  return {
    data: {
      folder,
      ignoreFile: selection.ignoreFile ?? null,
      sizeBytes,
      files: files.map(({ name, sizeBytes, keepsFolder }) => ({
        name,
        sizeBytes,
        ...(keepsFolder && { made: true }),
      })),
      leftOut,
      findings,
    },
    text: lines.join("\n") + "\n",
    exit,
  };
}

/** Renders excluded files, each with the line of the ignore file or the reason. */
function leftOutLines(leftOut: readonly LeftOut[]): string[] {
  if (leftOut.length === 0) return [];
  const width = Math.min(40, Math.max(...leftOut.map(({ name }) => name.length)));
  return ["Excluded", ...leftOut.map((file) => `  ${shownName(file.name).padEnd(width)}  ${whyText(file)}`)];
}

function whyText({ reason, pattern, place }: LeftOut): string {
  return place === undefined ? reason : `${placeText(place)}: ${pattern}`;
}

function largestLines({ files }: CodeSelection): string[] {
  if (files.length <= LARGEST * 2) return [];
  const largest = files.toSorted((a, b) => b.sizeBytes - a.sizeBytes).slice(0, LARGEST);
  return [
    "Largest",
    ...largest.map(({ name, sizeBytes }) => `${sizeText(sizeBytes).padStart(10)}  ${shownName(name)}`),
  ];
}
