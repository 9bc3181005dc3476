/** What a screen reader would say of an element and those in it, one part a line: its role, name, state and text. */
export function shown(element: Element): string {
  return partsOf(element).map((line) => `${line}\n`).join("");
}

const ROLES: Readonly<Record<string, string>> = {
  a: "link",
  aside: "complementary",
  button: "button",
  dd: "definition",
  details: "details",
  dt: "term",
  footer: "footer",
  h1: "heading",
  h2: "heading",
  h3: "heading",
  h4: "heading",
  header: "header",
  img: "image",
  input: "textbox",
  li: "item",
  main: "main",
  nav: "navigation",
  ol: "list",
  p: "paragraph",
  pre: "lines",
  section: "section",
  select: "choice",
  summary: "summary",
  table: "table",
  tr: "row",
  ul: "list",
};

/** Words within a line. */
const INLINE = new Set("abbr b code em i kbd label mark small span strong sup time wbr".split(" "));

/** States that are said where an element has them. */
const STATES = ["selected", "pressed", "expanded", "sort", "current", "disabled", "checked"];

function partsOf(element: Element): readonly string[] {
  if (isSilent(element)) return [];
  const role = roleOf(element);
  if (role === "row") {
    const cells = [...element.children].map(inlineText).join(" | ");
    return [`${["row", ...statesOf(element)].join(" ")}: ${cells}`];
  }
  const head = role === undefined
    ? ""
    : [role, nameOf(element), ...statesOf(element)].filter(Boolean).join(" ");
  const isLine = [...element.children].every(isInline);
  const own = isLine ? [inlineText(element)].filter((text) => text !== "") : insideOf(element);
  if (head === "") return own;
  if (isLine) return [own.length === 0 ? head : `${head}: ${own[0]}`];
  return [head, ...own.map((line) => `  ${line}`)];
}

/** The parts of children, with the words between them. */
function insideOf(element: Element): readonly string[] {
  const lines: string[] = [];
  let words: string[] = [];
  const end = () => {
    const line = squeezed(words.join(" "));
    if (line !== "") lines.push(line);
    words = [];
  };
  for (const child of element.childNodes) {
    if (child.nodeType !== 1) words.push(child.textContent ?? "");
    else if (isInline(child as Element)) words.push(inlineText(child as Element));
    else {
      end();
      lines.push(...partsOf(child as Element));
    }
  }
  end();
  return lines;
}

function isSilent(element: Element): boolean {
  return element.getAttribute("aria-hidden") === "true" || element.hasAttribute("hidden") ||
    element.localName === "svg" || element.localName === "option";
}

function roleOf(element: Element): string | undefined {
  const role = element.getAttribute("role");
  if (role !== null) return role;
  const type = element.getAttribute("type");
  if (element.localName === "input" && (type === "checkbox" || type === "search")) return type;
  return ROLES[element.localName];
}

function nameOf(element: Element): string {
  const label = element.getAttribute("aria-label") ?? element.getAttribute("placeholder");
  return label === null ? "" : JSON.stringify(label);
}

function statesOf(element: Element): readonly string[] {
  const { checked, value } = element as HTMLInputElement;
  const said = STATES.flatMap((name) => {
    const state = element.getAttribute(`aria-${name}`);
    return state === null || state === "false" ? [] : [state === "true" ? name : `${name}=${state}`];
  });
  const isField = element.localName === "input" || element.localName === "select";
  const href = element.getAttribute("href");
  return [
    ...said,
    ...(checked ? ["checked"] : []),
    ...(element.hasAttribute("disabled") ? ["disabled"] : []),
    ...(isField && value && value !== "on" ? [`value=${value}`] : []),
    ...(href === null ? [] : [`to ${href}`]),
  ];
}

/** Whether an element and those in it are words of a line, and nothing that one can act on. */
function isInline(element: Element): boolean {
  return isSilent(element) ||
    INLINE.has(element.localName) && roleOf(element) === undefined && [...element.children].every(isInline);
}

/** Texts of an element in one line; what one can act on in it by role. */
function inlineText(element: Element): string {
  const words = [...element.childNodes].map((child) => {
    if (child.nodeType !== 1) return child.textContent ?? "";
    const inner = child as Element;
    if (isSilent(inner)) return "";
    const role = roleOf(inner);
    if (inner.localName === "wbr") return "";
    const text = [nameOf(inner), inlineText(inner)].filter((one) => one !== "").join(" ");
    return role === undefined
      ? ` ${text} `
      : ` [${[role, ...statesOf(inner)].join(" ")}${text && `: ${text}`}] `;
  });
  return squeezed(words.join(""));
}

function squeezed(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
