import "temporal-polyfill/global";
import { findWindows, WINDOWS_TO_IANA_MAP } from "windows-iana";

/** A field of a cron expression in NCronTab, which Azure uses. */
interface Field {
  readonly name: string;
  readonly first: number;
  readonly last: number;
  /** Names of the values, starting with `first`. */
  readonly names: readonly string[];
}

const MONTHS = [
  ...["january", "february", "march", "april", "may", "june"],
  ...["july", "august", "september", "october", "november", "december"],
];
const DAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

const FIELDS: readonly Field[] = [
  { name: "minute", first: 0, last: 59, names: [] },
  { name: "hour", first: 0, last: 23, names: [] },
  { name: "day of the month", first: 1, last: 31, names: [] },
  { name: "month", first: 1, last: 12, names: MONTHS },
  { name: "day of the week", first: 0, last: 6, names: DAYS },
];

/**
 * Says why Azure would reject a cron expression; `undefined` if it is valid.
 *
 * Azure accepts five fields with `*`, lists, ranges, steps and English names of months and days; it supports neither
 * seconds nor years, nor `?`, `L`, `W`, `#` and `@daily`.
 */
export function cronProblem(expression: string): string | undefined {
  const texts = expression.trim().split(/\s+/);
  if (texts.length !== FIELDS.length || expression.trim() === "") {
    const names = FIELDS.map(({ name }) => name).join(", ");
    return `expected five fields, such as "0 2 * * *": ${names}`;
  }
  for (const [at, field] of FIELDS.entries()) {
    for (const part of texts[at]!.split(",")) {
      const problem = partProblem(part, field);
      if (problem !== undefined) return `the ${field.name} field is "${texts[at]}": ${problem}`;
    }
  }
  return undefined;
}

/**
 * Rewrites an expression so that every cron implementation reads it as Azure ML does: only `*` and lists of numbers. In
 * NCronTab, `5/10` means from 5 to the last value and `5/1` only 5 (`CrontabFieldImpl.TryParse`). The expression must
 * have no {@linkcode cronProblem}.
 */
export function plainCron(expression: string): string {
  return withoutIgnored(expression).split(" ")
    .map((text, at) => text === "*" ? text : valuesIn(text, FIELDS[at]!).join(","))
    .join(" ");
}

/**
 * An expression with `*` for the day of the month and the month, as Azure ML reads it.
 *
 * Source: "Not supported. The value is ignored and treated as `*`", about both, in
 * https://learn.microsoft.com/azure/machine-learning/how-to-schedule-pipeline-job.
 */
export function withoutIgnored(expression: string): string {
  return expression.trim().split(/\s+/).map((text, at) => at === 2 || at === 3 ? "*" : text).join(" ");
}

/**
 * The values of each field of an expression: minutes, hours, days of the month, months and days of the week. The
 * expression must have no {@linkcode cronProblem}.
 */
export function cronValues(expression: string): readonly (readonly number[])[] {
  return expression.trim().split(/\s+/).map((text, at) => valuesIn(text, FIELDS[at]!));
}

function valuesIn(text: string, field: Field): number[] {
  const all = text.split(",").flatMap((part) => {
    const { from, to, step = "1" } = parsePart(part)!;
    const every = Number(step);
    const first = from === "*" ? field.first : valueOf(from, field)!;
    const isOne = from !== "*" && every === 1;
    const last = to === undefined ? isOne ? first : field.last : valueOf(to, field)!;
    return Array.from({ length: Math.floor((last - first) / every) + 1 }, (_, at) => first + at * every);
  });
  return [...new Set(all)].sort((one, other) => one - other);
}

function parsePart(part: string) {
  const [, from, to, step] = /^(\*|[a-z0-9]+)(?:-([a-z0-9]+))?(?:\/(\d+))?$/i.exec(part) ?? [];
  return from === undefined || from === "*" && to !== undefined ? undefined : { from, to, step };
}

function partProblem(part: string, field: Field): string | undefined {
  const parsed = parsePart(part);
  if (parsed === undefined) return `"${part}" is not a value, range or step, such as *, 5, 1-5, */15 or 1,15`;
  const { from, to, step } = parsed;
  if (step !== undefined && Number(step) === 0) return `the step must be 1 or more`;
  const ends = [from, to].filter((text) => text !== undefined && text !== "*") as string[];
  const values = ends.map((text) => valueOf(text, field));
  const unknown = values.indexOf(undefined);
  if (unknown >= 0) return `"${ends[unknown]}" is not one of ${allowed(field)}`;
  const [low, high] = values as number[];
  return high !== undefined && low! > high ? `"${part}" ends before it starts` : undefined;
}

function valueOf(text: string, { first, last, names }: Field): number | undefined {
  if (/^\d+$/.test(text)) {
    const value = Number(text);
    return value >= first && value <= last ? value : undefined;
  }
  const index = text.length < 3 ? -1 : names.findIndex((name) => name.startsWith(text.toLowerCase()));
  return index < 0 ? undefined : first + index;
}

function allowed({ first, last, names }: Field): string {
  const short = (name: string) => name.slice(0, 3).toUpperCase();
  return `${first} to ${last}${
    names.length === 0 ? "" : ` and ${short(names[0]!)} to ${short(names.at(-1)!)}`
  }`;
}

/**
 * The IANA name of a time zone given by its Windows name, which Azure ML documents for a schedule's `timeZone`, or by
 * an IANA name. `undefined` for an unknown zone.
 */
export function ianaZone(name: string): string | undefined {
  const entry = windowsEntry(name);
  if (entry !== undefined) return entry.iana[0];
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

/**
 * The Windows name of a time zone given by its Windows or IANA name; Azure ML only documents Windows names.
 *
 * `undefined` for an unknown zone, and for the few without a Windows name, such as `Antarctica/Troll`.
 *
 * @see `TriggerBase.timeZone` in Azure's specification, and `TimeZone` of azure-ai-ml 1.35.
 */
export function windowsZone(name: string): string | undefined {
  const entry = windowsEntry(name);
  if (entry !== undefined) return entry.windowsName;
  const canonical = ianaZone(name);
  return canonical === undefined ? undefined : findWindows(name)[0] ?? findWindows(canonical)[0];
}

function windowsEntry(name: string) {
  const lower = name.toLowerCase();
  return WINDOWS_TO_IANA_MAP.find(({ windowsName, territory }) =>
    territory === "001" && windowsName.toLowerCase() === lower
  );
}

function hasOffset(time: string): boolean {
  return /\d(?:Z|[+-]\d\d:?\d\d)$/i.test(time);
}

/** A time of a schedule in its zone, an IANA name; without an offset, it is in that zone. `undefined` if invalid. */
export function timeIn(zone: string, text: string | null | undefined): Temporal.ZonedDateTime | undefined {
  if (!text) return undefined;
  try {
    return hasOffset(text)
      ? Temporal.Instant.from(text).toZonedDateTimeISO(zone)
      : Temporal.PlainDateTime.from(text).toZonedDateTime(zone);
  } catch {
    return undefined;
  }
}

/**
 * Converts a start or end time to Azure ML's form: ISO 8601 without an offset, in the schedule's time zone. A time
 * with an offset is converted to that zone, because Azure would ignore the offset.
 *
 * @param zone Windows or IANA name.
 * @throws {RangeError} for a time or zone that does not exist; `checkTrigger()` reports both.
 */
export function localTime(time: string, zone: string): string {
  if (!hasOffset(time)) return time;
  return Temporal.Instant.from(time).toZonedDateTimeISO(ianaZone(zone)!).toPlainDateTime()
    .toString({ smallestUnit: "second" });
}
