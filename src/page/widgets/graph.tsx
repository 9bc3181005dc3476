import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { countText, cutMiddle } from "../../core/format.ts";
import type { ComponentChildren } from "preact";
import type { GraphNode } from "../graph_model.ts";
import { type BoxView, type GraphView, NODE, type StepView } from "../view.ts";
import { ranFor, StatusIcon, statusText, type Tone, toneOf, tookText } from "./status.tsx";
import {
  type Box,
  centered,
  DETAILED,
  type Direction,
  drawEdges,
  firstLook,
  fitted,
  isReadable,
  isWithin,
  kept,
  neighbor,
  nodesIn,
  READABLE,
  seenBox,
  showing,
  type Size,
  stepAt,
  textScale,
  touches,
  useDrag,
  useWheel,
  type Viewport,
  zoomed,
} from "./viewport.ts";
import { isShortcut } from "./widgets.tsx";

/** A node and its state. */
export type GraphItem =
  & GraphNode
  & Pick<StepView, "nodes">
  & { readonly [Part in "status" | "startedAt" | "endedAt"]?: StepView[Part] };

interface GraphProps {
  readonly items: readonly GraphItem[];
  readonly graph: GraphView;
  /** The open groups, which are folded with their names. */
  readonly boxes: readonly (BoxView & { readonly label: string })[];
  readonly fold: (group: string) => void;
  /** The group that was opened or folded last. */
  readonly changed: string | undefined;
  readonly selected: string | undefined;
  readonly isRun: boolean;
  readonly now: number;
  /** Whether a node matches the filter; others are dimmed. */
  readonly matches: (item: GraphItem) => boolean;
  readonly select: (key: string | undefined) => void;
}

/** The graph of steps: a single tab stop, in which arrow keys move from step to step. */
export function Graph(props: GraphProps) {
  const { items, graph, boxes, fold, changed, selected, isRun, now, matches, select } = props;
  const frame = useRef<HTMLDivElement>(null);
  const size = useSize(frame);
  const [view, setView] = useState<Viewport>();
  const at = Math.max(0, items.findIndex(({ key }) => key === selected));
  const [active, setActive] = useState(at);
  const edges = useMemo(() => drawEdges(graph), [graph]);
  /** Whether the user has moved the graph; until then it is repositioned when its size changes. */
  const isMoved = useRef(false);
  const drawn = useRef(graph);
  const isChosen = selected !== undefined && items[at]?.key === selected;

  useLayoutEffect(() => {
    if (size === undefined || graph.at.length === 0) return;
    const isNew = drawn.current !== graph;
    drawn.current = graph;
    const opened = isNew && changed !== undefined
      ? items.findIndex(({ key, boxes }) => key === changed || boxes.includes(changed))
      : -1;
    const shown = opened >= 0 ? opened : isChosen ? at : undefined;
    setView((before) => {
      if (before === undefined || isNew || !isMoved.current) return firstLook(graph, size, shown);
      return shown === undefined || isReadable(before, graph.at[shown]!, size)
        ? before
        : centered(before, graph.at[shown]!, size);
    });
    if (shown !== undefined || isNew) setActive(shown ?? 0);
  }, [size, graph, selected]);

  // The wheel listener keeps the first version of these functions, so what they use must be in a ref.
  const latest = useRef({ graph, size });
  latest.current = { graph, size };
  const move = (change: Viewport | ((before: Viewport, size: Size) => Viewport)) => {
    isMoved.current = true;
    setView((before) => {
      const { graph, size } = latest.current;
      if (before === undefined || size === undefined) return before;
      return kept(typeof change === "function" ? change(before, size) : change, graph, size);
    });
  };
  const zoom = (factor: number, place?: { readonly x: number; readonly y: number }) =>
    move((before, size) => {
      const middle = { x: size.width / 2, y: size.height / 2 };
      return zoomed(before, factor, place ?? middle, fitted(latest.current.graph, size).scale);
    });
  const pan = (dx: number, dy: number) =>
    move((before) => ({ ...before, x: before.x - dx / before.scale, y: before.y - dy / before.scale }));
  const { wasDrag, ...drag } = useDrag({ move: pan, zoom });
  useWheel(frame, { pan, zoom });

  const onKeyDown = (event: KeyboardEvent) => {
    if (size === undefined || view === undefined || isShortcut(event)) return;
    const activate = (next: number) => {
      setActive(next);
      move(showing(view, graph.at[next]!, size));
    };
    if (event.key.startsWith("Arrow")) activate(neighbor(graph, active, event.key as Direction));
    else if (event.key === "Enter" || event.key === " ") select(items[active]!.key);
    else if (event.key === "Escape") select(undefined);
    else if (event.key === "Home") activate(0);
    else if (event.key === "End") activate(items.length - 1);
    else if (event.key === "+" || event.key === "=") zoom(1.25);
    else if (event.key === "-") zoom(0.8);
    else if (event.key === "0") move(fitted(graph, size));
    else return;
    event.preventDefault();
  };
  const onClick = (event: MouseEvent) => {
    if (wasDrag() || view === undefined) return;
    const { left, top } = frame.current!.getBoundingClientRect();
    const clicked = stepAt(
      graph,
      view.x + (event.clientX - left) / view.scale,
      view.y + (event.clientY - top) / view.scale,
    );
    if (clicked !== undefined) setActive(clicked);
    select(clicked === undefined ? undefined : items[clicked]!.key);
  };

  return (
    <div class="graph">
      <div
        class="canvas"
        ref={frame}
        tabIndex={0}
        role="listbox"
        aria-label={`Graph of ${
          countText(items.length, "step")
        }. Arrow keys move, Enter shows a step, plus and minus zoom. The Steps tab has the same as a table.`}
        aria-activedescendant={items.length > 0 ? `node-${active}` : undefined}
        onKeyDown={onKeyDown}
        onClick={onClick}
        {...drag}
        onPointerCancel={drag.onPointerUp}
      >
        {view && size && (
          <Drawing
            {...{ items, graph, edges, view, size, active, isRun, now, matches }}
            chosen={isChosen ? at : undefined}
          />
        )}
      </div>
      {view && boxes.length > 0 && (
        <div class="boxes" style={{ transform: transformOf(view) }}>
          {boxes.map(({ key, label, x, y, width }) => (
            <button
              key={key}
              type="button"
              style={{
                left: `${x}px`,
                top: `${y}px`,
                maxWidth: `${width}px`,
                fontSize: `${12 * textScale(view.scale)}px`,
              }}
              title={`Fold ${label}`}
              onClick={() => fold(key)}
            >
              ▾ {label}
            </button>
          ))}
        </div>
      )}
      <div class="zoom" role="group" aria-label="Zoom">
        <button type="button" aria-label="Zoom in" title="Zoom in (+)" onClick={() => zoom(1.25)}>+</button>
        <button type="button" aria-label="Zoom out" title="Zoom out (−)" onClick={() => zoom(0.8)}>
          −
        </button>
        <button
          type="button"
          aria-label="Show the whole graph"
          title="Show the whole graph (0)"
          onClick={() => size && move(fitted(graph, size))}
        >
          ⤢
        </button>
      </div>
    </div>
  );
}

