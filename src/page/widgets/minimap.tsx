/** @jsxImportSource preact */
/// <reference lib="dom" />
import { useMemo } from "preact/hooks";
import { type GraphView, NODE, type StepView } from "../view.ts";
import { type Tone, toneOf } from "../logic/format.ts";
import type { Size, Viewport } from "../logic/viewport.ts";

const MOST = { width: 176, height: 128 } as const;
/** Minimum height; a very wide graph is stretched vertically. */
const LEAST_HEIGHT = 44;

/** A small view of the graph with a movable frame around the visible part, for pointers only. */
export function Minimap({ steps, graph, view, size, move }: {
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
