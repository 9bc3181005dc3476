import { useEffect, useRef } from "preact/hooks";
import { type EdgeView, type GraphView, NODE } from "../view.ts";

interface DragActions {
  /** Moves by screen pixels. */
  readonly move: (dx: number, dy: number) => void;
  readonly zoom: (factor: number, at: { readonly x: number; readonly y: number }) => void;
}

/** Distance in pixels that a pointer may move during a click. */
const CLICK = 4;

/** Event handlers for dragging with one pointer and pinching with two. */
export function useDrag({ move, zoom }: DragActions) {
  const pointers = useRef(new Map<number, { x: number; y: number }>());
  const moved = useRef(0);
  return {
    /** Whether the last press was a drag, so that the click after it must be ignored. */
    wasDrag: () => moved.current > CLICK,
    onPointerDown(event: PointerEvent) {
      if (event.button !== 0) return;
      if (pointers.current.size === 0) moved.current = 0;
      pointers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
    },
    onPointerMove(event: PointerEvent) {
      const before = pointers.current.get(event.pointerId);
      if (before === undefined) return;
      const [dx, dy] = [event.clientX - before.x, event.clientY - before.y];
      const others = [...pointers.current].filter(([id]) => id !== event.pointerId).map(([, one]) => one);
      moved.current += Math.abs(dx) + Math.abs(dy);
      const element = event.currentTarget as HTMLElement;
      if (moved.current > CLICK && !element.hasPointerCapture(event.pointerId)) {
        element.setPointerCapture(event.pointerId);
      }
      const other = others[0];
      if (other === undefined) move(dx, dy);
      else {
        const far = Math.hypot(before.x - other.x, before.y - other.y);
        const now = Math.hypot(event.clientX - other.x, event.clientY - other.y);
        const { left, top } = element.getBoundingClientRect();
        const at = { x: (event.clientX + other.x) / 2 - left, y: (event.clientY + other.y) / 2 - top };
        if (far > 0) zoom(now / far, at);
        move(dx / 2, dy / 2);
      }
      pointers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
    },
    onPointerUp(event: PointerEvent) {
      pointers.current.delete(event.pointerId);
    },
  };
}

/** Moves the graph with the wheel, and zooms with Ctrl and the wheel, which touchpads send for pinching. */
export function useWheel(
  frame: { readonly current: HTMLElement | null },
  { pan, zoom }: { readonly pan: DragActions["move"]; readonly zoom: DragActions["zoom"] },
): void {
  useEffect(() => {
    const element = frame.current!;
    const listen = (event: WheelEvent) => {
      event.preventDefault();
      const { left, top } = element.getBoundingClientRect();
      const place = { x: event.clientX - left, y: event.clientY - top };
      if (event.ctrlKey || event.metaKey) zoom(Math.exp(-event.deltaY / 200), place);
      else pan(-event.deltaX, -event.deltaY);
    };
    element.addEventListener("wheel", listen, { passive: false });
    return () => element.removeEventListener("wheel", listen);
  }, []);
}

/** The visible part of the graph: its upper left corner in graph pixels, and the zoom factor. */
export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

/** A rectangle in graph pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Width and height in screen pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Pixels of the smallest text, whatever the zoom factor. */
const SMALLEST_TEXT = 11;
/** Pixels of the smaller text of a node. */
const TEXT = 12;
/** Below these zoom factors, nodes are drawn with their names only, and without text. */
export const DETAILED = 0.8;
export const READABLE = 0.45;
const LARGEST = 2;

/** How much larger than the rest of the graph its text must be, in steps, so that few moves change it. */
export function textScale(scale: number): number {
  return Math.max(1, Math.ceil(SMALLEST_TEXT / TEXT / scale * 10) / 10);
}

/** Screen pixels below the graph reserved for the buttons. */
const BELOW = 48;

/** The viewport that shows the whole graph, not enlarged. */
export function fitted({ width, height }: GraphView, size: Size): Viewport {
  const room = Math.max(1, size.height - BELOW);
  const scale = Math.min(size.width / width, room / height, 1);
  return { scale, x: (width - size.width / scale) / 2, y: Math.min(0, (height - room / scale) / 2) };
}

/** The initial viewport: the whole graph if all its text can be read, else a part around a node (default: the first). */
export function firstLook(graph: GraphView, size: Size, chosen?: number): Viewport {
  const whole = fitted(graph, size);
  if (whole.scale >= DETAILED) return whole;
  const first = graph.at.reduce((top, one) => one[1] < top[1] ? one : top);
  const around = centered({ ...whole, scale: 1 }, chosen === undefined ? first : graph.at[chosen]!, size);
  const { x, y } = kept(around, graph, size, 0);
  return { scale: 1, x: graph.width < size.width ? (graph.width - size.width) / 2 : x, y };
}

/** Zooms by a factor, at least so that the whole graph is seen; the screen point `at` stays in place. */
export function zoomed(
  view: Viewport,
  factor: number,
  at: { readonly x: number; readonly y: number },
  least: number,
): Viewport {
  const scale = clamp(view.scale * factor, Math.min(least, view.scale), LARGEST);
  return {
    scale,
    x: view.x + at.x / view.scale - at.x / scale,
    y: view.y + at.y / view.scale - at.y / scale,
  };
}

const FREE = 0.25;

/** Limits a viewport so that the graph covers it, or is seen whole, but for a part that may be free beside it. */
export function kept(
  view: Viewport,
  { width, height }: GraphView,
  size: Size,
  free = FREE,
): Viewport {
  const along = (start: number, length: number, seen: number, margin: number) => {
    const slack = length - seen;
    return clamp(start, Math.min(0, slack) - margin, Math.max(0, slack) + margin);
  };
  const [across, down] = [size.width / view.scale, size.height / view.scale];
  return {
    ...view,
    x: along(view.x, width, across, across * free),
    y: along(view.y, height, down, down * free),
  };
}

