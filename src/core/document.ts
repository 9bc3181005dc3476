import { type Place, placeText } from "./errors.ts";
import { countText } from "./format.ts";

/** Anything with a code, a message and a place: a warning or a finding. */
interface Coded {
  readonly code: string;
  readonly message: string;
  readonly place?: Place | undefined;
}

interface Folded<T extends Coded> {
  readonly first: T;
  readonly others: readonly T[];
  /** That of the first; absent if the next group has the same one. */
  readonly hint: string | undefined;
}

/** Up to this many messages with the same cause are shown individually, unless they are the same. */
const SHOWN_EACH = 3;

/**
 * Groups messages that are equal, and more than three that differ only in names and paths. Each group is where its first
 * message was; messages with a code and a hint that another one has are next to it.
 */
export function folded<T extends Coded & { readonly hint?: string | undefined }>(
  all: readonly T[],
): Folded<T>[] {
  const groups = Map.groupBy(all, ({ code, message }) => `${code} ${cause(message)}`);
  const shown = [...groups.values()].flatMap((group) => {
    const isOne = group.length > SHOWN_EACH || group.every(({ message }) => message === group[0]!.message);
    return isOne
      ? [{ first: group[0]!, others: group.slice(1) }]
      : group.map((first) => ({ first, others: [] }));
  }).sort((one, other) => all.indexOf(one.first) - all.indexOf(other.first));
  const alike = Map.groupBy(
    shown,
    ({ first: { code, hint }, first }) => hint === undefined ? first : `${code} ${hint}`,
  );
  return [...alike.values()].flat().map(({ first, others }, at, all) => {
    const isRepeated = first.hint === all[at + 1]?.first.hint;
    return { first, others, hint: isRepeated ? undefined : first.hint };
  });
}

/** Most names in that line. */
const NAMED = 5;

/** A line in place of the messages that are not shown: five of them by what they name and the first does not, and where. */
export function othersText(first: Coded, others: readonly Coded[]): string {
  const named = new Set(first.message.match(QUOTED));
  const shown = new Set(others.map(({ message, place }) => {
    const name = message.match(QUOTED)?.find((quoted) => !named.has(quoted) && quoted.length <= LONGEST_NAME);
    const at = first.place && placeText(first.place);
    const where = place === undefined || placeText(place) === at
      ? undefined
      : place.file === first.place?.file && place.line !== undefined
      ? `line ${place.line}`
      : placeText(place);
    return name === undefined ? where : where === undefined ? name : `${name} (${where})`;
  }));
  const names = [...shown].filter((name) => name !== undefined);
  const rest = names.length - NAMED;
  const list = names.slice(0, NAMED).join(", ");
  const more = rest > 0 ? ` and ${countText(rest, "other")}` : "";
  const isCut = rest > 0 || names.length === 0;
  return `and ${others.length} more like it${list === "" ? "" : `: ${list}`}${more}${
    isCut ? "; `--json` lists them all" : ""
  }`;
}

/** Longer names are left out of that line. */
const LONGEST_NAME = 40;

const QUOTED = /"[^"]*"/g;

/** A message without quoted names; before the last colon, after which a reason may follow, also without paths. */
function cause(message: string): string {
  const bare = (text: string) => text.replace(/"[^"]*"(?:, "[^"]*")*/g, '""');
  const colon = message.lastIndexOf(": ");
  const [subject, reason] = colon < 0 ? [message, ""] : [message.slice(0, colon), message.slice(colon)];
  return bare(subject).replace(/(?<!\S)[^\s./]*[./]\S+/g, "…") + bare(reason);
}

/** A message whose further lines, if it has any, are indented, without empty ones. */
export function hanging(message: string, indent: string): string {
  return message.trimEnd().replace(/\n\s*\n/g, "\n").replaceAll("\n", `\n${indent}`);
}

/** What to say of a file in which git left a merge conflict; `undefined` for any other text. */
export function conflictIn(text: string, file: string) {
  const lines = text.split("\n");
  const first = lines.findIndex((line) => line.startsWith("<<<<<<< "));
  if (first < 0) return undefined;
  const last = lines.findIndex((line, at) => at > first && line.startsWith(">>>>>>> "));
  const where = last < 0 ? `line ${first + 1}` : `lines ${first + 1} to ${last + 1}`;
  return {
    message: `Cannot read "${file}": merge conflict in ${where}`,
    place: { file, line: first + 1 },
    hint: "Keep one side, and remove the lines with <<<<<<<, ======= and >>>>>>>",
  };
}
