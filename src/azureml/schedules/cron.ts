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
