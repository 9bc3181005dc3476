import type { Context } from "../../core/context.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { linePrinter } from "./line_printer.ts";
import type { Project } from "../project.ts";
import { answerAsk, type HandedOver, MOST_ANSWER_BYTES } from "./project_files.ts";
import { harmless } from "../../core/text/sanitize.ts";
import type { Image } from "../worker/image.ts";
import type { FromReader, ToReader } from "../worker/protocol.ts";

/** The longest answer that is looked at. */
const MOST_ANSWER_CHARACTERS = 128 * 1024 * 1024;

/** A Worker that runs the reader. */
export interface WorkerReader {
  /** Sends one request to reader.py and gives its answer, which nobody has checked. */
  call(request: unknown): Promise<unknown>;
  /** Ends the Worker, and waits for what was being read for it. */
  close(): Promise<void>;
}

/** How long a request may take, and who hears what the project prints. */
export interface WorkerReaderOptions {
  readonly timeoutMs: number;
  readonly onPrint: (text: string) => void;
  /** Told what the project's code fetched while it ran, and what it got; `undefined` when it was refused. */
  readonly onFetch?: (what: unknown, path: unknown, bytes: Uint8Array | undefined) => void;
}

/** Starts the Worker, and hands it the image and the project's files as soon as they are there. */
export async function startWorkerReader(
  ctx: Pick<Context, "resources" | "signal" | "fs">,
  project: Project,
  files: Promise<HandedOver>,
  options: WorkerReaderOptions,
): Promise<WorkerReader> {
  const worker = await ctx.resources.startReader();
  const send = (message: ToReader, give: ArrayBuffer[] = []) => worker.postMessage(message, give);
  const answers = new SharedArrayBuffer(8 + MOST_ANSWER_BYTES);
  const print = linePrinter(options.onPrint);
  const { promise: broken, reject: fail } = Promise.withResolvers<never>();
  broken.catch(() => {});
  const { promise: settled, resolve: settle } = Promise.withResolvers<void>();
  // A Worker that is terminated while its WebAssembly is being compiled takes the whole process with it.
  const end = () => settled.then(() => worker.terminate());
  const waiting = new Map<number, (answer: unknown) => void>();
  worker.onerror = (event) => {
    event.preventDefault();
    settle();
    fail(endedError(event.message));
  };
  worker.onmessage = ({ data }: MessageEvent<FromReader | undefined>) => {
    if (data?.kind === "print") print(String(data.text));
    if (data?.kind === "started" || data?.kind === "ended") settle();
    if (data?.kind === "ended") fail(endedError(String(data.reason)));
    if (data?.kind === "ask") void reply(ctx, project, data.ask, answers, options.onFetch);
    if (data?.kind === "answer") waiting.get(Number(data.id))?.(data.answer);
  };
  const image = readImage(ctx);
  image.catch(settle);
  const started = handOver(image, files, answers, send);
  started.catch(fail);
  let lastId = 0;
  return {
    async call(request) {
      const timeout = AbortSignal.timeout(options.timeoutMs);
      const stop = AbortSignal.any([timeout, ctx.signal]);
      const onStop = () => {
        void end();
        fail(timeout.aborted ? timeoutError(options.timeoutMs) : ctx.signal.reason);
      };
      stop.addEventListener("abort", onStop, { once: true });
      try {
        await Promise.race([started, broken]);
        const id = ++lastId;
        const answer = new Promise<unknown>((resolve) => waiting.set(id, resolve));
        send({ kind: "call", id, request: JSON.stringify(request) });
        return parse(await Promise.race([answer, broken]));
      } finally {
        stop.removeEventListener("abort", onStop);
        print("");
      }
    },
    async close() {
      await started.catch(() => {});
      await end();
    },
  };
}

async function readImage({ resources }: Pick<Context, "resources">): Promise<Required<Image>> {
  const [snapshot, wasm, stdlib, site, lock] = await Promise.all([
    resources.read("kedro.snapshot"),
    resources.read("pyodide.wasm"),
    resources.read("python_stdlib.zip"),
    resources.read("site.zip"),
    resources.read("pyodide-lock.json"),
  ]);
  return { snapshot, wasm, stdlib, site, lock: new TextDecoder().decode(lock) };
}

async function handOver(
  reading: Promise<Required<Image>>,
  handedOver: Promise<HandedOver>,
  answers: SharedArrayBuffer,
  send: (message: ToReader, give?: ArrayBuffer[]) => void,
): Promise<void> {
  const image = await reading;
  const { snapshot, wasm, stdlib, site } = image;
  send({ kind: "start", image }, [snapshot, wasm, stdlib, site].map((bytes) => bytes.buffer));
  const { files, folders, later } = await handedOver;
  send({ kind: "files", files, folders, later, answers });
}

/** Writes the answer to a question of the project's code where the Worker waits for it. */
async function reply(
  ctx: Pick<Context, "fs">,
  project: Project,
  ask: { readonly what: unknown; readonly path: unknown },
  answers: SharedArrayBuffer,
  onFetch: WorkerReaderOptions["onFetch"],
): Promise<void> {
  const state = new Int32Array(answers, 0, 2);
  const bytes = await answerAsk(ctx, project, ask ?? {}).catch(() => undefined);
  onFetch?.(ask?.what, ask?.path, bytes);
  const fits = bytes !== undefined && bytes.length <= MOST_ANSWER_BYTES;
  if (fits) new Uint8Array(answers, 8).set(bytes);
  Atomics.store(state, 1, fits ? bytes.length : -1);
  Atomics.store(state, 0, 1);
  Atomics.notify(state, 0);
}

function parse(answer: unknown): unknown {
  try {
    if (typeof answer === "string" && answer.length <= MOST_ANSWER_CHARACTERS) return JSON.parse(answer);
  } catch {
    // Falls through: text that is no JSON is as unusable as no text.
  }
  throw new UserError("Cannot use what the reader of the project answered: it is not JSON", {
    code: "kedro.answer_unreadable",
    exit: ExitCode.Config,
    hint: "Look for code in the project that changes Kedro or Python itself when imported",
  });
}

function timeoutError(timeoutMs: number): UserError {
  return new UserError(`Cannot read the project within ${timeoutMs / 1000} s: its code is still running`, {
    code: "kedro.timeout",
    exit: ExitCode.Config,
    hint:
      "Look for an endless loop or long work in modules that are imported, or allow more with `--read-timeout SECONDS`",
  });
}

function endedError(reason: string): UserError {
  const memory = /memory/i.test(reason);
  return new UserError(
    memory
      ? "Cannot read the project: it needs more memory than the embedded Python has"
      : `Cannot read the project: its code ended the interpreter (${harmless(reason).slice(0, 200)})`,
    {
      code: memory ? "kedro.out_of_memory" : "kedro.ended",
      exit: ExitCode.Config,
      hint: "Look for what the project does when its modules are imported, or read it with `--python PATH`",
    },
  );
}