function transformOf({ x, y, scale }: Viewport): string {
  return `translate(${-x * scale}px, ${-y * scale}px) scale(${scale})`;
}

interface DrawingProps extends Pick<GraphProps, "items" | "graph" | "isRun" | "now" | "matches"> {
  readonly edges: ReturnType<typeof drawEdges>;
  readonly view: Viewport;
  readonly size: Size;
  readonly active: number;
  readonly chosen: number | undefined;
}

/** Draws the visible part of the graph and a margin around it. */
function Drawing(
  { items, graph, edges, view, size, active, chosen, isRun, now, matches }: DrawingProps,
) {
  const drawn = useRef<{ readonly box: Box; readonly scale: number } | undefined>(undefined);
  const hasText = view.scale >= READABLE;
  const before = drawn.current;
  if (
    before === undefined || (before.scale >= READABLE) !== hasText || before.scale > view.scale * 2.5 ||
    !isWithin(seenBox(view, size, 0), before.box)
  ) {
    drawn.current = { box: seenBox(view, size, 0.35), scale: view.scale };
  }
  const { box } = drawn.current!;
  const seen = useMemo(() => nodesIn(graph, box), [graph, box]);
  const lines = useMemo(() => edges.filter((edge) => touches(edge, box)), [edges, box]);
  const plain = useMemo(
    () => lines.filter(({ from, to }) => from !== chosen && to !== chosen).map(({ path }) => path).join(""),
    [lines, chosen],
  );
  const own = lines.filter(({ from, to }) => from === chosen || to === chosen);
  const near = useMemo(
    () => new Set(edges.flatMap(({ from, to }) => from === chosen ? [to] : to === chosen ? [from] : [])),
    [edges, chosen],
  );
  const shown = hasText ? (seen.includes(active) ? seen : [...seen, active]) : [active];
  const { scale } = view;
  return (
    <div
      class={scale < DETAILED ? "world far" : "world"}
      style={{ transform: transformOf(view), "--text": String(textScale(scale)) }}
    >
      <svg width={graph.width} height={graph.height} aria-hidden="true" focusable="false">
        {graph.boxes?.map(({ key, x, y, width, height }) => (
          <rect key={key} class="box" x={x} y={y} width={width} height={height} rx="10" />
        ))}
        <path
          class={chosen === undefined ? "edges" : "edges faded"}
          d={plain}
          stroke-width={Math.max(1.25, 0.7 / scale)}
        />
        <path
          class="edges own"
          d={own.map(({ path }) => path).join("")}
          stroke-width={Math.max(1.75, 1.2 / scale)}
        />
        {!hasText && <Dots items={items} graph={graph} seen={seen} chosen={chosen} matches={matches} />}
      </svg>
      {shown.map((index) =>
        items[index] && (
          <Node
            key={index}
            index={index}
            item={items[index]!}
            count={items.length}
            at={graph.at[index]!}
            isChosen={index === chosen}
            states={[
              index === active && "active",
              index === chosen && "chosen",
              near.has(index) && "near",
              !matches(items[index]!) && "dim",
            ]}
            isText={hasText}
            isRun={isRun}
            now={now}
          />
        )
      )}
    </div>
  );
}

