import { maskedText } from "../../core/text/mask.ts";
import { commitIn, findCheckout } from "./checkout.ts";
import { type GitContext, openGit } from "./find_git.ts";

/** What changed between two commits. */
export interface CommitChanges {
  /** Paths in the repository. */
  readonly files: readonly string[];
  /** Lines of configuration files that were removed or added, which begin with `-` or `+`; secrets are masked. */
  readonly configuration: readonly { readonly file: string; readonly lines: readonly string[] }[];
}

/** Compares without programs that the checkout names for its own files or for those of a submodule. */
const DIFF = ["diff", "--no-ext-diff", "--no-textconv", "--submodule=short", "--no-color"];
/** Configuration files of Kedro, without those of credentials. */
const CONFIGURATION = [":(glob)**/conf/**/*.y*ml", ":(exclude,glob)**/credentials*"];
/** Lines around a change, so that the keys above it say whether it is a secret. */
const WHOLE_FILE = 100_000;
/** Changed lines of a configuration file that are shown. */
const MOST_LINES = 100;

/** Compares the first commit with the last one, if the project's repository has both. */
export async function commitChanges(
  ctx: GitContext,
  root: string,
  commits: readonly (string | undefined)[],
): Promise<CommitChanges | undefined> {
  const [first, last] = [commits[0], commits.at(-1)];
  if ([first, last].some((commit) => commit === undefined || commitIn(commit) !== commit)) return undefined;
  if (first === last) return { files: [], configuration: [] };
  const checkout = await findCheckout(ctx.fs, root);
  const git = checkout && await openGit(ctx, checkout);
  if (git === undefined) return undefined;
  const diff = async (how: readonly string[], paths: readonly string[]) => {
    const { status, stdout } = await git(
      [...DIFF, ...how, first!, last!, "--", ...paths],
      ["core.quotePath=false"],
    );
    return status === 0 ? stdout : undefined;
  };
  const names = await diff(["--name-only", "-z"], []);
  if (names === undefined) return undefined;
  const text = await diff(
    [`--unified=${WHOLE_FILE}`, "--no-renames", "--src-prefix=", "--dst-prefix="],
    CONFIGURATION,
  );
  return {
    files: names.split("\0").filter((path) => path !== ""),
    configuration: changedLines(text ?? ""),
  };
}

/** The removed and added lines of each file in a diff of whole files. Pure. */
function changedLines(diff: string): CommitChanges["configuration"] {
  return diff.split("\ndiff --git ").flatMap((part) => {
    const [head = "", ...hunks] = part.split("\n@@ ");
    const names = head.split("\n").filter((line) => line.startsWith("--- ") || line.startsWith("+++ "));
    const file = names.map((line) => line.slice(4)).findLast((name) => name !== "/dev/null");
    if (file === undefined) return [];
    const lines = hunks.flatMap((hunk) => hunk.split("\n").slice(1).filter((line) => /^[-+ ]/.test(line)));
    return [{ file, lines: maskedDiff(lines).slice(0, MOST_LINES) }];
  });
}

/** The removed and added lines, masked as a part of the file before or after the change. */
function maskedDiff(lines: readonly string[]): readonly string[] {
  const [before, after] = ["-", "+"].map((sign) =>
    maskedLines(lines.filter((line) => line.startsWith(sign) || line.startsWith(" "))).values()
  );
  return lines.flatMap((line) => {
    const removed = line.startsWith("+") ? undefined : before!.next().value;
    const added = line.startsWith("-") ? undefined : after!.next().value;
    return removed !== undefined && added !== undefined ? [] : [line[0]! + (removed ?? added)];
  });
}

/** Lines without their sign, masked together; all of them if a secret takes several. */
function maskedLines(signed: readonly string[]): readonly string[] {
  const lines = signed.map((line) => line.slice(1));
  const masked = maskedText(lines.join("\n")).split("\n");
  return masked.length === lines.length ? masked : lines.map(() => "***");
}
