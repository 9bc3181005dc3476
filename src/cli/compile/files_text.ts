import type { CodeSelection, LeftOut } from "../../azureml/code/selection.ts";
import { ExitCode, placeText } from "../../core/errors.ts";
import { shownName } from "../../core/text/sanitize.ts";
import type { Listed } from "../../app/check/list_files.ts";
import type { Output } from "../command/output.ts";
import { countText, sizeText } from "../text/units.ts";
import { exitOfFindings } from "../command/exit_status.ts";
import { findingLines } from "./validate_text.ts";

const LARGEST = 5;

/** Lists files with their sizes, what is left out and by what, and what is odd; the sum comes last. */
export function renderFiles(
  { folder, selection, findings }: Listed,
  { strict = false }: { readonly strict?: boolean },
): Output {
  if (selection === undefined) {
    const text = "Nothing is uploaded: the environment holds the code (`execution.code_directory` is null)\n";
    return { data: { folder: null, files: [], leftOut: [], sizeBytes: 0, findings: [] }, text };
  }
  const { files, leftOut } = selection;
  const sizeBytes = bytesOf(selection);
  const exit = exitOfFindings(findings, strict);
  const lines = [
    ...files.map(({ name, sizeBytes, keepsFolder }) =>
      `${sizeText(sizeBytes).padStart(10)}  ${shownName(name)}${
        keepsFolder ? "  (made, to keep the folder)" : ""
      }`
    ),
    ...leftOutLines(leftOut),
    ...largestLines(selection),
    ...findings.flatMap((one) => findingLines(one, [])),
    `${exit === ExitCode.Ok ? "✓" : "✗"} ${countText(files.length, "file")} of ${folder}, ${
      sizeText(sizeBytes)
    }${leftOut.length === 0 ? "" : `; ${leftOut.length} left out`}`,
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

/** The sum of the files' sizes. */
export function bytesOf({ files }: Pick<CodeSelection, "files">): number {
  return files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

/** What is left out, and by which line of the ignore file or as what. */
export function leftOutLines(leftOut: readonly LeftOut[]): string[] {
  if (leftOut.length === 0) return [];
  const width = Math.min(40, Math.max(...leftOut.map(({ name }) => name.length)));
  return ["Left out", ...leftOut.map((one) => `  ${shownName(one.name).padEnd(width)}  ${whyText(one)}`)];
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
