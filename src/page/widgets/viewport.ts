/// <reference lib="dom" />

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
  setView: (change: (before: Viewport | undefined) => Viewport | undefined) => void,
): void {
  useEffect(() => {
    const element = frame.current!;
    const listen = (event: WheelEvent) => {
      event.preventDefault();
      const { left, top } = element.getBoundingClientRect();
      const place = { x: event.clientX - left, y: event.clientY - top };
      setView((before) =>
        before &&
        (event.ctrlKey || event.metaKey ? zoomed(before, Math.exp(-event.deltaY / 200), place) : {
          ...before,
          x: before.x + event.deltaX / before.scale,
          y: before.y + event.deltaY / before.scale,
        })
      );
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

/** Below this zoom factor, steps are drawn without text. */
export const READABLE = 0.42;
const SMALLEST = 0.004;
const LARGEST = 2;

/** Screen pixels below the graph reserved for the buttons. */
const BELOW = 48;

/** The viewport that shows the whole graph, not enlarged. */
export function fitted({ width, height }: GraphView, size: Size): Viewport {
  const room = Math.max(1, size.height - BELOW);
  const scale = clamp(Math.min(size.width / width, room / height), SMALLEST, 1);
  return { scale, x: (width - size.width / scale) / 2, y: Math.min(0, (height - room / scale) / 2) };
}

/** The initial viewport: the whole graph if it is readable, else its upper part around the first step. */
export function firstLook(graph: GraphView, size: Size): Viewport {
  const whole = fitted(graph, size);
  if (whole.scale >= READABLE + 0.1) return whole;
  const [x, y] = graph.at.reduce((top, one) => one[1] < top[1] ? one : top);
  const scale = size.width < 600 ? 0.62 : 0.75;
  return { scale, x: x + NODE.width / 2 - size.width / scale / 2, y: y - 32 };
}

/** Zooms by a factor; the screen point `at` stays in place. */
export function zoomed(
  view: Viewport,
  factor: number,
  at: { readonly x: number; readonly y: number },
): Viewport {
  const scale = clamp(view.scale * factor, SMALLEST, LARGEST);
  return {
    scale,
    x: view.x + at.x / view.scale - at.x / scale,
    y: view.y + at.y / view.scale - at.y / scale,
  };
}

/** Limits a viewport so that a part of the graph stays visible. */
export function kept(view: Viewport, { width, height }: GraphView, size: Size): Viewport {
  const [across, down] = [size.width / view.scale, size.height / view.scale];
  return {
    ...view,
    x: clamp(view.x, -across * 0.8, Math.max(0, width - across * 0.2)),
    y: clamp(view.y, -down * 0.8, Math.max(0, height - down * 0.2)),
  };
}

/** Screen pixels at the lower edge that the minimap and the buttons cover. */
const COVERED = 150;

/** A viewport in which a step can be read: unchanged if it can be, else with the step in the middle. */
export function centered(view: Viewport, [x, y]: readonly [number, number], size: Size): Viewport {
  const { scale } = view;
  const [left, top] = [(x - view.x) * scale, (y - view.y) * scale];
  const isSeen = left >= 0 && top >= 0 && left + NODE.width * scale <= size.width &&
    top + NODE.height * scale <= size.height - Math.min(COVERED, size.height / 4);
  if (isSeen && scale >= READABLE) return view;
  const next = scale >= READABLE ? scale : 0.8;
  return {
    scale: next,
    x: x + NODE.width / 2 - size.width / next / 2,
    y: y + NODE.height / 2 - size.height / next / 2,
  };
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

/** Draws each line as a curve from the bottom of one step to the top of the other. */
export function drawEdges({ at, edges }: GraphView): readonly DrawnEdge[] {
  return edges.map((edge) => drawEdge(edge, at));
}

function drawEdge({ from, to, points }: EdgeView, at: GraphView["at"]): DrawnEdge {
  const [start, end] = [at[from]!, at[to]!];
  const via: [number, number][] = [];
  // The first and last bends are between two rows, where there is nothing to avoid.
  for (let index = 4; index < points.length - 4; index += 2) via.push([points[index]!, points[index + 1]!]);
  const line: readonly (readonly [number, number])[] = [
    [start[0] + NODE.width / 2, start[1] + NODE.height],
    ...via,
    [end[0] + NODE.width / 2, end[1] - 1],
  ];
  let path = `M${line[0]![0]} ${line[0]![1]}`;
  for (let index = 1; index < line.length; index++) {
    const [[x, y], [toX, toY]] = [line[index - 1]!, line[index]!];
    const half = Math.round((y + toY) / 2);
    path += `C${x} ${half} ${toX} ${half} ${toX} ${toY}`;
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
