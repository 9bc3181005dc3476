import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { type EdgeView, type GraphView, NODE } from "../view.ts";

/** An element that scrolls. */
type Frame = { readonly current: HTMLElement | null };

/** Distance in pixels that a pointer may move during a click. */
const CLICK = 4;

/** Event handlers for dragging with a mouse what scrolls in a frame; fingers do that by themselves. */
export function useDrag(frame: Frame) {
  const moved = useRef(0);
  return {
    /** Whether the last press was a drag, so that the click after it must be ignored. */
    wasDrag: () => moved.current > CLICK,
    onPointerDown: () => void (moved.current = 0),
    onPointerMove({ pointerType, pointerId, buttons, movementX, movementY, currentTarget }: PointerEvent) {
      if (pointerType !== "mouse" || buttons !== 1) return;
      moved.current += Math.abs(movementX) + Math.abs(movementY);
      if (moved.current > CLICK) (currentTarget as HTMLElement).setPointerCapture(pointerId);
      frame.current!.scrollLeft -= movementX;
      frame.current!.scrollTop -= movementY;
    },
  };
}

/** Zooms with Ctrl and the wheel, which touchpads send for pinching. */
export function useWheel(frame: Frame, zoom: (factor: number, at: Point) => void): void {
  useEffect(() => {
    const element = frame.current!;
    const listen = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      zoom(Math.exp(-event.deltaY / 200), pointIn(element, event));
    };
    element.addEventListener("wheel", listen, { passive: false });
    return () => element.removeEventListener("wheel", listen);
  }, []);
}

export function pointIn(element: HTMLElement, { clientX, clientY }: MouseEvent): Point {
  const { left, top } = element.getBoundingClientRect();
  return [clientX - left, clientY - top];
}

