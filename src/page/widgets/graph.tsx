/** @jsxImportSource preact */
/// <reference lib="dom" />
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { GraphView } from "../view.ts";
import type { GraphItem } from "../logic/graph_model.ts";
import { counted } from "../logic/format.ts";
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
  type Viewport,
  zoomed,
} from "../logic/viewport.ts";
import { Minimap } from "./minimap.tsx";
import { useDrag, useWheel } from "./drag.ts";
import { isShortcut } from "./widgets.tsx";
import { Dots, Node } from "./graph_nodes.tsx";

/** Properties of the graph. */
export interface GraphProps {
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
          counted(steps.length, "step")
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
