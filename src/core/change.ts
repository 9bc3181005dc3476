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
