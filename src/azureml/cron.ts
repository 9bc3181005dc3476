/** One field of a cron expression, as Azure's NCronTab has it. */
interface Field {
  readonly name: string;
  readonly first: number;
  readonly last: number;
  /** Names of the values from `first` on. */
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
 * Says what of a cron expression Azure would not take; `undefined` when it is fine.
 *
 * Azure reads five fields with `*`, lists, ranges, steps and English names of months and days; it has neither seconds
 * nor years, and none of `?`, `L`, `W`, `#` and `@daily`.
 */
export function cronProblem(expression: string): string | undefined {
  const texts = expression.trim().split(/\s+/);
  if (texts.length !== FIELDS.length || expression.trim() === "") {
    const names = FIELDS.map(({ name }) => name).join(", ");
    return `five fields are expected, such as "0 2 * * *": ${names}`;
  }
  for (const [at, field] of FIELDS.entries()) {
    for (const part of texts[at]!.split(",")) {
      const problem = partProblem(part, field);
      if (problem !== undefined) return `the ${field.name} is "${texts[at]}", and ${problem}`;
    }
  }
  return undefined;
}

function partProblem(part: string, field: Field): string | undefined {
  const [, from, to, step] = /^(\*|[a-z0-9]+)(?:-([a-z0-9]+))?(?:\/(\d+))?$/i.exec(part) ?? [];
  if (from === undefined || (from === "*" && to !== undefined)) {
    return `"${part}" is no value, range or step; write such as *, 5, 1-5, */15 or 1,15`;
  }
  if (step !== undefined && Number(step) === 0) return `a step of 0 never comes to an end`;
  const ends = [from, to].filter((text) => text !== undefined && text !== "*") as string[];
  const values = ends.map((text) => valueOf(text, field));
  const unknown = values.indexOf(undefined);
  if (unknown >= 0) return `"${ends[unknown]}" is not one of ${allowed(field)}`;
  const [low, high] = values as number[];
  return high !== undefined && low! > high ? `"${part}" goes backwards` : undefined;
}

function valueOf(text: string, { first, last, names }: Field): number | undefined {
  if (/^\d+$/.test(text)) {
    const value = Number(text);
    return value >= first && value <= last ? value : undefined;
  }
  const at = text.length < 3 ? -1 : names.findIndex((name) => name.startsWith(text.toLowerCase()));
  return at < 0 ? undefined : first + at;
}

function allowed({ first, last, names }: Field): string {
  const short = (name: string) => name.slice(0, 3).toUpperCase();
  return `${first} to ${last}${
    names.length === 0 ? "" : ` and ${short(names[0]!)} to ${short(names.at(-1)!)}`
  }`;
}
