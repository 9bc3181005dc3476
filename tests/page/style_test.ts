import { deepEqual, equal, match, ok } from "node:assert/strict";
import { PAGE_ASSETS } from "../../src/page/html.ts";
import { NODE } from "../../src/page/view.ts";
import { everyPage, LONG, longPages } from "./every_page.ts";
import { plain, type Rule, rulesOf, valueOf } from "./style.ts";

const RULES = rulesOf(PAGE_ASSETS.style);
const PAGES = await everyPage();
/** What is outside of the page's root. */
const OUTSIDE = ["html", "body", ":root", "#page", "noscript"];
const TONES = ["completed", "failed", "running", "queued", "canceled", "waiting"];

const ON_SCREEN = RULES.filter(({ media }) => media === "");
const ON_PAPER = RULES.filter(({ media }) => media === "" || media === "@media print");
const NARROW = RULES.filter(({ media }) => media === "" || media.startsWith("@media (max-width"));

const VARIABLES = RULES.find(({ selector }) => selector === ":root")!.declarations;

function* elementsOf(selector: string): Generator<Element> {
  for (const page of PAGES) yield* page.querySelectorAll(selector);
}

/** The values of one declaration in all rules for a selector. */
function declared(selector: string, property: string, rules = ON_SCREEN): string | undefined {
  return rules.findLast((rule) => rule.selector === selector && rule.declarations.has(property))
    ?.declarations.get(property);
}

Deno.test("each rule of the page's style is for something that a page shows", () => {
  const unused = RULES.map(({ selector }) => selector).filter((selector) =>
    !OUTSIDE.includes(selector) && !PAGES.some((page) => page.querySelector(plain(selector)) !== null)
  );
  deepEqual(unused, []);
});

Deno.test("each class of the page has a rule, except those that are only names", () => {
  const styled = new Set(RULES.flatMap(({ selector }) => selector.match(/(?<=\.)[\w-]+/g) ?? []));
  const used = new Set([...elementsOf("[class]")].flatMap(({ classList }) => [...classList]));
  deepEqual([...used].filter((name) => !styled.has(name)).sort(), [
    "col-name",
    "col-status",
    "corner",
    "flow",
    "note",
    "place",
    "plain",
    "step",
    "view-graph",
    "view-metrics",
    "view-steps",
    "view-timeline",
  ]);
});

