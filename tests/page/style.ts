/** The declarations for one selector of a style sheet. */
export interface Rule {
  /** The condition, such as `@media print`; empty if it always applies. */
  readonly media: string;
  readonly selector: string;
  readonly declarations: ReadonlyMap<string, string>;
}

/** Reads the rules of a style sheet, one for each selector, except those of animations. */
export function rulesOf(style: string, media = ""): readonly Rule[] {
  const text = style.replace(/\/\*.*?\*\//gs, "");
  return [...text.matchAll(/([^{}]+)\{((?:[^{}]|\{[^{}]*\})*)\}/g)].flatMap(([, head, body]) => {
    const name = head!.trim();
    if (name.startsWith("@media")) return rulesOf(body!, name);
    if (name.startsWith("@")) return [];
    const declarations = new Map(
      body!.split(";").filter((line) => line.trim() !== "").map((line) => {
        const at = line.indexOf(":");
        return [line.slice(0, at).trim(), line.slice(at + 1).trim().replace(/\s+/g, " ")] as const;
      }),
    );
    return name.split(/,(?![^(]*\))/).map((selector) => ({ media, selector: selector.trim(), declarations }));
  });
}

/** A selector without what a document without a browser does not know: pseudo-elements, and what a pointer does. */
export function plain(selector: string): string {
  return selector.replace(/::[\w-]+/g, "").replace(/:(?:hover|active|focus-visible|focus)(?![\w-])/g, "")
    .replace(/^$|(?<=[\s>+])$/, "*");
}

/** How a browser sets a property of an element: by the rule with the most specific selector, or the last of those. */
export function valueOf(rules: readonly Rule[], element: Element, property: string): string | undefined {
  const setting = SETTING.getOrInsertComputed(rules, () => new Map()).getOrInsertComputed(
    property,
    () =>
      rules.filter(({ selector, declarations }) =>
        declarations.has(property) && selector === plain(selector)
      ),
  );
  let [best, value] = [-1, undefined as string | undefined];
  for (const { selector, declarations } of setting) {
    if (!element.matches(selector)) continue;
    const weight = weightOf(selector);
    if (weight >= best) [best, value] = [weight, declarations.get(property)];
  }
  return value;
}

/** The rules that set a property, without those for what a pointer does. */
const SETTING = new WeakMap<readonly Rule[], Map<string, readonly Rule[]>>();

function weightOf(selector: string): number {
  const count = (pattern: RegExp) => selector.match(pattern)?.length ?? 0;
  const classes = count(/\.|\[|:(?!is|not)/g);
  return 10_000 * count(/#/g) + 100 * classes + count(/(?:^|[\s>+(])[a-z]/g);
}
