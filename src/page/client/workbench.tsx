import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { ownValue } from "../../core/json.ts";
import type { GraphView, StepView } from "../view.ts";
import { Graph, type GraphItem, PrintedGraph } from "../widgets/graph.tsx";
import { layOut } from "../graph_layout.ts";
import { type GraphNode, groupName, nodesOf, opened } from "../graph_model.ts";
import { askLogSearch } from "../widgets/polling.ts";
import { type Tone, toneOf } from "../widgets/status_text.tsx";
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
  readonly tone?: Tone | undefined;
  /** What is on paper. */
  readonly printed: (graph: ComponentChildren) => ComponentChildren;
  /** The other views besides the graph, by tab. */
  readonly views: Readonly<Record<string, (props: ListProps) => ComponentChildren>>;
}

/** Views that show steps, and so have a filter. */
export const WITH_STEPS = ["graph", "steps"];

/** What of the graph is folded, and what else is drawn. */
function useDrawing({ steps, graph }: Pick<WorkbenchProps, "steps" | "graph">, chosen: string | undefined) {
  const [first] = useState<ReadonlySet<string>>(() => new Set(graph.open));
  const reveal = (open: ReadonlySet<string>, key: string | undefined) =>
    key === undefined ? open : opened(steps, open, ({ members }) => members.includes(key));
  const [open, setOpen] = useState(() => reveal(first, chosen));
  const [withDatasets, setWithDatasets] = useState(false);
  /** The group that was opened or folded last. */
  const [changed, setChanged] = useState<string>();
  const drawn = useMemo(() => {
    const nodes = nodesOf(steps, { open, withDatasets });
    return { nodes, graph: open === first && !withDatasets ? graph : layOut(nodes) };
  }, [graph, open, withDatasets]);
  const items = useMemo(() => withStates(drawn.nodes, steps), [drawn, steps]);
  return {
    open,
    withDatasets,
    setWithDatasets,
    items,
    graph: drawn.graph,
    changed,
    hasGroups: items.some(({ kind }) => kind === "group"),
    boxes: (drawn.graph.boxes ?? []).map((box) => ({ ...box, label: groupName(box.key, drawn.nodes) })),
    foldAll: () => setOpen(new Set()),
    unfoldAll: () => setOpen(opened(steps, open)),
    fold(group: string) {
      setOpen(new Set([...open].filter((key) => key !== group)));
      setChanged(group);
    },
    unfold(group: string) {
      setOpen(new Set([...open, group]));
      setChanged(group);
    },
    reveal: (key: string) => setOpen(reveal(open, key)),
  };
}

/** Statuses of members, the first that any of them has is that of their group. */
const ORDER: readonly Tone[] = ["failed", "running", "queued", "canceled", "waiting"];

