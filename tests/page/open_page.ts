import { shown } from "./outline.ts";
import { parseHTML } from "linkedom";
import { h, render } from "preact";
import { act } from "preact/test-utils";
import { WholePage } from "../../src/page/client/main.tsx";
import type { PageData } from "../../src/page/view.ts";
import { createTimers, settled } from "./timers.ts";

/** What a test says of the browser. */
export interface BrowserOptions {
  /** Width of the window (default: 1280). */
  readonly width?: number;
  /** The end of the URL, such as `#tab=steps`. */
  readonly hash?: string;
  /** What the page's server answers; a text is the reason for a failure (default: no request is expected). */
  readonly answer?: (query: Record<string, string>) => object | string;
  /** How often the server wants to be asked (default: each second). */
  readonly pollMs?: number;
  /** How long each answer takes (default: no time). */
  readonly answerMs?: number;
  /** Whether the page may write to the clipboard (default: yes). */
  readonly hasClipboard?: boolean;
}

/** A page in a document without a browser: it is not drawn, and nothing has a size but the graph. */
export interface OpenPage {
  /** What the elements that a selector finds (default: the whole page) say to a screen reader. */
  shown(selector?: string): string;
  /** The elements that a selector finds (default: the whole page), and those in them, one a line. */
  outline(selector?: string): string;
  /** The text of each element that a selector finds. */
  texts(selector: string): readonly string[];
  /** The only element that a selector finds, of those with a text. */
  find(selector: string, text?: string): HTMLElement;
  click(selector: string, text?: string): Promise<void>;
  /** Enters text in a field, or checks a box. */
  enter(selector: string, value: string | boolean): Promise<void>;
  /** Sends an event, such as `keydown`, and returns whether the page handled it instead of the browser. */
  send(selector: string, event: string, fields?: object): Promise<boolean>;
  /** Lets time pass. */
  advance(ms: number): Promise<void>;
  /** Sends an event to the window or the document. */
  tell(event: string, isVisible?: boolean): Promise<void>;
  readonly state: BrowserState;
}

/** What the page did outside itself. */
export interface BrowserState {
  hash: string;
  /** How many positions Back leads through. */
  stops?: number;
  copied?: string;
  /** Label or text of the element that got the focus last. */
  focused?: string;
  /** The pointer that was captured last. */
  captured?: number;
  /** Text of what was scrolled to last. */
  scrolledTo?: string;
  readonly requests: Record<string, string>[];
}

function documentOf(pollMs: number): string {
  return `<html><head><meta name="poll-ms" content="${pollMs}"></head><body><div id="page"></div></body></html>`;
}

/** Renders the page of some data, runs a test with it, and removes it. */
export async function withPage(
  data: PageData,
  test: (page: OpenPage) => Promise<void> | void,
  options: BrowserOptions = {},
): Promise<void> {
  const { document, Node, Element, HTMLElement, HTMLInputElement, HTMLSelectElement } = parseHTML(
    documentOf(options.pollMs ?? 1000),
  );
  const state: BrowserState = { hash: options.hash ?? "", requests: [] };
  const events = createEvents();
  const window = document.createElement("window") as unknown as Node;
  const page = Object.assign(document as unknown as Document, {
    visibilityState: "visible",
    activeElement: null,
  });
  const timers = createTimers(data.madeAt);
  const { addEventListener, removeEventListener } = events.methods;
  const methods = elementMethods(state, page);
  using stack = new DisposableStack();
  for (
    const [object, values] of [
      [HTMLInputElement.prototype, { checked: false }],
      [HTMLSelectElement.prototype, { value: "" }],
      [Node.prototype, events.methods],
      [Element.prototype, methods],
      [HTMLElement.prototype, methods],
      [globalThis, {
        addEventListener: addEventListener.bind(window),
        removeEventListener: removeEventListener.bind(window),
        ...timers.globals,
        ...browserGlobals(page, state, options, timers.globals.setTimeout),
      }],
      [navigator, { clipboard: options.hasClipboard === false ? undefined : clipboardOf(state) }],
      [Date.prototype, {
        toLocaleString: inEnglish(Date.prototype.toLocaleString),
        toLocaleTimeString: inEnglish(Date.prototype.toLocaleTimeString),
      }],
    ] as const
  ) stack.use(replaced(object, values));
  const root = document.getElementById("page") as unknown as HTMLElement;
  try {
    await settled(() => render(h(WholePage, { data }), root));
    await test({ ...actionsIn(root, events), state, advance: timers.advance, tell });
  } finally {
    await act(() => render(null, root));
  }
  const left = [events.count(window), events.count(page), timers.count()];
  if (left.some((count) => count > 0)) throw new Error(`The page left listeners or intervals: ${left}`);

  async function tell(event: string, isVisible = true) {
    page.visibilityState = isVisible ? "visible" : "hidden";
    const target = event === "visibilitychange" ? page : window;
    await settled(() => void events.send(target, event));
  }
}

