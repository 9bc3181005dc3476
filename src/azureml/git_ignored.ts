import ignore, { type Ignore } from "ignore";
import { join } from "node:path";
import { type Checkout, type GitFs, textOf } from "./git_checkout.ts";

/** The ignore files that hold in one folder of a checkout, from the weakest to the strongest. */
export interface IgnoreLevels {
  /** Whether git would not see something in this folder. */
  ignores(name: string, kind: "file" | "folder"): boolean;
  /** The same one folder deeper. */
  enter(name: string): Promise<IgnoreLevels>;
}

/** @internal One ignore file; its paths are relative to the folder that is `depth` deep. */
interface Level {
  readonly rules: Ignore;
  readonly depth: number;
}

/** Reads the ignore files that hold at the top of a checkout; `user` is the file for all of a user's repositories. */
export async function readIgnoreLevels(
  fs: GitFs,
  checkout: Checkout,
  user: string | undefined,
): Promise<IgnoreLevels> {
  const texts = [
    user === undefined ? undefined : await textOf(fs, user),
    await textOf(fs, join(checkout.commonDir, "info", "exclude")),
  ];
  const levels = texts.flatMap((text) => text === undefined ? [] : [{ rules: ignore().add(text), depth: 0 }]);
  return await levelsIn(fs, { top: checkout.top, folders: [], levels });
}

async function levelsIn(
  fs: GitFs,
  above: { top: string; folders: readonly string[]; levels: readonly Level[] },
): Promise<IgnoreLevels> {
  const { top, folders } = above;
  const text = await textOf(fs, join(top, ...folders, ".gitignore"));
  const own = text === undefined ? [] : [{ rules: ignore().add(text), depth: folders.length }];
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
    enter: (name) => levelsIn(fs, { top, folders: [...folders, name], levels }),
  };
}
