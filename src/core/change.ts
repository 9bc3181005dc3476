/** Whether values differ, of which several may be NaN. */
export function differ(values: readonly unknown[]): boolean {
  return values.some((value) => !Object.is(value, values[0]));
}

/** The relative change from one number to another; `undefined` if it cannot be computed. */
export function relativeChange(from: unknown, to: unknown): number | undefined {
  if (typeof from !== "number" || typeof to !== "number") return undefined;
  const change = (to - from) / Math.abs(from);
  return Number.isFinite(change) ? change : undefined;
}

/** The relative change of a duration in milliseconds; `undefined` if it is small enough to be chance. */
export function durationChange(from: unknown, to: unknown): number | undefined {
  const change = relativeChange(from, to);
  const isChance = Math.abs(Number(to) - Number(from)) < 2000 || Math.abs(change ?? 0) < 0.05;
  return isChance ? undefined : change;
}

/** A relative change with its direction, such as `▲ 3.1 %`; empty if it is not known. */
export function percentText(change: number | undefined): string {
  if (change === undefined) return "";
  if (change === 0) return "=";
  const percent = Math.abs(change) * 100;
  return `${change > 0 ? "▲" : "▼"} ${
    percent >= 100 ? Math.round(percent) : Number(percent.toPrecision(2))
  } %`;
}

/** Something that differs between two jobs. */
export interface Change {
  /** Key of the step; absent for the job itself. */
  readonly step?: string;
  /** What changed, such as `parameter`; `step` if a whole step was added or removed. */
  readonly aspect: string;
  /** Name of the input, variable or setting. */
  readonly name?: string;
  /** Absent if it was added. */
  readonly before?: string;
  /** Absent if it was removed. */
  readonly after?: string;
}

/** Formats a change as one line: what changed, the old and the new value. */
export function changeText({ step, aspect, name, before, after }: Change): string {
  const where = step === undefined ? "" : `step ${step}`;
  if (aspect === "step") return `${where}: ${before === undefined ? "added" : "removed"}`;
  const sentence = valueChangeText(
    [aspect, name].filter((part) => part !== undefined).join(" "),
    before,
    after,
  );
  return where === "" ? sentence : `${where}: ${sentence}`;
}

/** Formats the old and the new value of something as one line, each shortened to what differs. */
export function valueChangeText(what: string, before: string | undefined, after: string | undefined): string {
  if (before === undefined) return `${what} added: ${short(after!)}`;
  if (after === undefined) return `${what} removed: ${short(before)}`;
  return `${what}: ${short(before, after)} → ${short(after, before)}`;
}

const LONGEST_VALUE = 60;

/** Shortens a long value to the part around its first difference from `other`. */
function short(value: string, other = ""): string {
  let same = 0;
  while (same < value.length && value[same] === other[same]) same++;
  const start = Math.max(0, Math.min(same - 20, value.length - LONGEST_VALUE));
  const end = start + LONGEST_VALUE;
  const part = value.slice(start, end).replace(/\s+/g, " ");
  return `${start > 0 ? "…" : ""}${part}${end < value.length ? "…" : ""}`;
}
