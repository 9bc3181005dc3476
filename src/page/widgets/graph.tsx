/** @jsxImportSource preact */

/// <reference lib="dom" />

import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { countText, cutMiddle } from "../../core/format.ts";
import { type GraphView, NODE, type StepView } from "../view.ts";
import type { GraphItem } from "./graph_model.ts";
import { ranFor, StatusIcon, statusText, type Tone, toneOf, tookText } from "./status.tsx";
import {
  type Box,
  centered,
  type Direction,
  drawEdges,
  firstLook,
  fitted,
  isWithin,
  kept,
  neighbor,
  nodesIn,
  READABLE,
  seenBox,
  showing,
  type Size,
  stepAt,
  touches,
  useDrag,
  useWheel,
  type Viewport,
  zoomed,
} from "./viewport.ts";
import { isShortcut } from "./widgets.tsx";

interface GraphProps {
  readonly steps: readonly GraphItem[];
  readonly graph: GraphView;
  readonly selected: string | undefined;
  readonly isRun: boolean;
  readonly now: number;
  /** Whether a step matches the filter; others are dimmed. */
  readonly matches: (step: GraphItem) => boolean;
  readonly select: (key: string | undefined) => void;
}

/** The graph of steps: a single tab stop, in which arrow keys move from step to step. */
export function Graph({ steps, graph, selected, isRun, now, matches, select }: GraphProps) {
  const frame = useRef<HTMLDivElement>(null);
  const size = useSize(frame);
  const [view, setView] = useState<Viewport>();
  const at = Math.max(0, steps.findIndex(({ key }) => key === selected));
  const [active, setActive] = useState(at);
  const edges = useMemo(() => drawEdges(graph), [graph]);
  /** Whether the user has moved the graph; until then it is repositioned when its size changes. */
  const isMoved = useRef(false);
  const isChosen = selected !== undefined && steps[at]?.key === selected;

  useLayoutEffect(() => {
    if (size === undefined || graph.at.length === 0) return;
    setView((before) => {
      const start = before === undefined || !isMoved.current ? firstLook(graph, size) : before;
      return isChosen ? centered(start, graph.at[at]!, size) : start;
    });
    if (isChosen) setActive(at);
  }, [size, graph, selected]);

  // The wheel listener keeps the first version of these functions, so the size must be in a ref.
  const room = useRef(size);
  room.current = size;
  const move: typeof setView = (change) => {
    isMoved.current = true;
    setView((before) => {
      const after = typeof change === "function" ? change(before) : change;
      return after && room.current ? kept(after, graph, room.current) : after;
    });
  };
  const zoomBy = (factor: number, place?: { readonly x: number; readonly y: number }) =>
    size &&
    move((before) => before && zoomed(before, factor, place ?? { x: size.width / 2, y: size.height / 2 }));
  const { wasDrag, ...drag } = useDrag({
    move: (dx, dy) =>
      move((before) =>
        before && { ...before, x: before.x - dx / before.scale, y: before.y - dy / before.scale }
      ),
    zoom: zoomBy,
  });
  useWheel(frame, move);

  const onKeyDown = (event: KeyboardEvent) => {
    if (size === undefined || view === undefined || isShortcut(event)) return;
    const activate = (next: number) => {
      setActive(next);
      move(showing(view, graph.at[next]!, size));
    };
    if (event.key.startsWith("Arrow")) activate(neighbor(graph, active, event.key as Direction));
    else if (event.key === "Enter" || event.key === " ") select(steps[active]!.key);
    else if (event.key === "Escape") select(undefined);
    else if (event.key === "Home") activate(0);
    else if (event.key === "End") activate(steps.length - 1);
    else if (event.key === "+" || event.key === "=") zoomBy(1.25);
    else if (event.key === "-") zoomBy(0.8);
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
    select(clicked === undefined ? undefined : steps[clicked]!.key);
  };

  return (
    <div class="graph">
      <div
        class="canvas"
        ref={frame}
        tabIndex={0}
        role="listbox"
        aria-label={`Graph of ${
          countText(steps.length, "step")
        }. Arrow keys move, Enter shows a step, plus and minus zoom. The Steps tab has the same as a table.`}
        aria-activedescendant={steps.length > 0 ? `node-${active}` : undefined}
        onKeyDown={onKeyDown}
        onClick={onClick}
        {...drag}
        onPointerCancel={drag.onPointerUp}
      >
        {view && size && (
          <Drawing
            {...{ steps, graph, edges, view, size, active, isRun, now, matches }}
            chosen={isChosen ? at : undefined}
          />
        )}
      </div>
      <div class="zoom" role="group" aria-label="Zoom">
        <button type="button" aria-label="Zoom in" title="Zoom in (+)" onClick={() => zoomBy(1.25)}>+</button>
        <button type="button" aria-label="Zoom out" title="Zoom out (−)" onClick={() => zoomBy(0.8)}>
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
      {view && size && steps.length > 20 && (
        <Minimap steps={steps} graph={graph} view={view} size={size} move={move} />
      )}
    </div>
  );
}