/** Pixels of a graph on paper. */
const PAPER = { width: 700, height: 900 } as const;

/** The whole graph, on one page of paper. */
export function PrintedGraph(
  { items, graph, isRun, now }: Pick<GraphProps, "items" | "graph" | "isRun" | "now">,
) {
  const scale = Math.min(1, PAPER.width / graph.width, PAPER.height / graph.height);
  const size = { width: graph.width * scale, height: graph.height * scale };
  return (
    <div class="on-paper" style={{ width: `${size.width}px`, height: `${size.height}px` }}>
      <Drawing
        {...{ items, graph, size, isRun, now }}
        edges={drawEdges(graph)}
        view={{ x: 0, y: 0, scale }}
        active={-1}
        chosen={undefined}
        matches={() => true}
      />
    </div>
  );
}

function useSize(frame: { readonly current: HTMLElement | null }): Size | undefined {
  const [size, setSize] = useState<Size>();
  useLayoutEffect(() => {
    const measure = () => {
      const { clientWidth: width, clientHeight: height } = frame.current!;
      setSize((before) => before?.width === width && before.height === height ? before : { width, height });
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(frame.current!);
    return () => observer.disconnect();
  }, []);
  return size;
}

/** Draws all steps with one status as a single shape, which is fast for any number of steps. */
function Dots({ items, graph, seen, chosen, matches }: {
  readonly items: readonly GraphItem[];
  readonly graph: GraphView;
  readonly seen: readonly number[];
  readonly chosen: number | undefined;
  readonly matches: (item: GraphItem) => boolean;
}) {
  const paths = new Map<string, string>();
  for (const index of seen) {
    const [x, y] = graph.at[index]!;
    const step = items[index]!;
    const tone = index === chosen ? "chosen" : `${toneOf(step.status)}${matches(step) ? "" : " dim"}`;
    paths.set(tone, `${paths.get(tone) ?? ""}M${x} ${y}h${NODE.width}v${NODE.height}h${-NODE.width}z`);
  }
  return <>{[...paths].map(([tone, path]) => <path key={tone} class={`dots ${tone}`} d={path} />)}</>;
}

function Node({ index, item, count, at, isChosen, states, isText, isRun, now }: {
  readonly index: number;
  readonly item: GraphItem;
  readonly count: number;
  readonly at: readonly [number, number];
  readonly isChosen: boolean;
  readonly states: readonly (string | false)[];
  readonly isText: boolean;
  readonly isRun: boolean;
  readonly now: number;
}) {
  const tone = isRun && item.kind !== "dataset" ? toneOf(item.status) : undefined;
  const details = detailsOf(item, tone, now);
  /** What only icons and shapes show. */
  const kind = item.kind === "dataset"
    ? "Dataset"
    : tone === "completed"
    ? statusText(item.status)
    : undefined;
  const names = [item.kind, tone ?? "plain", ...states, !isText && "bare"];
  return (
    <div
      id={`node-${index}`}
      class={`node ${names.filter(Boolean).join(" ")}`}
      style={{ left: `${at[0]}px`, top: `${at[1]}px` }}
      role="option"
      aria-selected={isChosen}
      aria-setsize={count}
      aria-posinset={index + 1}
      aria-label={isText ? undefined : [item.label, kind, ...details].filter(Boolean).join(", ")}
      title={item.label}
    >
      {isText && (
        <>
          {tone ? <StatusIcon tone={tone} /> : <span class="bullet" aria-hidden="true" />}
          <span class="texts">
            <span class="name">{breakable(cutMiddle(item.name, LONGEST_NAME))}</span>
            {kind !== undefined && <span class="sr-only">{kind}</span>}
            {(details.length > 0 || item.namespace !== undefined) && (
              <span class="details">
                {item.namespace !== undefined && <span class="space">{item.namespace}</span>}
                {details.length > 0 && <span>{details.join(" · ")}</span>}
              </span>
            )}
          </span>
        </>
      )}
    </div>
  );
}

/** Characters of a name that fit into the two lines of a node. */
const LONGEST_NAME = 44;

/** A name that may be broken where its words end. */
function breakable(name: string): ComponentChildren {
  return name.split(/(?<=[_\-.…])/).flatMap((part, at) => at === 0 ? [part] : [<wbr key={at} />, part]);
}

/** What is below the name of a node, besides its namespace. An icon says that it is completed. */
function detailsOf(item: GraphItem, tone: Tone | undefined, now: number): readonly string[] {
  const ran = tone === undefined || item.kind === "group" ? undefined : ranFor(item, now);
  return [
    item.kind === "group" ? countText(item.members.length, tone === undefined ? "node" : "step") : undefined,
    item.datasets === undefined ? undefined : countText(item.datasets, "dataset"),
    tone === undefined || tone === "completed" ? undefined : statusText(item.status),
    ran === undefined ? undefined : tookText(ran),
    item.nodes && item.nodes.length > 1 ? countText(item.nodes.length, "node") : undefined,
  ].filter((part) => part !== undefined);
}
