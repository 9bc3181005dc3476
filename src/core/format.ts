/** Milliseconds in each unit, as they are read. */
const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  sec: 1000,
  min: 60_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Parses a duration such as `90`, which are seconds, `300ms`, `1.5h` or `1h30m` to milliseconds; else `undefined`. */
export function readDuration(text: string): number | undefined {
  const typed = text.trim().toLowerCase();
  if (/^\d{1,9}(?:\.\d{1,3})?$/.test(typed)) return Number(typed) * 1000;
  if (!/^(?:\d{1,9}(?:\.\d{1,3})? ?[a-z]{1,3} ?){1,5}$/.test(typed)) return undefined;
  let ms = 0;
  for (const [, number, unit] of typed.matchAll(/(\d{1,9}(?:\.\d{1,3})?) ?([a-z]{1,3})/g)) {
    ms += Number(number) * (UNITS[unit!] ?? NaN);
  }
  return Number.isNaN(ms) ? undefined : ms;
}

/** Formats a duration in milliseconds, such as `1 min 3 s`. */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const days = Math.floor(seconds / 86_400);
  const parts = [
    [days, days === 1 ? "day" : "days"],
    [Math.floor(seconds / 3600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ] as const;
  const shown = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`).slice(0, 2);
  return shown.length === 0 ? "less than 1 s" : shown.join(" ");
}

/** Formats a count with its noun, such as `1 step` or `3,000 steps`; a text in place of the count is kept. */
export function countText(count: number | string, noun: string): string {
  // Not by toLocaleString(), whose first call takes several milliseconds.
  const shown = String(count).replace(/\B(?=(?:\d{3})+$)/g, ",");
  return `${shown} ${noun}${count === 1 ? "" : "s"}`;
}

/** How many of a list are not shown, such as `and 3 more` or `and 1 more step`. */
export function moreText(count: number, noun?: string): string {
  return `and ${noun === undefined ? `${count} more` : countText(count, `more ${noun}`)}`;
}

/** The first names of a list, such as `a, b and 3 more`. */
export function namesText(names: readonly string[], most: number, noun?: string): string {
  const shown = names.slice(0, most).join(", ");
  return names.length <= most ? shown : `${shown} ${moreText(names.length - most, noun)}`;
}

/** The first lines of a list, and below them how many there are more. */
export function firstLines(lines: readonly string[], most: number, noun?: string): readonly string[] {
  return lines.length <= most ? lines : [...lines.slice(0, most), moreText(lines.length - most, noun)];
}

export function bytesOf(files: readonly { readonly sizeBytes: number }[]): number {
  return files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

/** Formats a number of bytes, such as `1.5 MiB`. */
export function sizeText(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  const power = bytes < 1024 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1);
  const value = bytes / 1024 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}

/** Formats a number with at most 6 digits, such as `1.73998` or `NaN`, but with all that are before the point. */
export function numberText(value: number): string {
  const whole = Math.abs(value) < 1e5 ? value : Math.round(value);
  return String(Number.isSafeInteger(whole) ? whole : Number(value.toPrecision(6)));
}

/** A number for JSON, which has no NaN and infinities: they are texts, as in MLflow. */
export function numberData(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

/** Removes characters at the end of a text, in time linear in its length, unlike `replace(/x+$/, "")`. */
export function trimEnd(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text[end - 1]!)) end--;
  return text.slice(0, end);
}

/** Removes characters at both ends of a text, in time linear in its length. */
export function trimBoth(text: string, characters: string): string {
  const cut = trimEnd(text, characters);
  let start = 0;
  while (start < cut.length && characters.includes(cut[start]!)) start++;
  return cut.slice(start);
}

/** Shortens text to `most` characters by cutting its middle, so that names that differ at the end stay different. */
export function cutMiddle(text: string, most: number): string {
  const characters = [...text];
  if (characters.length <= most) return text;
  const end = Math.floor((most - 1) / 2);
  return `${characters.slice(0, most - 1 - end).join("")}…${characters.slice(-end).join("")}`;
}