interface DrawingProps extends Pick<GraphProps, "steps" | "graph" | "isRun" | "now" | "matches"> {
  readonly edges: ReturnType<typeof drawEdges>;
  readonly view: Viewport;
  readonly size: Size;
  readonly active: number;
  readonly chosen: number | undefined;
}

/** Draws the visible part of the graph and a margin around it. */
function Drawing({ steps, graph, edges, view, size, active, chosen, isRun, now, matches }: DrawingProps) {
  const drawn = useRef<{ readonly box: Box; readonly scale: number } | undefined>(undefined);
  const isReadable = view.scale >= READABLE;
  const before = drawn.current;
  if (
    before === undefined || (before.scale >= READABLE) !== isReadable || before.scale > view.scale * 2.5 ||
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
  const shown = isReadable ? (seen.includes(active) ? seen : [...seen, active]) : [active];
  const { x, y, scale } = view;
  return (
    <div
      class={isReadable ? "world" : "world small"}
      style={{ transform: `translate(${-x * scale}px, ${-y * scale}px) scale(${scale})` }}
    >
      <svg width={graph.width} height={graph.height} aria-hidden="true" focusable="false">
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
        {!isReadable && <Dots steps={steps} graph={graph} seen={seen} chosen={chosen} matches={matches} />}
      </svg>
      {shown.map((index) =>
        steps[index] && (
          <Node
            key={index}
            index={index}
            step={steps[index]!}
            count={steps.length}
            at={graph.at[index]!}
            isChosen={index === chosen}
            states={[
              index === active && "active",
              index === chosen && "chosen",
              near.has(index) && "near",
              !matches(steps[index]!) && "dim",
            ]}
            isText={isReadable}
            isRun={isRun}
            now={now}
          />
        )
      )}
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

/// <reference lib="dom" />

/** Draws all steps with one status as a single shape, which is fast for any number of steps. */
function Dots({ steps, graph, seen, chosen, matches }: {
  readonly steps: readonly GraphItem[];
  readonly graph: GraphView;
  readonly seen: readonly number[];
  readonly chosen: number | undefined;
  readonly matches: (step: GraphItem) => boolean;
}) {
  const paths = new Map<string, string>();
  for (const index of seen) {
    const [x, y] = graph.at[index]!;
    const step = steps[index]!;
    const tone = index === chosen ? "chosen" : `${toneOf(step.status)}${matches(step) ? "" : " dim"}`;
    paths.set(tone, `${paths.get(tone) ?? ""}M${x} ${y}h${NODE.width}v${NODE.height}h${-NODE.width}z`);
  }
  return <>{[...paths].map(([tone, path]) => <path key={tone} class={`dots ${tone}`} d={path} />)}</>;
}

export function Node({ index, step, count, at, isChosen, states, isText, isRun, now }: {
  readonly index: number;
  readonly step: GraphItem;
  readonly count: number;
  readonly at: readonly [number, number];
  readonly isChosen: boolean;
  readonly states: readonly (string | false)[];
  readonly isText: boolean;
  readonly isRun: boolean;
  readonly now: number;
}) {
  const details = detailsOf(step, isRun, now);
  const tone = isRun && step.kind !== "dataset" ? toneOf(step.status) : undefined;
  const names = [step.kind, tone ?? "plain", ...states, !isText && "bare"];
  return (
    <div
      id={`node-${index}`}
      class={`node ${names.filter(Boolean).join(" ")}`}
      style={{ left: `${at[0]}px`, top: `${at[1]}px` }}
      role="option"
      aria-selected={isChosen}
      aria-setsize={count}
      aria-posinset={index + 1}
      aria-label={isText ? undefined : `${step.label}, ${details}`}
      title={step.label}
    >
      {isText && (
        <>
          {tone ? <StatusIcon tone={tone} /> : <span class="bullet" aria-hidden="true" />}
          <span class="texts">
            <span class="name">{cutMiddle(step.label, LONGEST_NAME)}</span>
            <span class="details">{details}</span>
          </span>
        </>
      )}
    </div>
  );
}

/** Characters of a name that fit into a step. */
const LONGEST_NAME = 25;

/** The second line of a step, a folded namespace or a dataset. */
function detailsOf(step: GraphItem, isRun: boolean, now: number): string {
  if (step.kind === "dataset") return "Dataset";
  const ran = ranFor(step, now);
  return [
    step.kind === "group" ? countText(step.members.length, isRun ? "step" : "node") : undefined,
    isRun ? statusText(step.status) : undefined,
    ran === undefined || step.kind === "group" ? undefined : tookText(ran),
    step.nodes && step.nodes.length > 1 ? countText(step.nodes.length, "node") : undefined,
    isRun || step.kind === "group" ? undefined : `${step.inputs.length} in, ${step.outputs.length} out`,
  ].filter((part) => part !== undefined).join(" · ");
}

/// <reference lib="dom" />

const MOST = { width: 176, height: 128 } as const;
/** Minimum height; a very wide graph is stretched vertically. */
const LEAST_HEIGHT = 44;

/** A small view of the graph with a movable frame around the visible part, for pointers only. */
function Minimap({ steps, graph, view, size, move }: {
  readonly steps: readonly StepView[];
  readonly graph: GraphView;
  readonly view: Viewport;
  readonly size: Size;
  readonly move: (view: Viewport) => void;
}) {
  const scale = Math.min(MOST.width / graph.width, MOST.height / graph.height);
  const down = Math.max(scale, LEAST_HEIGHT / graph.height);
  const paths = useMemo(() => pathsOf(steps, graph, scale, down), [steps, graph]);
  const onPointer = (event: PointerEvent) => {
    if (event.type === "pointermove" && event.buttons !== 1) return;
    const element = event.currentTarget as Element;
    if (event.type === "pointerdown") element.setPointerCapture(event.pointerId);
    const { left, top } = element.getBoundingClientRect();
    move({
      ...view,
      x: (event.clientX - left) / scale - size.width / view.scale / 2,
      y: (event.clientY - top) / down - size.height / view.scale / 2,
    });
  };
  return (
    <svg
      class="minimap"
      width={Math.ceil(graph.width * scale)}
      height={Math.ceil(graph.height * down)}
      aria-hidden="true"
      focusable="false"
      onPointerDown={onPointer}
      onPointerMove={onPointer}
    >
      {paths.map(([tone, path]) => <path key={tone} class={`dots ${tone}`} d={path} />)}
      <rect
        class="seen"
        x={view.x * scale}
        y={view.y * down}
        width={size.width / view.scale * scale}
        height={size.height / view.scale * down}
        rx="2"
      />
    </svg>
  );
}

function pathsOf(
  steps: readonly StepView[],
  graph: GraphView,
  scale: number,
  down: number,
): readonly (readonly [Tone, string])[] {
  const width = Math.max(1.5, NODE.width * scale);
  const height = Math.max(1.5, NODE.height * down);
  const paths = new Map<Tone, string>();
  for (const [at, [x, y]] of graph.at.entries()) {
    const tone = toneOf(steps[at]?.status);
    const path = `M${(x * scale).toFixed(1)} ${(y * down).toFixed(1)}h${width}v${height}h${-width}z`;
    paths.set(tone, (paths.get(tone) ?? "") + path);
  }
  return [...paths];
}
