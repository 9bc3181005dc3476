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
  const parts = [
    [Math.floor(seconds / 3600), "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ] as const;
  const shown = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`).slice(0, 2);
  return shown.length === 0 ? "less than 1 s" : shown.join(" ");
}
