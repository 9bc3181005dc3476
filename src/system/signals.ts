import { once } from "../core/async.ts";
import { exitOfSignal } from "../core/interruption.ts";

type Name = "SIGINT" | "SIGTERM" | "SIGBREAK";

const NAMES: readonly Name[] = Deno.build.os === "windows" ? ["SIGINT", "SIGBREAK"] : ["SIGINT", "SIGTERM"];

/** When the second thread starts; most commands that compute only have ended by then. */
const WATCH_AFTER_MS = 250;

/** Files of this size may take longer to process than the program may take to notice a signal. */
export const LARGE_BYTES = 32 * 1024;

/**
 * Listens to signals, in a second thread once the program runs for a moment: this thread cannot notice a signal while
 * it computes. If it does not notice one in time, the second thread ends the process by the signal itself.
 *
 * @returns `signal` aborts at the first signal, with its name as the reason; the second one ends the process. `watch`
 *   starts the second thread, unless it runs: call it before work that could take long without a pause.
 */
export function listenToSignals() {
  const controller = new AbortController();
  const onSignal = (name: Name) => {
    if (controller.signal.aborted) Deno.exit(exitOfSignal(name));
    controller.abort(name);
  };
  const noticedHere = new Set<Name>();
  const listeners = NAMES.map((name) => {
    const listener = () => {
      noticedHere.add(name);
      onSignal(name);
    };
    return [name, listener] as const;
  });
  for (const [name, listener] of listeners) Deno.addSignalListener(name, listener);
  const stopListening = () => {
    for (const [name, listener] of listeners) Deno.removeSignalListener(name, listener);
  };
  // While the second thread starts, both may notice the same signal, which then counts once.
  const onRelayed = (name: Name) => {
    if (!noticedHere.delete(name)) onSignal(name);
  };
  const watch = once(() => {
    noticedHere.clear();
    return startWatching(onRelayed, stopListening);
  });
  Deno.unrefTimer(setTimeout(watch, WATCH_AFTER_MS));
  return { signal: controller.signal, watch };
}

/** Starts the second thread; resolves when it listens. If it cannot be started, this thread goes on listening. */
function startWatching(onRelayed: (name: Name) => void, stopListening: () => void): Promise<void> {
  const noticed = new Int32Array(new SharedArrayBuffer(4));
  return new Promise((resolve) => {
    try {
      const worker = new Worker(`data:text/javascript,${encodeURIComponent(`(${listen})(${patienceMs})`)}`, {
        type: "module",
      });
      worker.onmessage = ({ data }: MessageEvent<Name | "listening">) => {
        if (data === "listening") {
          stopListening();
          return resolve();
        }
        Atomics.add(noticed, 0, 1);
        onRelayed(data);
      };
      worker.onerror = (event) => {
        event.preventDefault();
        resolve();
      };
      worker.postMessage({ noticed, names: NAMES, startedAt: Date.now() });
    } catch {
      resolve();
    }
  });
}

/**
 * How long the program may take to notice a signal, in milliseconds, where the second thread took `startMs` to start.
 * That tells how slow the machine is: an emulated processor needs seconds for what takes 30 ms elsewhere, and beside
 * other work several times as long once more.
 */
export function patienceMs(startMs: number): number {
  return Math.max(700, 15 * startMs);
}

/**
 * The code of the second thread; it gets its values by a message, because it is started from its text, as is
 * `patienceMs`.
 */
function listen(patienceMs: (startMs: number) => number): void {
  interface Start {
    readonly noticed: Int32Array<SharedArrayBuffer>;
    readonly names: readonly Name[];
    readonly startedAt: number;
  }
  const self = globalThis as unknown as {
    onmessage: (event: MessageEvent<Start>) => void;
    postMessage(message: string): void;
  };
  self.onmessage = ({ data: { noticed, names, startedAt } }) => {
    const waitMs = patienceMs(Date.now() - startedAt);
    let received = 0;
    const listeners = names.map((name) =>
      [name, () => {
        const count = ++received;
        self.postMessage(name);
        setTimeout(() => {
          if (Atomics.load(noticed, 0) >= count) return;
          for (const [one, listener] of listeners) Deno.removeSignalListener(one, listener);
          Deno.kill(Deno.pid, name);
          // The shell may have started this program with the signal ignored.
          setTimeout(() => Deno.kill(Deno.pid, "SIGKILL"), waitMs / 2);
        }, waitMs);
      }] as const
    );
    for (const [name, listener] of listeners) Deno.addSignalListener(name, listener);
    self.postMessage("listening");
  };
}
