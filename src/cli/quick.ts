import { VERSION } from "../core/version.ts";
import { OVERVIEW, OVERVIEW_COLUMNS } from "./help/overview.ts";

/**
 * Answers what is asked most, and by scripts, before the command line is loaded: the version, and the help of the
 * program as a whole.
 *
 * @param columns Width of the terminal that the answer goes to; `undefined` where it goes elsewhere.
 * @returns `undefined` where the command line has to be read.
 */
export function quickAnswer(argv: readonly string[], columns: number | undefined): string | undefined {
  if (argv.length > 1) return undefined;
  const word = argv[0] ?? "--help";
  if (word === "--version" || word === "-V") return `${VERSION}\n`;
  const isWide = columns === undefined || columns === OVERVIEW_COLUMNS;
  return isWide && (word === "--help" || word === "-h") ? OVERVIEW : undefined;
}
