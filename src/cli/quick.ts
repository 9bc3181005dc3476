import { VERSION } from "../core/version.ts";

/** Answers `--version` without loading the parser; `undefined` for other command lines. */
export function quickAnswer(argv: readonly string[]): string | undefined {
  if (argv.length === 2 && argv.includes("--json") && argv.some(isVersion)) {
    return `${JSON.stringify({ version: VERSION })}\n`;
  }
  return argv.length === 1 && isVersion(argv[0]!) ? `${VERSION}\n` : undefined;
}

function isVersion(word: string): boolean {
  return word === "--version" || word === "-V";
}