/** Width and height of an element without its scroll bars. */
export function useSize(frame: Frame): Size | undefined {
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

type Point = readonly [x: number, y: number];

/** The visible part of the graph: by how many screen pixels it is scrolled, and the zoom factor. */
export interface Viewport {
  readonly left: number;
  readonly top: number;
  readonly scale: number;
  /** Whether the user has scrolled to it. */
  readonly isScrolled?: boolean;
}

interface Box {
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
/** Screen pixels below the graph for the buttons, and around a node that is reached by a key. */
const [BELOW, AROUND] = [48, 24];

/** How much larger than the rest of the graph its text must be, in steps, so that few moves change it. */
export function textScale(scale: number): number {
  return Math.max(1, Math.ceil(SMALLEST_TEXT / TEXT / scale * 10) / 10);
}

/** The zoom factor at which the whole graph is seen, not enlarged. */
export function fitted({ width, height }: GraphView, size: Size): number {
  return Math.min(size.width / width, Math.max(1, size.height - BELOW) / height, 1);
}

/** Screen pixels of what scrolls, and in it the corner of the graph: a small one is in the middle. */
export function sheetOf({ width, height }: GraphView, size: Size, scale: number) {
  const [across, down] = [Math.floor(width * scale), Math.floor(height * scale) + BELOW];
  return {
    width: Math.max(size.width, across),
    height: Math.max(size.height, down),
    x: Math.max(0, size.width - across) / 2,
    y: Math.max(0, size.height - down) / 2,
  };
}

/** The initial viewport: the whole graph if all its text can be read, else a part around a node. */
export function firstLook(graph: GraphView, size: Size, node: number): Viewport {
  const scale = fitted(graph, size);
  return scale >= DETAILED ? { scale, left: 0, top: 0 } : centered(graph, size, 1, graph.at[node]!);
}

export function centered(graph: GraphView, size: Size, scale: number, [x, y]: Point): Viewport {
  const sheet = sheetOf(graph, size, scale);
  const along = (start: number, at: number, length: number, all: number) =>
    clamp(start + at * scale - length / 2, 0, all - length);
  return {
    scale,
    left: along(sheet.x, x + NODE.width / 2, size.width, sheet.width),
    top: along(sheet.y, y + NODE.height / 2, size.height, sheet.height),
  };
}

/** Zooms by a factor, at least so that the whole graph is seen; a point of the screen stays in place. */
export function zoomed(graph: GraphView, size: Size, view: Viewport, factor: number, at: Point): Viewport {
  const scale = clamp(view.scale * factor, Math.min(fitted(graph, size), view.scale), LARGEST);
  const [before, after] = [view.scale, scale].map((scale) => sheetOf(graph, size, scale));
  const along = (scrolled: number, at: number, before: number, after: number) =>
    Math.max(0, (scrolled + at - before) / view.scale * scale + after - at);
  return {
    scale,
    left: along(view.left, at[0], before!.x, after!.x),
    top: along(view.top, at[1], before!.y, after!.y),
  };
}

/** Moves a viewport as little as needed to make a node visible. */
export function showing(graph: GraphView, size: Size, view: Viewport, [x, y]: Point): Viewport {
  const { scale } = view;
  const sheet = sheetOf(graph, size, scale);
  const along = (scrolled: number, start: number, length: number, seen: number) =>
    clamp(scrolled, start + length * scale + AROUND - seen, Math.max(0, start - AROUND));
  return {
    scale,
    left: along(view.left, sheet.x + x * scale, NODE.width, size.width),
    top: along(view.top, sheet.y + y * scale, NODE.height, size.height - BELOW),
  };
}

/** Whether a node is seen whole, and can be read. */
export function isReadable(graph: GraphView, size: Size, view: Viewport, at: Point): boolean {
  const { left, top } = showing(graph, size, view, at);
  const near = (one: number, other: number) => Math.abs(one - other) <= AROUND;
  return view.scale >= DETAILED && near(left, view.left) && near(top, view.top);
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

/** The part of the graph that is seen and up to as much around it, in steps, so that small moves need no redraw. */
export function boxAround(graph: GraphView, size: Size, { left, top, scale }: Viewport): Box {
  const { x, y } = sheetOf(graph, size, scale);
  const along = (start: number, length: number) => {
    const [step, first] = [length / scale / 2, Math.floor(2 * start / length)];
    return [(first - 1) * step, (first + 4) * step] as const;
  };
  const [across, down] = [along(left - x, size.width), along(top - y, size.height)];
  return { left: across[0], top: down[0], right: across[1], bottom: down[1] };
}

export function pointAt(graph: GraphView, size: Size, { left, top, scale }: Viewport, at: Point): Point {
  const { x, y } = sheetOf(graph, size, scale);
  return [(left + at[0] - x) / scale, (top + at[1] - y) / scale];
}

export function nodesIn({ at }: GraphView, box: Box): readonly number[] {
  return at.flatMap(([x, y], index) =>
    x < box.right && x + NODE.width > box.left && y < box.bottom && y + NODE.height > box.top ? [index] : []
  );
}

/** Pixels of a line that is drawn at its ends only. */
const END = 14;

/** Draws a line as an SVG path: curves between rows, from the bottom of one node to the top of the other. */
export function drawEdge({ at }: Pick<GraphView, "at">, { from, to, points, isFar }: EdgeView): string {
  const [start, end] = [at[from]!, at[to]!];
  let [x, y] = [start[0] + NODE.width / 2, start[1] + NODE.height];
  let path = `M${x} ${y}`;
  const all = [...points, end[0] + NODE.width / 2, end[1] - 1];
  for (let index = 0; index < all.length; index += 2) {
    const [toX, toY] = [all[index]!, all[index + 1]!];
    const half = Math.round((y + toY) / 2);
    if (isFar) path += `v${END}M${toX} ${toY - END}V${toY}`;
    else path += index % 4 === 2 ? `V${toY}` : `C${x} ${half} ${toX} ${half} ${toX} ${toY}`;
    [x, y] = [toX, toY];
  }
  return `${path}M${x - 4} ${y - 6}L${x} ${y}L${x + 4} ${y - 6}`;
}

/** A key that moves from one node to another. */
export type Direction = keyof typeof DIRECTIONS;

/** The directions, in which x goes right and y goes down. */
const DIRECTIONS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] } as const;

/** The nearest node in a direction; sideways distance counts double. */
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
