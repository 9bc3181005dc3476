import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { cutMiddle } from "../../core/format.ts";
import { exactJson, ownValue } from "../../core/json.ts";
import type { FailureView } from "../view.ts";
import { StatusIcon } from "./status_text.tsx";

/** JSON of several values in lines; other text as it is. */
export function pretty(value: string): string {
  if (!/^[[{]/.test(value)) return value;
  return JSON.stringify(exactJson(value), null, 2) ?? value;
}

export function Pairs(
  { pairs }: { readonly pairs: readonly (readonly [name: string, value: ComponentChildren])[] },
) {
  return (
    <dl class="pairs">
      {pairs.map(([name, value], at) => (
        <div key={at}>
          <dt>{name}</dt>
          <dd>
            {typeof value === "string" ? pretty(value) : value}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** A table in a frame that scrolls. @param heads Titles of its columns, with their classes and how they are sorted. */
export function Table({ label, kind, heads, children }: {
  readonly label: string;
  readonly kind?: string;
  readonly heads: readonly (readonly [
    title: ComponentChildren,
    kind?: string | undefined,
    sort?: "ascending" | "descending" | undefined,
  ])[];
  readonly children: ComponentChildren;
}) {
  return (
    <div class="table-frame" role="region" aria-label={label} tabIndex={0}>
      <table class={kind}>
        <thead>
          <tr>
            {heads.map(([title, kind, sort], at) => (
              <th key={at} scope="col" class={kind} aria-sort={sort}>{title}</th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

/** A field to search in. @param onEnter Called for Enter, and with Shift for the way back. */
export function SearchField({ hint, label = hint, value, set, onEnter }: {
  readonly hint: string;
  readonly label?: string;
  readonly value: string;
  readonly set: (value: string) => void;
  readonly onEnter?: (isBack: boolean) => void;
}) {
  return (
    <input
      type="search"
      placeholder={hint}
      aria-label={label}
      value={value}
      onInput={(event) => set(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Enter") onEnter?.(event.shiftKey);
      }}
    />
  );
}

/** A field that filters rows of a table, and how many it finds. */
export function FilterField({ found, all, ...field }: Parameters<typeof SearchField>[0] & {
  readonly found: number;
  readonly all: number;
}) {
  return (
    <div class="filter">
      <SearchField {...field} />
      {field.value.trim() !== "" && <span class="dim" role="status">{found} of {all}</span>}
    </div>
  );
}

export function CheckBox({ label, kind, isOn, set }: {
  readonly label: string;
  readonly kind?: string;
  readonly isOn: boolean;
  readonly set: (isOn: boolean) => void;
}) {
  return (
    <label class={kind}>
      <input type="checkbox" checked={isOn} onChange={(event) => set(event.currentTarget.checked)} /> {label}
    </label>
  );
}

/** A fact in the head of a page, with its name. */
export function Meta({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <li>
      <span class="dim">{name}</span> {children}
    </li>
  );
}

/** Whether a key belongs to the browser or the system, such as Ctrl+0 or Alt+Left. */
export function isShortcut({ altKey, ctrlKey, metaKey }: KeyboardEvent): boolean {
  return altKey || ctrlKey || metaKey;
}

/** A tab list that follows the ARIA pattern: arrow keys move, and only the selected tab is a tab stop. */
export function Tabs({ tabs, chosen, label, choose }: {
  readonly tabs: readonly {
    readonly id: string;
    readonly label: string;
    readonly count?: number | undefined;
  }[];
  readonly chosen: string;
  readonly label: string;
  readonly choose: (id: string) => void;
}) {
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    if (isShortcut(event)) return;
    const at = tabs.findIndex(({ id }) => id === chosen);
    const [next, before] = [(at + 1) % tabs.length, (at + tabs.length - 1) % tabs.length];
    const to = ownValue({ ArrowRight: next, ArrowLeft: before, Home: 0, End: tabs.length - 1 }, event.key);
    if (to === undefined) return;
    event.preventDefault();
    choose(tabs[to]!.id);
    (list.current!.children[to] as HTMLElement).focus();
  };
  return (
    <nav aria-label={label}>
      <div class="tabs" role="tablist" aria-label={label} ref={list} onKeyDown={onKeyDown}>
        {tabs.map(({ id, label, count }) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={`tab-${id}`}
            aria-selected={id === chosen}
            aria-controls="view"
            tabIndex={id === chosen ? 0 : -1}
            onClick={() => choose(id)}
          >
            {label}
            {count === undefined ? null : <span class="count">{count.toLocaleString("en")}</span>}
          </button>
        ))}
      </div>
    </nav>
  );
}

export function FailureBox({ failure, title, children }: {
  readonly failure: FailureView;
  readonly title: string;
  readonly children?: ComponentChildren;
}) {
  return (
    <div class="callout bad" role="group" aria-label={title}>
      <StatusIcon tone="failed" />
      <div>
        <strong>{title}</strong>
        {failure.exception === undefined ? null : <pre class="message exception">{failure.exception}</pre>}
        {([["at", failure.place], ["caused by", failure.causedBy]] as const).map(([how, what]) =>
          what !== undefined && (
            <p key={how}>
              {how} <code>{what}</code>
            </p>
          )
        )}
        {failure.exception === undefined && <p class="message">{failure.message}</p>}
        {failure.hint === undefined ? null : <p class="hint">Hint: {withCode(failure.hint)}</p>}
        {children}
      </div>
    </div>
  );
}

function withCode(text: string): ComponentChildren {
  return text.split("`").map((part, at) => at % 2 === 1 ? <code key={at}>{part}</code> : part);
}

/** Text with a copy button; of text that is longer than `most` characters, the middle is cut. */
export function Copyable({ text, most = Infinity }: { readonly text: string; readonly most?: number }) {
  return (
    <span class="copyable">
      <code title={text.length > most ? text : undefined}>{cutMiddle(text, most)}</code>
      <CopyButton text={text} label={`Copy ${text}`} />
    </span>
  );
}

/** A button that copies text, if the browser allows it. */
export function CopyButton({ text, label }: {
  readonly text: string | (() => string);
  readonly label: string;
}) {
  const [isDone, setDone] = useState(false);
  if (typeof navigator === "undefined" || navigator.clipboard === undefined) return null;
  const showDone = () => {
    setDone(true);
    setTimeout(() => setDone(false), 1500);
  };
  const copy = () =>
    navigator.clipboard.writeText(typeof text === "string" ? text : text()).then(showDone, () => {});
  return (
    <button type="button" class="quiet" aria-label={label} title={label} onClick={copy}>
      {isDone ? "Copied" : "Copy"}
    </button>
  );
}

/** Text that screen readers announce when it changes. */
export function Announcer({ text }: { readonly text: string }) {
  return <div class="sr-only" role="status" aria-live="polite">{text}</div>;
}

// To make them for each of 1,000 rows would take a second.
const LONG = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "long" });
const SHORT = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });

/** A time in the user's time zone, which it names unless only the time of day is shown, and language. */
export function Time({ ms, isShort = false }: { readonly ms: number; readonly isShort?: boolean }) {
  const date = new Date(ms);
  return (
    <time dateTime={date.toISOString()} title={`${LONG.format(ms)}, ${date.toISOString()}`}>
      {(isShort ? SHORT : LONG).format(ms)}
    </time>
  );
}

export function AllJobs() {
  return (
    <nav aria-label="Jobs">
      <a href="/">
        <span aria-hidden="true">←</span> All jobs
      </a>
    </nav>
  );
}
