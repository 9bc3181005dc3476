import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { countText, cutMiddle } from "../../core/format.ts";
import type { ComponentChildren } from "preact";
import type { GraphNode } from "../graph_model.ts";
import { type BoxView, type GraphView, NODE, type StepView } from "../view.ts";
import { ranFor, StatusIcon, statusText, type Tone, toneOf, tookText } from "./status_text.tsx";
import {
  boxAround,
  centered,
  DETAILED,
  type Direction,
  drawEdge,
  firstLook,
  isReadable,
  neighbor,
  nodesIn,
  pointAt,
  pointIn,
  READABLE,
  sheetOf,
  showing,
  type Size,
  textScale,
  useDrag,
  useSize,
  useWheel,
  type Viewport,
  zoomed,
} from "./viewport.ts";
import { isShortcut } from "./widgets.tsx";

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

/** The graph of steps: a single tab stop, in which arrow keys move from step to step. It scrolls as all else does. */
export function Graph(props: GraphProps) {
  const { items, graph, boxes, fold, changed, selected, isRun, now, matches, select } = props;
  const frame = useRef<HTMLDivElement>(null);
  const size = useSize(frame);
  const [view, setView] = useState<Viewport>();
  const at = Math.max(0, items.findIndex(({ key }) => key === selected));
  const [active, setActive] = useState(at);
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
    const failed = items.findIndex(({ status }) => toneOf(status) === "failed");
    setView((before) => {
      if (before === undefined || isNew || !isMoved.current) {
        return firstLook(graph, size, shown ?? (failed < 0 ? 0 : failed));
      }
      return shown === undefined || isReadable(graph, size, before, graph.at[shown]!)
        ? before
        : centered(graph, size, before.scale >= DETAILED ? before.scale : 1, graph.at[shown]!);
    });
    if (shown !== undefined || isNew) setActive(shown ?? 0);
  }, [size, graph, selected]);
  useLayoutEffect(() => {
    if (view === undefined || view.isScrolled) return;
    frame.current!.scrollLeft = view.left;
    frame.current!.scrollTop = view.top;
  }, [view]);

  // The wheel listener keeps the first version of this function, so what it uses must be in a ref.
  const latest = useRef({ graph, size });
  latest.current = { graph, size };
  const zoom = (factor: number, place?: readonly [number, number]) =>
    setView((before) => {
      const { graph, size } = latest.current;
      if (before === undefined || size === undefined) return before;
      isMoved.current = true;
      return zoomed(graph, size, before, factor, place ?? [size.width / 2, size.height / 2]);
    });
  const { wasDrag, ...drag } = useDrag(frame);
  useWheel(frame, zoom);

  const onKeyDown = (event: KeyboardEvent) => {
    if (size === undefined || view === undefined || isShortcut(event)) return;
    const activate = (next: number) => {
      setActive(next);
      setView(showing(graph, size, view, graph.at[next]!));
    };
    const zooms = ZOOMS.find(({ key }) => key === event.key.replace("=", "+"));
    if (event.key.startsWith("Arrow")) activate(neighbor(graph, active, event.key as Direction));
    else if (event.key === "Enter" || event.key === " ") select(items[active]!.key);
    else if (event.key === "Escape") select(undefined);
    else if (event.key === "Home") activate(0);
    else if (event.key === "End") activate(items.length - 1);
    else if (zooms !== undefined) zoom(zooms.factor);
    else return;
    event.preventDefault();
  };
  const onClick = (event: MouseEvent) => {
    if (wasDrag() || view === undefined || size === undefined) return;
    const [x, y] = pointAt(graph, size, view, pointIn(frame.current!, event));
    const [clicked] = nodesIn(graph, { left: x, right: x, top: y, bottom: y });
    if (clicked !== undefined) setActive(clicked);
    select(clicked === undefined ? undefined : items[clicked]!.key);
  };
  const onScroll = () => {
    const { scrollLeft: left, scrollTop: top } = frame.current!;
    setView((before) =>
      before === undefined || before.left === left && before.top === top
        ? before
        : { scale: before.scale, left, top, isScrolled: true }
    );
  };
  const onMove = () => void (isMoved.current = true);
  const sheet = view && size && sheetOf(graph, size, view.scale);

  return (
    <div class="graph" onPointerDown={onMove} onWheel={onMove} onKeyDown={onMove}>
      <div class="scroller" ref={frame} onScroll={onScroll}>
        <div
          class="canvas"
          style={sheet && { width: `${sheet.width}px`, height: `${sheet.height}px` }}
          tabIndex={0}
          role="listbox"
          aria-label={`Graph of ${
            countText(items.length, "step")
          }. Arrow keys move, Enter shows a step, plus and minus zoom. The Steps tab has the same as a table.`}
          aria-activedescendant={items.length > 0 ? `node-${active}` : undefined}
          onKeyDown={onKeyDown}
          onClick={onClick}
          {...drag}
        >
          {view && size && (
            <Drawing
              {...{ items, graph, view, size, active, isRun, now, matches }}
              chosen={isChosen ? at : undefined}
            />
          )}
        </div>
        {view && sheet && boxes.length > 0 && <Boxes {...{ boxes, fold, sheet }} scale={view.scale} />}
      </div>
      <div class="zoom" role="group" aria-label="Zoom">
        {ZOOMS.map(({ sign, label, key, factor }) => (
          <button
            key={key}
            type="button"
            aria-label={label}
            title={`${label} (${key})`}
            onClick={() => zoom(factor)}
          >
            {sign}
          </button>
        ))}
      </div>
    </div>
  );
}

