import { ExitCode, UserError } from "./errors.ts";
import { didYouMean } from "./suggest.ts";

/** Which nodes of a job share a step. */
export type GroupMode =
  /** Each node has its own step, as with the plugin. */
  | { readonly kind: "none" }
  /** Nodes with a tag `prefix:name` or `prefix.name`. */
  | { readonly kind: "tag"; readonly prefix: string }
  /** Nodes whose namespaces begin with the same `depth` names. */
  | { readonly kind: "namespace"; readonly depth: number }
  /** Consecutive nodes, each of which feeds only the next. */
  | { readonly kind: "chain" }
  /** All nodes that run on the same compute. */
  | { readonly kind: "all" };

/** The syntax of the modes, for help and messages. */
export const GROUP_MODES = ["none", "chain", "namespace", "namespace:DEPTH", "tag:PREFIX", "all"] as const;

export const NO_GROUPS: GroupMode = { kind: "none" };

/** Parses a mode; `namespace` means `namespace:1`, as in Kedro. @throws {UserError} `group.mode`. */
export function parseGroupMode(text: string): GroupMode {
  const [kind, ...rest] = text.split(":");
  const argument = rest.length === 0 ? undefined : rest.join(":");
  switch (kind) {
    case "none":
    case "chain":
    case "all":
      if (argument === undefined) return { kind };
      throw refused(text, `"${kind}" takes no argument`, `Use \`${kind}\``);
    case "namespace":
      return { kind, depth: argument === undefined ? 1 : depthOf(text, argument) };
    case "tag":
      if (argument) return { kind, prefix: argument.replace(/[.:]$/, "") || argument };
      throw refused(
        text,
        "the prefix is missing",
        "Use `tag:PREFIX`, such as `tag:stage` for nodes with the tags stage.prepare and stage.train",
      );
    default:
      throw refused(
        text,
        `unknown mode${didYouMean(kind!, ["none", "chain", "namespace", "tag", "all"])}`,
        `Use one of ${GROUP_MODES.join(", ")}`,
      );
  }
}

function depthOf(text: string, depth: string): number {
  if (/^[1-9][0-9]{0,3}$/.test(depth)) return Number(depth);
  throw refused(
    text,
    "the depth must be a whole number from 1",
    "Use `namespace:DEPTH`, such as `namespace:2`",
  );
}

function refused(text: string, why: string, hint: string): UserError {
  return new UserError(`Cannot group nodes by "${text}": ${why}`, {
    // group.mode: A grouping is not valid. Use none, chain, namespace[:DEPTH], tag:PREFIX or all.
    code: "group.mode",
    exit: ExitCode.Usage,
    hint,
    data: { modes: GROUP_MODES },
  });
}
