/** @jsxImportSource preact */

/// <reference lib="dom" />

import type { ComponentChildren } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import { ownValue } from "../../core/json.ts";
import type { GraphView, StepView } from "../view.ts";
import { Graph } from "../widgets/graph.tsx";
import { drawnGraph, foldable, FOLDED_ABOVE, namespacesOf } from "../widgets/graph_model.ts";
import { askLogSearch } from "../widgets/polling.ts";
import { type Tone, toneOf } from "../widgets/status.tsx";
import type { ListProps } from "../widgets/steps.tsx";
import { CheckBox, SearchField } from "../widgets/widgets.tsx";
import { Panel } from "./panel.tsx";
import type { Go, PagePlace } from "./place.ts";

interface WorkbenchProps {
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

/** What of the graph is folded, and what else is drawn. */
function useDrawing({ steps, graph }: Pick<WorkbenchProps, "steps" | "graph">) {
  const spaces = useMemo(() => foldable(steps), [graph]);
  const [isFolded, setFolded] = useState(spaces.length > 0 && steps.length > FOLDED_ABOVE);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [withDatasets, setWithDatasets] = useState(false);
  const drawn = useMemo(
    () => drawnGraph(steps, graph, { isFolded, open, withDatasets }),
    [steps, graph, isFolded, open, withDatasets],
  );
  return {
    spaces,
    isFolded,
    withDatasets,
    setWithDatasets,
    drawn,
    fold(is: boolean) {
      setFolded(is);
      setOpen(new Set());
    },
    /** Unfolds namespaces. */
    show: (names: readonly string[]) => setOpen(new Set([...open, ...names])),
  };
}

/** The steps that have a text in their logs on the server, and a function that asks it; absent until then. */
function useLogSearch(text: string): readonly [ReadonlySet<string> | undefined, () => Promise<void>] {
  const [result, setResult] = useState<{ readonly text: string; readonly keys: ReadonlySet<string> }>();
  return [result?.text === text ? result.keys : undefined, async () => {
    setResult({ text, keys: new Set() });
    const keys = await askLogSearch(text).catch(() => undefined);
    setResult(keys && { text, keys });
  }];
}

/** Shows one view of the steps, with a filter above it and the selected step next to it. */
export function Workbench(props: WorkbenchProps) {
  const { steps, graph, isRun, isLive, now, tab, place, go, tone, clearTone, views } = props;
  const [text, setText] = useState("");
  const [timesOpened, setTimesOpened] = useState(0);
  const view = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLElement | null>(null);
  const drawing = useDrawing({ steps, graph });
  const [logged, searchInLogs] = useLogSearch(text);
  const { items, graph: drawnAs } = drawing.drawn;
  const wanted = text.trim().toLowerCase();
  const isFiltered = wanted !== "" || tone !== undefined;
  const matches = (step: StepView) =>
    (tone === undefined || toneOf(step.status) === tone) &&
    (wanted === "" || searchText(step).includes(wanted) || logged?.has(step.key) === true);
  const matching = isFiltered ? steps.filter(matches) : steps;
  const foundKeys = isFiltered ? new Set(matching.map(({ key }) => key)) : undefined;
  const chosen = steps.find(({ key }) => key === place.step);
  const selectItem = (key: string | undefined) => {
    const item = items.find((item) => item.key === key);
    if (item?.kind === "group") return drawing.show([item.label]);
    select(item?.kind === "dataset" ? item.members[0] : key);
  };
  const select = (key: string | undefined) => {
    const step = steps.find((step) => step.key === key);
    if (step !== undefined) drawing.show(namespacesOf(step));
    if (key !== undefined) {
      if (!(document.activeElement as HTMLElement | null)?.closest(".panel")) {
        opener.current = document.activeElement as HTMLElement;
      }
      setTimesOpened(timesOpened + 1);
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
    <main class={chosen && hasSteps ? "bench split" : "bench"}>
      <div id="view" class={`view view-${tab}`} role="tabpanel" aria-labelledby={`tab-${tab}`} ref={view}>
        {hasSteps && (
          <div class="filter">
            <SearchField
              hint={`Find ${isRun ? "steps, datasets, logs" : "nodes, datasets, tags"}`}
              label={`Filter ${isRun ? "steps" : "nodes"} by name, dataset, tag or log`}
              value={text}
              set={setText}
              onEnter={() => matching[0] && select(matching[0].key)}
            />
            {isFiltered && (
              <span class="dim" role="status">
                {matching.length.toLocaleString("en")} of {steps.length.toLocaleString("en")}
              </span>
            )}
            {isLive && wanted !== "" && logged === undefined && (
              <button type="button" class="chip" onClick={searchInLogs}>Search the logs, too</button>
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
            {tab === "graph" && (
              <span class="toggles">
                {drawing.spaces.length > 0 && (
                  <CheckBox label="Fold namespaces" isOn={drawing.isFolded} set={drawing.fold} />
                )}
                <CheckBox label="Datasets" isOn={drawing.withDatasets} set={drawing.setWithDatasets} />
              </span>
            )}
          </div>
        )}
        {tab === "graph"
          ? steps.length === 0 ? <p class="empty">There are no steps to show.</p> : (
            <Graph
              key={drawnAs.width + drawnAs.height}
              {...{ isRun, now }}
              steps={items}
              graph={drawnAs}
              select={selectItem}
              selected={items.find(({ members }) => members.includes(chosen?.key ?? ""))?.key}
              matches={({ members }) => foundKeys === undefined || members.some((key) => foundKeys.has(key))}
            />
          )
          : ownValue(views, tab)?.({ steps: matching, selected: chosen?.key, select }) ?? (
            <p class="empty">Nothing to show.</p>
          )}
      </div>
      {chosen && hasSteps && (
        <Panel
          key={chosen.key}
          step={chosen}
          {...{ steps, isRun, isLive, now, timesOpened, select, close }}
        />
      )}
    </main>
  );
}

/** The texts of steps, each of which is made only once. */
const TEXTS = new WeakMap<StepView, string>();

/** All text by which the filter of a page finds a step, in lower case: names, datasets, tags, settings and logs. */
export function searchText(step: StepView): string {
  const text = TEXTS.get(step) ?? makeText(step);
  TEXTS.set(step, text);
  return text;
}

function makeText(step: StepView): string {
  return [
    ...[step.label, step.key, step.compute, step.source, step.failure?.message, step.failure?.exception],
    ...(step.nodes ?? []),
    ...(step.tags ?? []),
    ...[...step.inputs, ...step.outputs].flatMap(({ name, port, value }) => [name, port, value]),
    ...step.facts.map(([, value]) => value),
    ...(step.tracked ?? []).flatMap(({ metrics }) => metrics.map(([name]) => name)),
    ...(step.logs ?? []).map(({ text }) => text),
  ].filter((text) => text !== undefined).join("\n").toLowerCase();
}
