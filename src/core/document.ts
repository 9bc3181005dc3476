import { countText } from "./format.ts";

/** Anything with a code and a message: a warning or a finding. */
interface Coded {
  readonly code: string;
  readonly message: string;
}

/** Messages with the same cause: the first one and the others. */
interface Folded<T extends Coded> {
  readonly first: T;
  readonly others: readonly T[];
}

/** Up to this many messages with the same cause are shown individually. */
const SHOWN_EACH = 3;

/** Groups more than three messages that differ only in names and paths, in the order of the first ones. */
export function folded<T extends Coded>(all: readonly T[]): Folded<T>[] {
  const groups = Map.groupBy(all, ({ code, message }) => `${code} ${cause(message)}`);
  return [...groups.values()].flatMap((group): Folded<T>[] =>
    group.length <= SHOWN_EACH
      ? group.map((first) => ({ first, others: [] }))
      : [{ first: group[0]!, others: group.slice(1) }]
  );
}

/** Most names in that line. */
const NAMED = 5;

/** A line in place of the messages that are not shown; names five of them. */
export function othersText(others: readonly Coded[]): string {
  const names = [...new Set(others.flatMap(({ message }) => /"[^"]*"/.exec(message)?.[0] ?? []))];
  const rest = names.length - NAMED;
  const shown = names.slice(0, NAMED).join(", ");
  return `and ${others.length} more like it${shown === "" ? "" : `: ${shown}`}${
    rest > 0 ? ` and ${countText(rest, "other")}` : ""
  }; \`--json\` lists them all`;
}

/** A message without quoted names; before the last colon, after which a reason may follow, also without paths. */
function cause(message: string): string {
  const colon = message.lastIndexOf(": ");
  const [subject, reason] = colon < 0 ? [message, ""] : [message.slice(0, colon), message.slice(colon)];
  return (subject.replace(/"[^"]*"/g, '""').replace(/(?<!\S)[^\s./]*[./]\S+/g, "…") + reason).replace(
    /"[^"]*"/g,
    '""',
  );
}