const ZOOMS = [
  { key: "+", sign: "+", label: "Zoom in", factor: 1.25 },
  { key: "-", sign: "−", label: "Zoom out", factor: 0.8 },
  { key: "0", sign: "⤢", label: "Show the whole graph", factor: 1e-9 },
] as const;

/** The names of open groups, which are folded with them. */
function Boxes({ boxes, fold, sheet, scale }: Pick<GraphProps, "boxes" | "fold"> & {
  readonly sheet: Parameters<typeof transformOf>[0];
  readonly scale: number;
}) {
  const fontSize = `${12 * textScale(scale)}px`;
  return (
    <div class="boxes" style={{ transform: transformOf(sheet, scale) }}>
      {boxes.map(({ key, label, x, y, width }) => (
        <button
          key={key}
          type="button"
          style={{ left: `${x}px`, top: `${y}px`, maxWidth: `${width}px`, fontSize }}
          title={`Fold ${label}`}
          onClick={() => fold(key)}
        >
          ▾ {label}
        </button>
      ))}
    </div>
  );
}

function transformOf({ x, y }: { readonly x: number; readonly y: number }, scale: number): string {
  return `translate(${x}px, ${y}px) scale(${scale})`;
}

interface DrawingProps extends Pick<GraphProps, "items" | "graph" | "isRun" | "now" | "matches"> {
  readonly view: Viewport;
  readonly size: Size;
  readonly active: number;
  readonly chosen: number | undefined;
}

/** Lines in one shape, of which a browser draws only those shapes that are seen. */
const MOST_LINES = 40;

/** Draws the lines, and the nodes that are seen or near. */
function Drawing({ items, graph, view, size, active, chosen, isRun, now, matches }: DrawingProps) {
  const { scale } = view;
  const hasText = scale >= READABLE;
  const box = boxAround(graph, size, view);
  const lines = useMemo(() => graph.edges.map((edge) => ({ ...edge, path: drawEdge(graph, edge) })), [graph]);
  const shapes = useMemo(
    () =>
      Array.from({ length: Math.ceil(lines.length / MOST_LINES) }, (_, at) => {
        const own = lines.slice(at * MOST_LINES, (at + 1) * MOST_LINES);
        return <path key={at} d={own.map(({ path }) => path).join("")} />;
      }),
    [lines],
  );
  const near = lines.filter(({ from, to }) => from === chosen || to === chosen);
  const nodes = useMemo(() => {
    const seen = hasText ? nodesIn(graph, box) : [];
    const around = new Set(near.flatMap(({ from, to }) => [from, to]));
    return (seen.includes(active) ? seen : [...seen, active]).map((index) =>
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
            index === chosen ? "chosen" : around.has(index) && "near",
            !matches(items[index]!) && "dim",
          ]}
          isText={hasText}
          isRun={isRun}
          now={now}
        />
      )
    );
  }, [items, graph, JSON.stringify(box), hasText, active, chosen, isRun, now, matches]);
  return (
    <div
      class={scale < DETAILED ? "world far" : "world"}
      style={{
        transform: transformOf(sheetOf(graph, size, scale), scale),
        "--text": String(textScale(scale)),
      }}
    >
      <svg width={graph.width} height={graph.height} aria-hidden="true" focusable="false">
        {graph.boxes?.map(({ key, x, y, width, height }) => (
          <rect key={key} class="box" x={x} y={y} width={width} height={height} rx="10" />
        ))}
        <g class={chosen === undefined ? "edges" : "edges faded"} stroke-width={Math.max(1.25, 0.7 / scale)}>
          {shapes}
        </g>
        <path
          class="edges own"
          d={near.map(({ path }) => path).join("")}
          stroke-width={Math.max(1.75, 1.2 / scale)}
        />
        {!hasText && <Dots items={items} graph={graph} chosen={chosen} matches={matches} />}
      </svg>
      {nodes}
    </div>
  );
}

const PAPER = { width: 700, height: 900 } as const;

/** The whole graph, on one page of paper. */
export function PrintedGraph(
  { items, graph, boxes, isRun, now }: Pick<GraphProps, "items" | "graph" | "boxes" | "isRun" | "now">,
) {
  const scale = Math.min(1, PAPER.width / graph.width, PAPER.height / graph.height);
  const size = { width: graph.width * scale, height: graph.height * scale };
  return (
    <div class="on-paper" style={{ width: `${size.width}px`, height: `${size.height}px` }}>
      <Drawing
        {...{ items, graph, size, isRun, now }}
        view={{ left: 0, top: 0, scale }}
        active={-1}
        chosen={undefined}
        matches={() => true}
      />
      <Boxes {...{ boxes, scale }} sheet={{ x: 0, y: 0 }} fold={() => {}} />
    </div>
  );
}

/** Draws all steps with one status as a single shape, which is fast for any number of steps. */
function Dots(
  { items, graph, chosen, matches }: Pick<DrawingProps, "items" | "graph" | "chosen" | "matches">,
) {
  const paths = new Map<string, string>();
  for (const [index, [x, y]] of graph.at.entries()) {
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
  /** The box of an open namespace names it already. */
  const space = item.boxes.some((box) => box.endsWith(`:${item.namespace}`)) ? undefined : item.namespace;
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
            {(details.length > 0 || space !== undefined) && (
              <span class="details">
                {space !== undefined && <span class="space">{space}</span>}
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
export function breakable(name: string): ComponentChildren {
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
