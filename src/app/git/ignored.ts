import ignore, { type Ignore } from "ignore";
import { join } from "node:path";
import { type Checkout, type GitFs, readFileIfPresent } from "./checkout.ts";

/** The ignore files that apply in one folder of a checkout. */
export interface IgnoreLevels {
  /** Whether git ignores an entry of this folder. */
  ignores(name: string, kind: "file" | "folder"): boolean;
  /** The ignore files that apply one folder deeper. */
  enter(name: string): Promise<IgnoreLevels>;
}

/** @internal One ignore file; its paths are relative to the folder that is `depth` levels deep. */
interface Level {
  readonly rules: Ignore;
  readonly depth: number;
}

/** Options for reading ignore files. */
export interface IgnoreOptions {
  /** The user's global ignore file. */
  readonly userIgnore?: string | undefined;
  /** Whether patterns ignore case, as on most Macs and on Windows. */
  readonly ignoreCase?: boolean;
}

/**
 * Reads the ignore files that apply at the top of a checkout.
 *
 * @throws {RangeError} for a pattern that would take too long to match, both here and from `enter`.
 */
export async function readIgnoreLevels(
  fs: GitFs,
  checkout: Checkout,
  { userIgnore, ignoreCase = false }: IgnoreOptions,
): Promise<IgnoreLevels> {
  const read = (text: string) => {
    if (text.split("\n").some(isSlow)) throw new RangeError("a pattern with more `*` than can be tried");
    return ignore({ ignorecase: ignoreCase }).add(text);
  };
  const texts = [
    userIgnore === undefined ? undefined : await readFileIfPresent(fs, userIgnore),
    await readFileIfPresent(fs, join(checkout.commonDir, "info", "exclude")),
  ];
  const levels = texts.flatMap((text) => text === undefined ? [] : [{ rules: read(text), depth: 0 }]);
  return await levelsIn(fs, { top: checkout.top, folders: [], levels, read });
}

/** Whether a pattern has so many `*` between two slashes that matching it as a regular expression could take hours. */
function isSlow(line: string): boolean {
  if (line.startsWith("#")) return false;
  return line.split("/").some((part) => part.split(/\*+/).length > MOST_STARS + 1);
}

const MOST_STARS = 3;

async function levelsIn(
  fs: GitFs,
  above: {
    top: string;
    folders: readonly string[];
    levels: readonly Level[];
    read: (text: string) => Ignore;
  },
): Promise<IgnoreLevels> {
  const { top, folders, read } = above;
  const text = await readFileIfPresent(fs, join(top, ...folders, ".gitignore"));
  const own = text === undefined ? [] : [{ rules: read(text), depth: folders.length }];
  const levels = [...above.levels, ...own];
  return {
    ignores(name, kind) {
      const path = [...folders, name];
      for (const { rules, depth } of levels.toReversed()) {
        const { ignored, unignored } = rules.test(
          path.slice(depth).join("/") + (kind === "folder" ? "/" : ""),
        );
        if (ignored || unignored) return ignored;
      }
      return false;
    },
    enter: (name) => levelsIn(fs, { top, folders: [...folders, name], levels, read }),
  };
}
