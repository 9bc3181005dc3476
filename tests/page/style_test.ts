import { deepEqual } from "node:assert/strict";
import { PAGE_ASSETS } from "../../src/page/html.ts";
import { everyPage } from "./every_page.ts";

/** The declarations for one selector of a style sheet. */
interface Rule {
  /** The condition, such as `@media print`; empty if it always applies. */
  readonly media: string;
  readonly selector: string;
  readonly declarations: ReadonlyMap<string, string>;
}

/** Reads the rules of a style sheet, one for each selector, except those of animations. */
function rulesOf(style: string, media = ""): readonly Rule[] {
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
function plain(selector: string): string {
  return selector.replace(/::[\w-]+/g, "").replace(/:(?:hover|active|focus-visible|focus)(?![\w-])/g, "")
    .replace(/^$|(?<=[\s>+])$/, "*");
}

const RULES = rulesOf(PAGE_ASSETS.style);
const PAGES = await everyPage();
/** What is outside of the page's root. */
const OUTSIDE = ["html", "body", ":root", "#page", "noscript"];

const VARIABLES = RULES.find(({ selector }) => selector === ":root")!.declarations;

Deno.test("each rule of the page's style is in use", () => {
  const unused = RULES.map(({ selector }) => selector).filter((selector) =>
    !OUTSIDE.includes(selector) && !PAGES.some((page) => page.querySelector(plain(selector)) !== null)
  );
  deepEqual(unused, []);
});

Deno.test("each color of the page has a light and a dark value", () => {
  const used = new Set(PAGE_ASSETS.style.match(/(?<=var\()--[\w-]+/g));
  // Those of an element.
  for (const name of ["--tone", "--ink", "--mark", "--least"]) used.delete(name);
  deepEqual([...VARIABLES.keys()].filter((name) => name.startsWith("--")).sort(), [...used].sort());
  const plainColors = RULES.flatMap(({ selector, declarations }) =>
    selector === ":root" ? [] : [...declarations.values()].filter((value) => /#[\da-f]|rgb/.test(value))
  );
  // White on an icon's fill, and under images and HTML that may be transparent.
  deepEqual([...new Set(plainColors)], ["#fff"]);
});

Deno.test("text of the page has enough contrast on each background", () => {
  const texts = ["text", "text-dim", "accent", "completed", "failed", "running", "queued"];
  const grounds = [
    "bg",
    "bg-soft",
    "bg-raised",
    "bg-hover",
    "accent-soft",
    "bad-bg",
    "note-bg",
    "add-bg",
    "del-bg",
  ];
  const low = [0, 1].flatMap((scheme) =>
    texts.flatMap((text) =>
      grounds.map((ground) =>
        [scheme, text, ground, contrast(color(text, scheme), color(ground, scheme))] as const
      )
    )
  ).filter(([, , , ratio]) => ratio < 4.5);
  deepEqual(low, []);
});

function color(name: string, scheme: number): string {
  return VARIABLES.get(`--${name}`)!.match(/#[\da-f]{6}/g)![scheme]!;
}

/** The contrast of two colors as WCAG defines it. */
function contrast(one: string, other: string): number {
  const [dark, light] = [one, other].map(luminance).sort((a, b) => a - b);
  return (light! + 0.05) / (dark! + 0.05);
}

function luminance(hex: string): number {
  const parts = hex.match(/[\da-f]{2}/g)!.map((part) => parseInt(part, 16) / 255);
  const [red, green, blue] = parts.map((part) =>
    part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  );
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}
