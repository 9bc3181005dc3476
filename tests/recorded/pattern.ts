/** Values that stand for the patterns of a recording, by name. */
export type Names = Map<string, string>;

/** The expression of a pattern, and an example. */
const KINDS = {
  guid: ["[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", "0a0a0a0a-0000-4000-8000-000000000001"],
  time: [
    "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,7})?(?:\\+00:00|Z)",
    "2026-03-27T04:22:09.184748+00:00",
  ],
  hex: ["[0-9a-f]+", "0a1b2c3d"],
  text: [".+", "sample"],
  word: ["[\\w.-]+", "sample"],
  url: [
    "https://[^\\s]+",
    "https://management.azure.com/subscriptions/s/providers/x/operations/1?api-version=1",
  ],
} as const;

const TOKEN = /\{(?:(guid|time|hex|text|word|url)(?::(\w+))?|=(\w+))\}/g;

/** Fills in a pattern: known names as they are, anything else with an example, which then has that name. */
export function fill(pattern: string, names: Names): string {
  return pattern.replaceAll(
    TOKEN,
    (_, kind: keyof typeof KINDS | undefined, made?: string, used?: string) => {
      if (kind === undefined) return known(names, used!);
      const example = KINDS[kind][1];
      if (made !== undefined && !names.has(made)) names.set(made, example);
      return made === undefined ? example : names.get(made)!;
    },
  );
}

/** Fills in all texts of a value, keys too. */
export function fillAll(value: unknown, names: Names): unknown {
  if (value === ANY) return {};
  if (value === NUMBER) return 3;
  if (typeof value === "string") return fill(value, names);
  if (Array.isArray(value)) {
    return value.filter((one) => one !== SOME).map((one) => fillAll(one, names));
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [fill(key, names), fillAll(one, names)]),
  );
}

/** Whether a text matches a pattern; keeps the values of new names. */
export function matches(pattern: string, text: string, names: Names): boolean {
  const made: string[] = [];
  let expression = "";
  let at = 0;
  for (const found of pattern.matchAll(TOKEN)) {
    const [token, kind, name, used] = found;
    expression += RegExp.escape(pattern.slice(at, found.index));
    at = found.index + token.length;
    const isNew = name !== undefined && !names.has(name) && !made.includes(name);
    if (kind === undefined) expression += RegExp.escape(known(names, used!));
    else if (isNew) expression += `(?<${name}>${KINDS[kind as keyof typeof KINDS][0]})`;
    else if (name !== undefined && names.has(name)) expression += RegExp.escape(names.get(name)!);
    else expression += name === undefined ? `(?:${KINDS[kind as keyof typeof KINDS][0]})` : `\\k<${name}>`;
    if (isNew) made.push(name);
  }
  const match = new RegExp(`^${expression}${RegExp.escape(pattern.slice(at))}$`, "s").exec(text);
  for (const name of match === null ? [] : made) names.set(name, match!.groups![name]!);
  return match !== null;
}

/** Stands for any value at all. */
const ANY = "{any}";

/** Stands for any number. */
const NUMBER = "{number}";

/** Marks a list of which only these items are compared, in this order. */
export const SOME = "…";

/**
 * How an answer differs from what was recorded: keys, nulls, kinds of values, and texts that match no pattern. Empty if
 * it does not.
 */
export function differences(expected: unknown, found: unknown, names: Names, path = "body"): string[] {
  if (expected === ANY) return [];
  if (typeof expected === "string" && typeof found === "string") {
    return matches(expected, found, names) ? [] : [`${path}: ${shown(expected)}, not ${shown(found)}`];
  }
  if (Array.isArray(expected) && Array.isArray(found)) return ofLists(expected, found, names, path);
  if (isObject(expected) && isObject(found)) {
    const keys = new Map(Object.keys(expected).map((key) => [fill(key, names), key]));
    const more = Object.keys(found).filter((key) => !keys.has(key)).map((key) =>
      `${path}.${key}: not in Azure's`
    );
    return [...keys].flatMap(([key, pattern]) =>
      key in found
        ? differences(expected[pattern], found[key], names, `${path}.${key}`)
        : [`${path}.${key}: missing`]
    ).concat(more);
  }
  if (expected === NUMBER && typeof found === "number") return [];
  return Object.is(expected, found) ? [] : [`${path}: ${shown(expected)}, not ${shown(found)}`];
}

function ofLists(
  expected: readonly unknown[],
  found: readonly unknown[],
  names: Names,
  path: string,
): string[] {
  if (expected[0] === SOME) {
    return expected.slice(1).flatMap((one, index) => {
      const tried = found.map((other) => {
        const tentative = new Map(names);
        return { different: differences(one, other, tentative, `${path}[${index}]`), tentative };
      });
      const best = tried.toSorted((a, b) => a.different.length - b.different.length)[0];
      for (const [name, value] of best?.tentative ?? []) names.set(name, value);
      return best?.different ?? [`${path}: empty`];
    });
  }
  if (expected.length !== found.length) return [`${path}: ${expected.length} items, not ${found.length}`];
  return expected.flatMap((one, index) => differences(one, found[index], names, `${path}[${index}]`));
}

function known(names: Names, name: string): string {
  const found = names.get(name);
  if (found === undefined) throw new Error(`Nothing is named ${name} yet`);
  return found;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 120) ?? "undefined";
}
