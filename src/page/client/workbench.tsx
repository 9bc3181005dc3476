/** @jsxImportSource preact */
/// <reference lib="dom" />
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { type Tone, toneOf } from "../logic/format.ts";
import type { GraphView, StepView } from "../view.ts";
import { Graph } from "../widgets/graph.tsx";
import { Panel } from "./panel.tsx";
import type { Go, PagePlace } from "./place.ts";

/** Properties of a list of steps. */
export interface ListProps {
  readonly steps: readonly StepView[];
  readonly selected: string | undefined;
  readonly select: (key: string) => void;
}

/** Properties of the workbench. */
export interface WorkbenchProps {
  readonly steps: readonly StepView[];
  readonly graph: GraphView;
  readonly isRun: boolean;
  readonly isLive: boolean;
  readonly now: number;
  readonly tab: string;
  readonly place: PagePlace;
  readonly go: Go;
  /** List only steps with this status. */
  readonly tone: Tone | undefined;
  readonly clearTone: () => void;
  /** The other views besides the graph, by tab. */
  readonly views: Readonly<Record<string, (props: ListProps) => ComponentChildren>>;
}

/** Views that show steps, and so have a filter. */
const WITH_STEPS = ["graph", "timeline", "steps"];

/** Shows one view of the steps, with a filter above it and the selected step next to it. */
export function Workbench(props: WorkbenchProps) {
  const { steps, graph, isRun, isLive, now, tab, place, go, tone, clearTone, views } = props;
  const [text, setText] = useState("");
  const [asked, setAsked] = useState(0);
  const view = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLElement | null>(null);
  const wanted = text.trim().toLowerCase();
  const isFiltered = wanted !== "" || tone !== undefined;
  const matches = (step: StepView) =>
    (tone === undefined || toneOf(step.status) === tone) &&
    (wanted === "" ||
      [step.label, step.key, ...step.nodes ?? []].some((name) => name.toLowerCase().includes(wanted)));
  const found = isFiltered ? steps.filter(matches) : steps;
  const chosen = steps.find(({ key }) => key === place.step);
  const select = (key: string | undefined) => {
    if (key !== undefined) {
      if (!(document.activeElement as HTMLElement | null)?.closest(".panel")) {
        opener.current = document.activeElement as HTMLElement;
      }
      setAsked(asked + 1);
    }
    go({ step: key });
  };
  const close = () => {
    go({ step: undefined });
    if (opener.current?.isConnected) opener.current.focus();
    else view.current?.querySelector<HTMLElement>(".canvas, .table-frame, button")?.focus();
  };
  const hasSteps = WITH_STEPS.includes(tab);
  return (
    <div class={chosen && hasSteps ? "bench split" : "bench"}>
      <div id="view" class={`view view-${tab}`} role="tabpanel" aria-labelledby={`tab-${tab}`} ref={view}>
        {hasSteps && (
          <div class="filter">
            <input
              type="search"
              placeholder={isRun ? "Filter steps" : "Filter nodes"}
              aria-label={isRun ? "Filter steps by name" : "Filter nodes by name"}
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
              onKeyDown={(event) => {
                if (event.key === "Enter" && found[0]) select(found[0].key);
              }}
            />
            {isFiltered && (
              <span class="dim" role="status">
                {found.length.toLocaleString("en")} of {steps.length.toLocaleString("en")}
              </span>
            )}
            {isFiltered && (
              <button
                type="button"
                class="quiet small"
                onClick={() => {
                  setText("");
                  clearTone();
                }}
              >
                Clear
              </button>
            )}
          </div>
        )}
        {tab === "graph"
          ? steps.length === 0 ? <p class="empty">There are no steps to show.</p> : (
            <Graph
              key={graph.width + graph.height}
              {...{ steps, graph, isRun, now, select }}
              selected={chosen?.key}
              matches={matches}
            />
          )
          : views[tab]?.({ steps: found, selected: chosen?.key, select }) ?? (
            <p class="empty">Nothing to show.</p>
          )}
      </div>
      {chosen && hasSteps && (
        <Panel key={chosen.key} step={chosen} {...{ steps, isRun, isLive, now, asked, select, close }} />
      )}
    </div>
  );
}
