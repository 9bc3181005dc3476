/// <reference lib="dom" />
import { useEffect, useRef } from "preact/hooks";
import { type Viewport, zoomed } from "../logic/viewport.ts";

/** Callbacks for dragging and pinching. */
export interface DragActions {
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