Deno.test("each color of the page is defined once for light and dark, and used", () => {
  const used = new Set(PAGE_ASSETS.style.match(/(?<=var\()--[\w-]+/g));
  used.delete("--tone");
  deepEqual([...VARIABLES.keys()].filter((name) => name.startsWith("--")).sort(), [...used].sort());
  const plainColors = RULES.flatMap(({ selector, declarations }) =>
    selector === ":root" ? [] : [...declarations.values()].filter((value) => /#[\da-f]|rgb/.test(value))
  );
  // White on an icon's fill, and under an image that may be transparent.
  deepEqual(plainColors, ["#fff", "#fff"]);
});

Deno.test("text can be read on each background, in light and dark", () => {
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

Deno.test("each status has its own color everywhere", () => {
  const wrong = RULES.flatMap(({ selector, declarations }) => {
    const tone = TONES.find((tone) => selector.endsWith(`.${tone}`) || selector.includes(`.${tone} `));
    if (tone === undefined) return [];
    return [...declarations.values()].flatMap((value) => value.match(/(?<=var\(--)[\w-]+/g) ?? [])
      .filter((name) => TONES.includes(name.replace("fill-", "")) && name.replace("fill-", "") !== tone)
      .map((name) => `${selector}: ${name}`);
  });
  deepEqual(wrong, []);
  for (const tone of TONES) {
    equal(declared(`.${tone}`, "--tone"), `var(--fill-${tone})`);
    const isPale = ["canceled", "waiting"].includes(tone);
    equal(declared(`.status.${tone}`, "color"), `var(--${isPale ? "text-dim" : tone})`);
  }
});

/** What each property needs to have an effect. */
const NEEDS: readonly (readonly [properties: RegExp, needs: (element: Element) => boolean])[] = [
  [/^(gap|column-gap|align-items|align-content)$/, (element) => /flex|grid/.test(of(element, "display"))],
  [/^(flex-wrap|justify-content)$/, (element) => /flex/.test(of(element, "display"))],
  [/^grid-template/, (element) => of(element, "display") === "grid"],
  [/^(flex|flex-basis)$/, (element) => /flex/.test(of(element.parentElement!, "display"))],
  [/^(left|right|top|bottom|inset)$/, (element) => of(element, "position") !== ""],
  [/^z-index$/, (element) => /sticky|fixed/.test(of(element, "position"))],
  [
    /^text-overflow$/,
    (element) => of(element, "overflow") === "hidden" && of(element, "white-space") === "nowrap",
  ],
  [/^contain-intrinsic-size$/, (element) => of(element, "content-visibility") === "auto"],
  [/^max-height$/, (element) => of(element, "overflow") === "auto"],
];

function of(element: Element, property: string): string {
  return valueOf(ON_SCREEN, element, property) ?? "";
}

Deno.test("no declaration lacks what it needs to have an effect, such as a flex box around a flexible part", () => {
  const idle: string[] = [];
  for (const { selector, declarations } of ON_SCREEN) {
    if (OUTSIDE.includes(selector) || selector.includes("::")) continue;
    for (const property of declarations.keys()) {
      const needs = NEEDS.find(([properties]) => properties.test(property))?.[1];
      if (needs !== undefined && !elementsOf(plain(selector)).some(needs)) {
        idle.push(`${selector}: ${property}`);
      }
    }
  }
  deepEqual(idle, []);
});

Deno.test("what is declared for narrow windows and paper overrides what is declared for all", () => {
  const lost = RULES.filter(({ media, selector }) => /720px|print/.test(media) && !OUTSIDE.includes(selector))
    .flatMap(({ media, selector, declarations }) => {
      const rules = media === "@media print" ? ON_PAPER : NARROW;
      return [...declarations].filter(([property, value]) =>
        !elementsOf(selector).some((element) => valueOf(rules, element, property) === value)
      ).map(([property]) => `${media} ${selector}: ${property}`);
    });
  deepEqual(lost, []);
});

Deno.test("names of any length are wrapped, cut or scrolled", async () => {
  const elements = (await longPages()).flatMap((page) => [...page.querySelectorAll("*")]).filter((element) =>
    [...element.childNodes].some(({ nodeType, textContent }) => nodeType === 3 && textContent!.includes(LONG))
  );
  const places = Map.groupBy(elements, placeOf);
  deepEqual([...places].flatMap(([place, [element]]) => isKept(element!) ? [] : [place]), []);
});

/** An element with those around it, by their names and classes. */
function placeOf(element: Element): string {
  const { localName, className, parentElement } = element;
  return `${parentElement === null ? "" : placeOf(parentElement)} ${localName}.${className}`;
}

/** Whether a long word in an element makes nothing wider than the window. */
function isKept(element: Element): boolean {
  let isWrapped: boolean | undefined;
  for (
    let at: Element | null = element;
    at !== null && !at.classList.contains("bench");
    at = at.parentElement
  ) {
    if (at.localName === "option" || of(at, "position") === "absolute" && of(at, "overflow") === "hidden") {
      return true;
    }
    const [space, wrap] = [of(at, "white-space"), of(at, "overflow-wrap")];
    if (wrap === "anywhere") isWrapped ??= true;
    if (/^(nowrap|pre)$/.test(space)) isWrapped ??= false;
    if (isWrapped === true || /auto|hidden/.test(of(at, "overflow"))) return true;
  }
  return false;
}

Deno.test("what the keyboard can reach to be scrolled is scrolled", () => {
  const reached = new Map([...elementsOf("[role=region], [role=log]")].map((element) => [
    element.className || element.parentElement!.className,
    of(element, "overflow"),
  ]));
  deepEqual([...reached.keys()].sort(), [
    "",
    "body",
    "code",
    "lines",
    "lines wrapped",
    "long",
    "table-frame",
  ]);
  deepEqual(new Set(reached.values()), new Set(["auto"]));
});

Deno.test("heads of tables and the timeline's axis stay above the rows that scroll under them", () => {
  for (const element of elementsOf(".table-frame thead th, .axis")) {
    deepEqual(["position", "top", "z-index", "background"].map((name) => of(element, name)), [
      "sticky",
      "0",
      "1",
      "var(--bg)",
    ]);
  }
});

Deno.test("sizes in the style are those that the page's code counts on", () => {
  const px = (selector: string, property: string, rules = ON_SCREEN) =>
    parseFloat(declared(selector, property, rules)!.match(/-?[\d.]+(?=px)/)![0]);
  deepEqual([px(".node", "width"), px(".node", "height")], [NODE.width, NODE.height]);
  equal(px(".timeline .row", "contain-intrinsic-size"), px(".timeline .row button", "height"));
  equal(px(".bars", "margin-right"), px(".axis .scale", "margin-right"), "marks are below their times");
  const moved = { position: "absolute", left: "0", top: "0" };
  const expected: Record<string, Record<string, string>> = {
    "*": { "box-sizing": "border-box" },
    ".canvas": { position: "absolute", inset: "0", overflow: "hidden", "touch-action": "none" },
    ".world": { ...moved, width: "0", height: "0", "transform-origin": "0 0" },
    ".world > svg": { ...moved, overflow: "visible", "pointer-events": "none" },
    ".minimap": { position: "absolute", "box-sizing": "content-box", "touch-action": "none" },
    ".bars": { position: "relative" },
    ".axis .scale": { position: "relative" },
    ".axis .scale span": { position: "absolute", transform: "translateX(-50%)" },
    ".log.full": { position: "fixed", inset: "0" },
  };
  for (const [selector, values] of Object.entries(expected)) {
    for (const [property, value] of Object.entries(values)) {
      deepEqual([selector, property, declared(selector, property)], [selector, property, value]);
    }
  }
  const number = px(".line::before", "width");
  deepEqual([px(".wrapped .line", "padding-left"), px(".wrapped .line", "text-indent")], [number, -number]);
  const blocks = [[".lines", "font", 1.55, ".lines .block"], [
    "pre",
    "font-size",
    1.5,
    ".long .block",
  ]] as const;
  for (const [text, property, height, block] of blocks) {
    const [counted, drawn] = [px(block, "contain-intrinsic-size"), px(text, property) * height * 100];
    ok(Math.abs(counted - drawn) < 5, `100 lines of ${block} are ${drawn} px high, not ${counted}`);
  }
});

Deno.test("what only screen readers read takes no room and is clipped", () => {
  for (
    const [property, value] of [["position", "absolute"], ["width", "1px"], ["height", "1px"], [
      "overflow",
      "hidden",
    ], ["clip-path", "inset(50%)"]]
  ) {
    equal(declared(".sr-only", property!), value);
  }
});

Deno.test("what can be clicked changes under the pointer, and what is chosen looks different", () => {
  for (const element of elementsOf("button, a.button, .node, .steps tbody tr, summary")) {
    if (element.localName !== "a") equal(of(element, "cursor"), "pointer");
    ok(
      element.localName === "summary" || hasRule(element, ":hover"),
      `${element.localName} ${element.className} does not change`,
    );
  }
  for (const mark of ["aria-pressed='true'", "aria-selected='true'", "aria-current"]) {
    const name = mark.split("=")[0]!;
    for (const element of elementsOf(`[${mark}]:not(.node, .link, .small)`)) {
      ok(hasRule(element, `[${name}`), mark);
    }
  }
  for (const mark of [".chosen", ".hit", ".now", ".near", ".dim", ".differs", ".own"]) {
    for (const element of elementsOf(mark)) ok(hasRule(element, mark), mark);
  }
});

/** Whether a rule for an element depends on a part of its selector. */
function hasRule(element: Element, part: string): boolean {
  return ON_SCREEN.some(({ selector, declarations }) =>
    selector.includes(part) && declarations.size > 0 &&
    [element, ...element.children].some((one) => one.matches(plain(selector)))
  );
}

Deno.test("nothing moves for people who do not want that", () => {
  const moving = ON_SCREEN.filter(({ declarations }) => (declarations.get("animation") ?? "none") !== "none");
  const still = RULES.filter(({ media }) => media === "@media (prefers-reduced-motion: reduce)");
  deepEqual(
    still.map(({ selector, declarations }) => [selector, declarations.get("animation")]),
    moving.map(({ selector }) => [selector, "none !important"]),
  );
  for (const { declarations } of moving) {
    ok(PAGE_ASSETS.style.includes(`@keyframes ${declarations.get("animation")!.split(" ")[0]} {`));
  }
});

Deno.test("paper has all views of the run, whole, and nothing that can only be clicked", () => {
  const page = PAGES.find((page) => page.querySelector(".printed") !== null)!;
  const printed = page.querySelector(".printed")!;
  equal(valueOf(ON_SCREEN, printed, "display"), "none");
  equal(valueOf(ON_PAPER, printed, "display"), "block");
  for (const element of elementsOf(".bench, .tabs, .live, .button, .actions, .only")) {
    equal(valueOf(ON_PAPER, element, "display"), "none", element.className);
  }
  for (const element of [page.querySelector(".message")!, ...printed.querySelectorAll("*")]) {
    const [overflow, position, drawn, most] = ["overflow", "position", "content-visibility", "max-height"]
      .map((property) => valueOf(ON_PAPER, element, property));
    ok(overflow !== "auto" || most === "none", `${element.className} is cut`);
    ok(position !== "sticky" && drawn !== "auto" && (most ?? "none") === "none", element.className);
  }
  for (const selector of ["html", "body", "#page", ".page"]) {
    equal(declared(selector, "height", ON_PAPER), "auto");
  }
});

Deno.test("narrow windows leave out the columns that matter least, and show a step over the others", () => {
  const heads = (table: Element, rules: readonly Rule[]) =>
    [...table.querySelectorAll("thead th")].filter((head) => valueOf(rules, head, "display") !== "none")
      .map(({ textContent }) => textContent!.trim()).join(", ");
  const medium = RULES.filter(({ media }) => media === "" || media === "@media (max-width: 1000px)");
  const columns = ["table.steps", "table.metrics", "table.jobs.short", "table.jobs:not(.short)"].map(
    (selector) => {
      const table = [...elementsOf(selector)].at(-1)!;
      return [ON_SCREEN, medium, NARROW].map((rules) => heads(table, rules));
    },
  );
  deepEqual(columns, [
    [
      "Step, Status, Duration, Waited, Started, Peak memory, Compute",
      "Step, Status, Duration, Started, Peak memory",
      "Step, Status, Duration",
    ],
    ["Metric, Value, Step", "Metric, Value, Step", "Metric, Value"],
    ...["Compare, Job, Status", "Schedule, Runs, Next"].map((narrow) => {
      const wide = `${narrow}, Experiment${narrow.startsWith("Compare") ? ", Submitted" : ""}`;
      return [wide, wide, narrow];
    }),
  ]);
  const [under] = elementsOf(".metrics .under");
  deepEqual([ON_SCREEN, NARROW].map((rules) => valueOf(rules, under!, "display")), ["none", "block"]);
  const [panel] = elementsOf(".panel");
  deepEqual(["position", "inset", "z-index"].map((property) => valueOf(NARROW, panel!, property)), [
    "fixed",
    "auto 0 0 0",
    "5",
  ]);
  for (const bench of elementsOf(".bench")) {
    equal(valueOf(NARROW, bench, "grid-template-columns"), "minmax(0, 1fr)");
  }
  for (const media of new Set(RULES.map(({ media }) => media))) {
    match(media, /^$|print|reduced-motion|\(max-width: (?:720|1000)px\)$/);
  }
});

Deno.test("narrow windows leave room for what they show", () => {
  const [axis] = elementsOf(".axis");
  const [bars] = elementsOf(".timeline .bars");
  const shown = (element: Element) => valueOf(NARROW, element, "display") !== "none";
  const times = [...axis!.querySelectorAll(".scale span")].map(shown);
  const marks = [...bars!.querySelectorAll(".mark")].map(shown);
  deepEqual(marks, times.slice(1), "each mark has its time");
  ok(marks.includes(false));
  // Safari enlarges the page around a field with smaller text.
  for (const field of elementsOf(".filter input[type=search]")) {
    equal(valueOf(NARROW, field, "font-size"), "16px");
  }
  const panel = declared(".panel", "height", NARROW)!;
  ok(/^[5-9]\ddvh$/.test(panel), `the panel is ${panel} high`);
});

Deno.test("what is below each other begins at the same distance from the edge of the window", () => {
  for (const [rules, wanted] of [[ON_SCREEN, 24], [NARROW, 16]] as const) {
    const starts = [".top", ".filter", ".timeline", ".request", ".changes", "footer", ".list.compare"];
    for (const selector of starts) {
      const [element] = elementsOf(selector);
      const sides = valueOf(rules, element!, "padding")!.split(" ").map(parseFloat);
      deepEqual([selector, sides[3] ?? sides[1] ?? sides[0]], [selector, wanted]);
    }
    for (
      const cell of elementsOf(
        ".list:not(.compare) :is(th, td):first-child, .view-steps :is(th, td):first-child",
      )
    ) {
      equal(parseFloat(valueOf(rules, cell, "padding-left")!), wanted);
    }
  }
});

Deno.test("buttons, headings and drawings look like the page, not like a browser's own", () => {
  const needed: Record<string, readonly string[]> = {
    "button": ["font", "border", "background", "color"],
    "button:not(.zoom button)": ["padding"],
    "select, input[type=search]": ["font", "border", "background", "padding"],
    "h1, h2, h3, h4": ["font-size", "font-weight", "margin"],
    "ul, ol": ["list-style", "margin", "padding"],
    "p, pre, dl, dd": ["margin", "padding"],
    "svg *": ["fill"],
  };
  const plainOnes = Object.entries(needed).flatMap(([selector, properties]) =>
    [...Map.groupBy(elementsOf(selector), placeOf).values()].flatMap(([element]) =>
      properties.filter((property) => of(element!, property) === "")
        .map((property) => `${placeOf(element!)}: ${property}`)
    )
  );
  deepEqual(plainOnes, []);
  for (const shape of elementsOf("svg *")) {
    if (of(shape, "fill") !== "none") continue;
    ok(/^(var\(|#fff)/.test(of(shape, "stroke")), shape.className);
  }
});

Deno.test("each sign before a text has its content, and only the way back has an arrow", () => {
  const signs = ON_SCREEN.filter(({ selector }) => /[^*]::(before|after)$/.test(selector));
  for (const { selector } of signs) {
    for (const element of elementsOf(plain(selector))) {
      const contents = signs.filter((sign) => element.matches(plain(sign.selector)))
        .flatMap(({ declarations }) => declarations.get("content") ?? []);
      ok(contents.length > 0, selector);
    }
  }
  const arrows = signs.filter(({ selector }) => selector.endsWith("a::before"))
    .map(({ selector, declarations }) => [selector, declarations.get("content")]);
  deepEqual(arrows, [[".top nav a::before", '"←"'], [".top .sections a::before", "none"]]);
  deepEqual([declared(".before::before", "content"), declared(".after::before", "content")], ['"−"', '"+"']);
});

Deno.test("numbers and durations are on one line, and their digits below each other", () => {
  for (
    const cell of elementsOf(
      "td.number, td.col-took, td.col-waited, td.col-started, td.col-memory, td.col-steps",
    )
  ) {
    deepEqual(
      [of(cell, "white-space"), of(cell, "font-variant-numeric")],
      ["nowrap", "tabular-nums"],
      cell.className,
    );
  }
});

Deno.test("pages are as high as the window, and the part that scrolls takes what the others leave", () => {
  for (const selector of ["html", "body", "#page", ".page"]) equal(declared(selector, "height"), "100%");
  for (const column of elementsOf(".page, .list:not(.compare), .view, .panel, .log.full")) {
    deepEqual([column.className, of(column, "flex-direction")], [column.className, "column"]);
  }
  for (
    const part of elementsOf(".bench, .list, .view > :is(.table-frame, .timeline, .graph), .panel > .body")
  ) {
    deepEqual([part.className, of(part, "flex")], [part.className, "1"]);
    ok(of(part, "min-height") !== "", part.className);
  }
});

Deno.test("words begin at the left and numbers end at the right, also in buttons that are as wide as a row", () => {
  for (const cell of elementsOf("th, td, .link, .timeline .row button")) {
    equal(of(cell, "text-align"), cell.classList.contains("number") ? "right" : "left", cell.className);
  }
});

Deno.test("what is beside each other wraps where there is no room, or is scrolled, and is at one height", () => {
  for (const row of elementsOf("div, p, ul, span, li")) {
    if (!/flex/.test(valueOf(NARROW, row, "display") ?? "") || row.matches(".page, .list, .view, .log")) {
      continue;
    }
    if (row.matches(".tabs")) equal(of(row, "overflow-x"), "auto");
    else if (row.matches(":is(div, p, ul):not(.bar, .callout, .node, .zoom), .toggles")) {
      deepEqual([row.className, valueOf(NARROW, row, "flex-wrap")], [row.className, "wrap"]);
    } else if (row.matches("span, li")) ok(/center|baseline/.test(of(row, "align-items")), row.className);
  }
});

Deno.test("a log on the full screen covers the panel of a narrow window, which covers the heads of tables", () => {
  const layers = [".log.full", ".panel", "thead th", ".axis"].map((selector) =>
    Number(declared(selector, "z-index", NARROW))
  );
  deepEqual(layers.toSorted((one, other) => other - one), layers);
  ok(new Set(layers).size === 3);
});

Deno.test("text is not too small to read, and spaces are not larger than what they separate", () => {
  for (const { media, selector, declarations } of RULES) {
    for (const [property, value] of declarations) {
      const sizes = (value.match(/[\d.]+(?=px)/g) ?? []).map(Number);
      if (/^font/.test(property) && media !== "@media print") {
        ok(sizes.every((size) => size >= 11 && size <= 20), `${selector}: ${property}: ${value}`);
      }
      if (/^(?:(?:min-|max-)?(?:width|height)|padding|margin|gap|left|right|top|bottom)/.test(property)) {
        ok(
          !/(^| )-?[1-9][\d.]*( |$)/.test(value),
          `${selector}: ${property} has no unit`,
        );
      }
      if (property === "font-weight") match(value, /^[456]00$/);
      if (/^max-height|^grid-template/.test(property)) {
        const least = property === "max-height" ? 200 : 90;
        ok(sizes.every((size) => size >= least), `${selector}: ${property}: ${value}`);
      }
      if (/^(padding|margin|gap|column-gap)/.test(property) && !/big|\.line|scale|bars/.test(selector)) {
        ok(sizes.every((size) => size <= 32), `${selector}: ${property}: ${value}`);
      }
    }
  }
});
