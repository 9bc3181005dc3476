import { VERSION } from "../core/version.ts";
import overview from "./help/overview.txt" with { type: "text" };

/** Width of the kept help; without a terminal, the parser's help has the same width. */
export const OVERVIEW_COLUMNS = 80;

/**
 * Answers `--version` and `--help` without loading the parser, because these are requested most often.
 *
 * @param columns Width of the terminal that the answer is printed to; `undefined` if it is not a terminal.
 * @returns `undefined` if the command line has to be parsed.
 */
export function quickAnswer(argv: readonly string[], columns: number | undefined): string | undefined {
  if (argv.length === 2 && argv.includes("--json") && argv.some(isVersion)) {
    return `${JSON.stringify({ version: VERSION })}\n`;
  }
  if (argv.length > 1) return undefined;
  const word = argv[0] ?? "--help";
  if (isVersion(word)) return `${VERSION}\n`;
  const isKept = columns === undefined || columns === OVERVIEW_COLUMNS;
  return isKept && (word === "--help" || word === "-h") ? overview : undefined;
}

function isVersion(word: string): boolean {
  return word === "--version" || word === "-V";
}