/** What elements have in a browser. */
function elementMethods(state: BrowserState, page: { activeElement: Element | null }) {
  return {
    clientWidth: 1000,
    clientHeight: 700,
    scrollHeight: 2000,
    getBoundingClientRect: () => ({ left: 40, top: 90 }),
    scrollIntoView(this: Element) {
      state.scrolledTo = this.textContent!.trim();
    },
    focus(this: Element) {
      page.activeElement = this;
      state.focused = this.getAttribute("aria-label") ?? this.textContent!;
    },
    setPointerCapture: (id: number) => void (state.captured = id),
  };
}

function clipboardOf(state: BrowserState) {
  return { writeText: async (text: string) => void (state.copied = text) };
}

/** What the page uses of the browser besides its document. */
function browserGlobals(
  document: Document,
  state: BrowserState,
  { width = 1280, answer, answerMs }: BrowserOptions,
  setTimeout: (run: () => void, ms: number) => void,
) {
  return {
    document,
    innerWidth: width,
    location: {
      get hash() {
        return state.hash;
      },
      get href() {
        return `http://127.0.0.1:8000/runs/one?wsid=w${state.hash}`;
      },
    },
    history: {
      pushState: (_: unknown, __: string, url: string) =>
        void (state.hash = url, state.stops = (state.stops ?? 0) + 1),
      replaceState: (_: unknown, __: string, url: string) => void (state.hash = url),
    },
    ResizeObserver: class {
      observe() {}
      disconnect() {}
    },
    async fetch(url: URL, { cache }: RequestInit) {
      const query = Object.fromEntries(url.searchParams);
      state.requests.push({ ...query, cache: cache! });
      if (answerMs !== undefined) await new Promise<void>((end) => setTimeout(end, answerMs));
      const answered = answer!(query);
      const isOk = typeof answered !== "string";
      return {
        ok: isOk,
        status: isOk ? 200 : 500,
        text: async () => isOk ? JSON.stringify(answered) : answered,
      };
    },
  };
}

function actionsIn(root: HTMLElement, events: Events): Omit<OpenPage, "state" | "advance" | "tell"> {
  const all = (selector: string) => [...root.querySelectorAll<HTMLElement>(selector)];
  const find = (selector: string, text?: string) => {
    const found = all(selector).filter(({ textContent }) =>
      text === undefined || textContent?.trim() === text
    );
    if (found.length !== 1) throw new Error(`${found.length} elements are "${selector}" with text "${text}"`);
    return found[0]!;
  };
  const send = async (element: HTMLElement, name: string, fields?: object) => {
    let isPrevented = false;
    await settled(() => void (isPrevented = events.send(element, name, fields)));
    return isPrevented;
  };
  return {
    shown: (selector) => (selector === undefined ? [...root.children] : all(selector)).map(shown).join(""),
    outline: (selector) =>
      (selector === undefined ? [...root.children] : all(selector)).map(outline).join(""),
    texts: (selector) => all(selector).map(({ textContent }) => textContent ?? ""),
    find,
    click: async (selector, text) => void await send(find(selector, text), "click"),
    async enter(selector, value) {
      const field = find(selector);
      if (typeof value === "boolean") (field as HTMLInputElement).checked = value;
      else (field as HTMLInputElement).value = value;
      await send(field, (field as HTMLInputElement).type === "search" ? "input" : "change");
    },
    send: (selector, event, fields) => send(find(selector), event, fields),
  };
}

