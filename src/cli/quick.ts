import { VERSION } from "../core/version.ts";
import { OVERVIEW, OVERVIEW_COLUMNS } from "./help/overview.ts";

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
  return isKept && (word === "--help" || word === "-h") ? OVERVIEW : undefined;
}

function isVersion(word: string): boolean {
  return word === "--version" || word === "-V";
}
