import type { Change } from "./changes.ts";

const LONGEST = 60;

/** One change on one line: what it is about, what was there, and what is there now. */
export function changeText({ step, aspect, name, before, after }: Change): string {
  const where = step === undefined ? "" : `step ${step}`;
  if (aspect === "step") return `${where}: ${before === undefined ? "added" : "removed"}`;
  const what = [aspect, name].filter((part) => part !== undefined).join(" ");
  const sentence = before === undefined
    ? `${what} added: ${short(after!)}`
    : after === undefined
    ? `${what} removed: ${short(before)}`
    : `${what}: ${short(before, after)} → ${short(after, before)}`;
  return where === "" ? sentence : `${where}: ${sentence}`;
}

/** A long value from a little before where it differs from the other. */
function short(value: string, other = ""): string {
  if (value.length <= LONGEST) return value;
  let same = 0;
  while (same < value.length && value[same] === other[same]) same++;
  const start = Math.max(0, Math.min(same - 20, value.length - LONGEST));
  const end = start + LONGEST;
  return `${start > 0 ? "…" : ""}${value.slice(start, end)}${end < value.length ? "…" : ""}`;
}