export function withStates(nodes: readonly GraphNode[], steps: readonly StepView[]): readonly GraphItem[] {
  const byKey = new Map(steps.map((step) => [step.key, step]));
  return nodes.map((node): GraphItem => {
    if (node.kind === "dataset") return node;
    const members = node.members.map((key) => byKey.get(key)!);
    if (node.kind === "step") {
      const { status, startedAt, endedAt, nodes } = members[0]!;
      return { ...node, status, startedAt, endedAt, nodes };
    }
    const first = ORDER.flatMap((tone) => members.find(({ status }) => toneOf(status) === tone) ?? [])[0];
    const starts = members.flatMap(({ startedAt }) => startedAt ?? []);
    const ends = members.flatMap(({ endedAt }) => endedAt ?? []);
    return {
      ...node,
      status: (first ?? members[0]!).status,
      startedAt: starts.length === 0 ? undefined : Math.min(...starts),
      endedAt: ends.length === starts.length && ends.length > 0 ? Math.max(...ends) : undefined,
    };
  });
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
  const { steps, graph, isRun, isLive, now, tab, place, go, tone, printed, views } = props;
  const [text, setText] = useState("");
  const [timesOpened, setTimesOpened] = useState(0);
  const view = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLElement | null>(null);
  const drawing = useDrawing({ steps, graph }, place.step);
  const [logged, searchInLogs] = useLogSearch(text);
  const { items } = drawing;
  const wanted = text.trim().toLowerCase();
  const isFiltered = wanted !== "" || tone !== undefined;
  const matches = (step: StepView) =>
    (tone === undefined || toneOf(step.status) === tone) &&
    (wanted === "" || searchText(step).includes(wanted) || logged?.has(step.key) === true);
  const matching = isFiltered ? steps.filter(matches) : steps;
  const isCut = wanted !== "" &&
    steps.some(({ logs = [] }) => logs.some(({ omittedBytes = 0 }) => omittedBytes > 0));
  const foundKeys = isFiltered ? new Set(matching.map(({ key }) => key)) : undefined;
  const chosen = steps.find(({ key }) => key === place.step);
  const selectItem = (key: string | undefined) => {
    const item = items.find((item) => item.key === key);
    if (item?.kind === "group") return drawing.unfold(item.key);
    select(item?.kind === "dataset" ? item.members[0] : key);
  };
  const select = (key: string | undefined) => {
    if (key !== undefined) {
      drawing.reveal(key);
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
  const isPrinting = usePrinting();
  return (
    <>
      {isPrinting && (
        <div class="printed">
          {printed(
            steps.length > 0 && (
              <PrintedGraph {...{ items, isRun, now }} graph={drawing.graph} boxes={drawing.boxes} />
            ),
          )}
        </div>
      )}
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
                  {isCut && ", long logs searched in part"}
                </span>
              )}
              {isLive && wanted !== "" && logged === undefined && (
                <button type="button" class="chip" onClick={searchInLogs}>Search the logs, too</button>
              )}
              {tab === "graph" && (
                <span class="toggles">
                  {drawing.hasGroups && (
                    <button type="button" class="quiet" onClick={drawing.unfoldAll}>Unfold all</button>
                  )}
                  {drawing.open.size > 0 && (
                    <button type="button" class="quiet" onClick={drawing.foldAll}>Fold all</button>
                  )}
                  <CheckBox label="Datasets" isOn={drawing.withDatasets} set={drawing.setWithDatasets} />
                </span>
              )}
            </div>
          )}
          {tab === "graph"
            ? steps.length === 0 ? <p class="empty">There are no steps to show.</p> : (
              <Graph
                {...{ isRun, now, items }}
                graph={drawing.graph}
                boxes={drawing.boxes}
                fold={drawing.fold}
                changed={drawing.changed}
                select={selectItem}
                selected={items.find(({ members }) => members.includes(chosen?.key ?? ""))?.key}
                matches={({ members }) =>
                  foundKeys === undefined || members.some((key) => foundKeys.has(key))}
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
            {...{ steps, isRun, isLive, now, timesOpened, place, go, select, close }}
          />
        )}
      </main>
    </>
  );
}

function usePrinting(): boolean {
  const [isPrinting, setPrinting] = useState(false);
  useEffect(() => {
    const [start, end] = [() => setPrinting(true), () => setPrinting(false)];
    addEventListener("beforeprint", start);
    addEventListener("afterprint", end);
    return () => {
      removeEventListener("beforeprint", start);
      removeEventListener("afterprint", end);
    };
  }, []);
  return isPrinting;
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
  const { message, exception, causedBy } = step.failure ?? {};
  return [
    ...[step.label, step.key, step.compute, step.source, message, exception, causedBy],
    ...(step.nodes ?? []),
    ...(step.tags ?? []),
    ...[...step.inputs, ...step.outputs].flatMap(({ name, port, value }) => [name, port, value]),
    ...step.facts.map(([, value]) => value),
    ...(step.tracked ?? []).flatMap((
      { nested, metrics, params },
    ) => [nested, ...metrics.map(({ name }) => name), ...params.flat()]),
    ...(step.logs ?? []).map(({ text }) => text),
  ].filter((text) => text !== undefined).join("\n").toLowerCase();
}