type Listener = (this: Node, event: object) => void;
type Events = ReturnType<typeof createEvents>;

/** Events that go from an element to those around it, as in a browser. */
function createEvents() {
  const listeners = new WeakMap<Node, Map<string, Set<Listener>>>();
  return {
    methods: {
      addEventListener(this: Node, name: string, listener: Listener) {
        const own = listeners.getOrInsertComputed(this, () => new Map());
        own.set(name, new Set([...own.get(name) ?? [], listener]));
      },
      removeEventListener(this: Node, name: string, listener: Listener) {
        listeners.get(this)?.get(name)?.delete(listener);
      },
    },
    count: (target: Node) =>
      [...listeners.get(target)?.values() ?? []].reduce((sum, { size }) => sum + size, 0),
    /** Returns whether the browser's own action was prevented. */
    send(target: Node, type: string, fields: object = {}): boolean {
      let [isPrevented, isStopped] = [false, false];
      const event = {
        type,
        target,
        currentTarget: target,
        preventDefault: () => void (isPrevented = true),
        stopPropagation: () => void (isStopped = true),
        ...fields,
      };
      for (let at: Node | null = target; at !== null && !isStopped; at = at.parentNode) {
        event.currentTarget = at;
        for (const listener of listeners.get(at)?.get(type) ?? []) listener.call(at, event);
      }
      return isPrevented;
    },
  };
}

/** Sets properties of an object until it is disposed. */
function replaced(object: object, values: object): Disposable {
  const names = Object.keys(values);
  const before = names.map((name) => [name, Object.getOwnPropertyDescriptor(object, name)] as const);
  for (const [name, value] of Object.entries(values)) {
    Object.defineProperty(object, name, { value, configurable: true, writable: true });
  }
  return {
    [Symbol.dispose]() {
      for (const [name, descriptor] of before) {
        if (descriptor === undefined) Reflect.deleteProperty(object, name);
        else Object.defineProperty(object, name, descriptor);
      }
    },
  };
}

/** Writes times in one language and time zone, whatever those of the machine are. */
function inEnglish(write: (locale: string, options: Intl.DateTimeFormatOptions) => string) {
  return function (this: Date, _?: string, options?: Intl.DateTimeFormatOptions) {
    return write.call(this, "en-US", { ...options, timeZone: "UTC" }).replaceAll("\u202f", " ");
  };
}

function outline(element: Element): string {
  return linesOf(element).map((line) => `${line}\n`).join("");
}

/** An element as a line, and those in it; an icon is only named. */
function linesOf(element: Element): readonly string[] {
  const { checked, value, localName, classList } = element as HTMLInputElement;
  const name = [localName, ...classList].join(".");
  if (classList.contains("icon")) return [name];
  const attributes = [...element.attributes].filter(({ name }) => name !== "class")
    .map(({ name, value }) => value === "" ? `[${name}]` : `[${name}=${value}]`).sort();
  if (checked) attributes.push("[checked]");
  if (value && localName !== "option" && !element.hasAttribute("value")) attributes.push(`[value=${value}]`);
  const lines: string[] = [];
  let text = "";
  const end = () => {
    if (text !== "") lines.push(JSON.stringify(text));
    text = "";
  };
  for (const child of element.childNodes) {
    if (child.nodeType !== 1) text += child.textContent;
    else if ((child as Element).localName !== "wbr") {
      end();
      lines.push(...linesOf(child as Element));
    }
  }
  end();
  const head = name + attributes.join("");
  return lines.length === 1 && element.children.length === 0
    ? [`${head} ${lines[0]}`]
    : [head, ...lines.map((line) => `  ${line}`)];
}
