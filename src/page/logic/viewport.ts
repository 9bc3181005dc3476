import { type EdgeView, type GraphView, NODE } from "../view.ts";

/** What part of the graph is seen: its left upper corner in the graph's pixels, and how large a pixel of it is. */
export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

/** A rectangle in the graph's pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Width and height in pixels of the screen. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Below this scale steps are drawn without text. */
export const READABLE = 0.42;
const SMALLEST = 0.004;
const LARGEST = 2;

/** Pixels of the screen below a graph, where the buttons are. */
const BELOW = 48;

/** All of a graph, not larger than it is. */
export function fitted({ width, height }: GraphView, size: Size): Viewport {
  const room = Math.max(1, size.height - BELOW);
  const scale = clamp(Math.min(size.width / width, room / height, 1), SMALLEST, 1);
  return { scale, x: (width - size.width / scale) / 2, y: Math.min(0, (height - room / scale) / 2) };
}

/** The first look: all of a graph where it can be read then, else its upper part around the first step. */
export function firstLook(graph: GraphView, size: Size): Viewport {
  const whole = fitted(graph, size);
  if (whole.scale >= READABLE + 0.1 || graph.at.length === 0) return whole;
  const [x, y] = graph.at.reduce((top, one) => one[1] < top[1] ? one : top);
  const scale = size.width < 600 ? 0.62 : 0.75;
  return { scale, x: x + NODE.width / 2 - size.width / scale / 2, y: y - 32 };
}

/** The same with a place of the screen fixed and everything larger or smaller around it. */
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

/** The same, or as near to it as a part of the graph is still seen. */
export function kept(view: Viewport, { width, height }: GraphView, size: Size): Viewport {
  const [across, down] = [size.width / view.scale, size.height / view.scale];
  return {
    ...view,
    x: clamp(view.x, -across * 0.8, Math.max(0, width - across * 0.2)),
    y: clamp(view.y, -down * 0.8, Math.max(0, height - down * 0.2)),
  };
}

/** Moves as little as is needed for a step to be seen, or does nothing. */
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

/** What is seen, with a margin on each side so that small moves need nothing new. */
export function seenBox({ x, y, scale }: Viewport, { width, height }: Size, margin: number): Box {
  const [across, down] = [width / scale, height / scale];
  return {
    left: x - across * margin,
    top: y - down * margin,
    right: x + across * (1 + margin),
    bottom: y + down * (1 + margin),
  };
}

/** Whether the first box is within the second. */
export function isWithin(inner: Box, outer: Box): boolean {
  return inner.left >= outer.left && inner.top >= outer.top && inner.right <= outer.right &&
    inner.bottom <= outer.bottom;
}

/** Places of the steps that lie in a box. */
export function nodesIn({ at }: GraphView, box: Box): readonly number[] {
  const found: number[] = [];
  for (let one = 0; one < at.length; one++) {
    const [x, y] = at[one]!;
    if (x < box.right && x + NODE.width > box.left && y < box.bottom && y + NODE.height > box.top) {
      found.push(one);
    }
  }
  return found;
}

/** The step at a point of the graph; `undefined` where there is none. */
export function stepAt({ at }: GraphView, x: number, y: number): number | undefined {
  const found = at.findIndex(([left, top]) =>
    x >= left && x <= left + NODE.width && y >= top && y <= top + NODE.height
  );
  return found === -1 ? undefined : found;
}

/** A line as it is drawn, and the box that it needs. */
export interface DrawnEdge extends Box {
  readonly from: number;
  readonly to: number;
  readonly path: string;
}

/** Draws each line from the lower side of a step to the upper side of the other, in curves. */
export function drawEdges({ at, edges }: GraphView): readonly DrawnEdge[] {
  return edges.map((edge) => drawEdge(edge, at));
}

function drawEdge({ from, to, points }: EdgeView, at: GraphView["at"]): DrawnEdge {
  const [start, end] = [at[from]!, at[to]!];
  const via: [number, number][] = [];
  // The first and last bend lie between two rows, where there is nothing to go around.
  for (let one = 4; one < points.length - 4; one += 2) via.push([points[one]!, points[one + 1]!]);
  const line: readonly (readonly [number, number])[] = [
    [start[0] + NODE.width / 2, start[1] + NODE.height],
    ...via,
    [end[0] + NODE.width / 2, end[1] - 1],
  ];
  let path = `M${line[0]![0]} ${line[0]![1]}`;
  for (let one = 1; one < line.length; one++) {
    const [[x, y], [toX, toY]] = [line[one - 1]!, line[one]!];
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

/** Whether two boxes have a part in common. */
export function touches(one: Box, other: Box): boolean {
  return one.left < other.right && one.right > other.left && one.top < other.bottom && one.bottom > other.top;
}

/** A key that moves from step to step. */
export type Direction = "ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight";

/** The step next to another one in a direction: the nearest, with what lies aside counting more. */
export function neighbor({ at }: GraphView, from: number, direction: Direction): number {
  const [x, y] = at[from]!;
  let best = from;
  let least = Infinity;
  for (let one = 0; one < at.length; one++) {
    const [dx, dy] = [at[one]![0] - x, at[one]![1] - y];
    const isVertical = direction === "ArrowUp" || direction === "ArrowDown";
    const ahead = direction === "ArrowUp"
      ? -dy
      : direction === "ArrowDown"
      ? dy
      : direction === "ArrowLeft"
      ? -dx
      : dx;
    if (ahead <= 0 || (!isVertical && Math.abs(dy) > NODE.height)) continue;
    const distance = ahead + 2 * Math.abs(isVertical ? dx : dy);
    if (distance < least) [best, least] = [one, distance];
  }
  return best;
}