/** A viewport in which a node can be read, in the middle. */
export function centered(view: Viewport, [x, y]: readonly [number, number], size: Size): Viewport {
  const scale = view.scale >= DETAILED ? view.scale : 1;
  return {
    scale,
    x: x + NODE.width / 2 - size.width / scale / 2,
    y: y + NODE.height / 2 - size.height / scale / 2,
  };
}

/** Whether a node is seen whole, and can be read. */
export function isReadable(view: Viewport, [x, y]: readonly [number, number], size: Size): boolean {
  const { left, top, right, bottom } = seenBox(view, size, 0);
  return view.scale >= DETAILED && x >= left && y >= top && x + NODE.width <= right &&
    y + NODE.height <= bottom - BELOW / view.scale;
}

/** Moves a viewport as little as needed to make a step visible. */
export function showing(view: Viewport, [x, y]: readonly [number, number], size: Size): Viewport {
  const [width, height] = [size.width / view.scale, size.height / view.scale];
  const margin = 24 / view.scale;
  return {
    ...view,
    x: within(view.x, x + NODE.width + margin - width, x - margin),
    y: within(view.y, y + NODE.height + margin - height, y - margin),
  };
}

function within(value: number, least: number, most: number): number {
  return least > most ? (least + most) / 2 : clamp(value, least, most);
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

/** The visible part of the graph and a margin (a fraction of it), so that small moves need no redraw. */
export function seenBox({ x, y, scale }: Viewport, { width, height }: Size, margin: number): Box {
  const [across, down] = [width / scale, height / scale];
  return {
    left: x - across * margin,
    top: y - down * margin,
    right: x + across * (1 + margin),
    bottom: y + down * (1 + margin),
  };
}

/** Whether the first rectangle is inside the second. */
export function isWithin(inner: Box, outer: Box): boolean {
  return inner.left >= outer.left && inner.top >= outer.top && inner.right <= outer.right &&
    inner.bottom <= outer.bottom;
}

/** Indexes of the steps in a rectangle. */
export function nodesIn({ at }: GraphView, box: Box): readonly number[] {
  const found: number[] = [];
  for (let index = 0; index < at.length; index++) {
    const [x, y] = at[index]!;
    if (x < box.right && x + NODE.width > box.left && y < box.bottom && y + NODE.height > box.top) {
      found.push(index);
    }
  }
  return found;
}

/** Index of the step at a point of the graph; `undefined` if there is none. */
export function stepAt({ at }: GraphView, x: number, y: number): number | undefined {
  const found = at.findIndex(([left, top]) =>
    x >= left && x <= left + NODE.width && y >= top && y <= top + NODE.height
  );
  return found === -1 ? undefined : found;
}

/** A line as an SVG path, with its bounding box. */
interface DrawnEdge extends Box {
  readonly from: number;
  readonly to: number;
  readonly path: string;
}

/** Draws each line as curves between rows, from the bottom of one step to the top of the other. */
export function drawEdges({ at, edges }: GraphView): readonly DrawnEdge[] {
  return edges.map((edge) => drawEdge(edge, at));
}

/** Pixels of a line that is drawn at its ends only. */
const END = 14;

function drawEdge({ from, to, points, isFar }: EdgeView, at: GraphView["at"]): DrawnEdge {
  const [start, end] = [at[from]!, at[to]!];
  const line: (readonly [number, number])[] = [[start[0] + NODE.width / 2, start[1] + NODE.height]];
  for (let index = 0; index < points.length; index += 2) line.push([points[index]!, points[index + 1]!]);
  line.push([end[0] + NODE.width / 2, end[1] - 1]);
  let path = `M${line[0]![0]} ${line[0]![1]}`;
  for (let index = 1; index < line.length; index++) {
    const [[x, y], [toX, toY]] = [line[index - 1]!, line[index]!];
    const half = Math.round((y + toY) / 2);
    if (isFar) path += `v${END}M${toX} ${toY - END}V${toY}`;
    else path += index % 2 === 0 ? `V${toY}` : `C${x} ${half} ${toX} ${half} ${toX} ${toY}`;
  }
  const [x, y] = line.at(-1)!;
  path += `M${x - 4} ${y - 6}L${x} ${y}L${x + 4} ${y - 6}`;
  const [xs, ys] = [line.map((one) => one[0]), line.map((one) => one[1])];
  return {
    from,
    to,
    path,
    left: Math.min(...xs),
    right: Math.max(...xs),
    top: Math.min(...ys),
    bottom: Math.max(...ys),
  };
}

export function touches(one: Box, other: Box): boolean {
  return one.left < other.right && one.right > other.left && one.top < other.bottom && one.bottom > other.top;
}

/** A key that moves from one step to another. */
export type Direction = keyof typeof DIRECTIONS;

/** The directions, in which x goes right and y goes down. */
const DIRECTIONS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] } as const;

/** The nearest step in a direction; sideways distance counts double. */
export function neighbor({ at }: GraphView, from: number, direction: Direction): number {
  const [x, y] = at[from]!;
  const [right, down] = DIRECTIONS[direction];
  const isVertical = down !== 0;
  let [best, least] = [from, Infinity];
  for (let index = 0; index < at.length; index++) {
    const [dx, dy] = [at[index]![0] - x, at[index]![1] - y];
    const ahead = right * dx + down * dy;
    if (ahead <= 0 || (!isVertical && Math.abs(dy) > NODE.height)) continue;
    const distance = ahead + 2 * Math.abs(isVertical ? dx : dy);
    if (distance < least) [best, least] = [index, distance];
  }
  return best;
}
