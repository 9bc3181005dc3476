/** Formats a count with its noun, such as `1 step` or `3 steps`; a text in place of the count is kept. */
export function countText(count: number | string, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
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

/** The relative change from one number to another; `undefined` if it cannot be computed. */
export function relativeChange(from: number | undefined, to: number | undefined): number | undefined {
  const change = (to! - from!) / Math.abs(from!);
  return Number.isFinite(change) ? change : undefined;
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
