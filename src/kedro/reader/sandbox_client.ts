import { joinedBytes } from "../../core/bytes.ts";
import { isFields, parsedJson } from "../../core/fields.ts";
import { exactJson } from "../../core/text/python_json.ts";
import { durationText } from "../../core/text/duration.ts";
import type { Context, ReaderProcess } from "../../core/context.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { BadFrame, decodeFrames } from "./frames.ts";
import { linePrinter } from "./line_printer.ts";
import { unreadableAnswer } from "./shape.ts";
import type { Project } from "../project.ts";
import { answerAsk, type HandedOver, MOST_ANSWER_BYTES } from "./project_files.ts";
import { harmless } from "../../core/text/sanitize.ts";
import { encodeFrame, type ToReader, UNFILTERED } from "../sandbox/protocol.ts";

/** The reader's process, which runs the project's code. */
export interface SandboxClient {
  /** Sends one request to reader.py and returns its unchecked answer. */
  call(request: unknown): Promise<unknown>;
  /** Ends the process and waits for pending file reads. */
  close(): Promise<void>;
}

/** Time limit and event handlers of a sandbox. */
export interface SandboxOptions {
  readonly timeoutMs: number;
  readonly onPrint: (text: string) => void;
  /** Called if the process runs without the kernel's system call filter, although this is Linux. */
  readonly onUnfiltered?: (() => void) | undefined;
  /** Called for each path that the project's code requests; `bytes` is `undefined` if it was refused. */
  readonly onFetch?: (what: unknown, path: unknown, bytes: Uint8Array | undefined) => void;
}

/** Starts the process and sends it the project's files when they have been read. */
export async function startSandbox(
  ctx: Pick<Context, "resources" | "signal" | "fs">,
  project: Project,
  files: Promise<HandedOver>,
  options: SandboxOptions,
): Promise<SandboxClient> {
  const reader = await ctx.resources.startReader();
  const print = linePrinter(options.onPrint);
  const { promise: broken, reject: fail } = Promise.withResolvers<never>();
  broken.catch(() => {});
  let waiting: ((answer: string) => void) | undefined;
  const heard = hear(reader, {
    print,
    started: (text) => text === UNFILTERED && options.onUnfiltered?.(),
    async ask(question) {
      const bytes = await answerAsk(ctx, project, question).catch(() => undefined);
      options.onFetch?.(question.what, question.path, bytes);
      const isSmall = bytes !== undefined && bytes.length <= MOST_ANSWER_BYTES;
      await send(reader, { kind: "answer", found: isSmall }, ...isSmall ? [bytes] : []);
    },
    answer(text) {
      // One answer for each call: an unsolicited answer was made by the project's code.
      if (waiting === undefined) throw new BadFrame("an answer to nothing");
      waiting(text);
      waiting = undefined;
    },
  }).catch((thrown) => {
    fail(thrown instanceof BadFrame ? unreadableAnswer(thrown.message) : thrown);
    return reader.end();
  });
  const started = handOver(reader, files);
  started.catch(fail);
  return {
    async call(request) {
      const timeout = AbortSignal.timeout(options.timeoutMs);
      const stop = AbortSignal.any([timeout, ctx.signal]);
      const onStop = () => {
        void reader.end();
        fail(timeout.aborted ? timeoutError(options.timeoutMs) : ctx.signal.reason);
      };
      stop.addEventListener("abort", onStop, { once: true });
      if (stop.aborted) onStop();
      try {
        await Promise.race([started, broken]);
        const answer = new Promise<string>((resolve) => waiting = resolve);
        void send(reader, { kind: "call" }, new TextEncoder().encode(JSON.stringify(request)));
        const value = exactJson(await Promise.race([answer, broken]));
        if (value === undefined) throw unreadableAnswer("not JSON");
        return value;
      } finally {
        stop.removeEventListener("abort", onStop);
        print("");
      }
    },
    async close() {
      await reader.end();
      await Promise.allSettled([started, heard]);
    },
  };
}

/** Handlers for the process's messages; `ask` is awaited before the next message is read. */
interface Listener {
  readonly print: (text: string) => void;
  readonly started: (text: string) => void;
  readonly ask: (question: { readonly what: unknown; readonly path: unknown }) => Promise<void>;
  readonly answer: (text: string) => void;
}

/** @throws {UserError} when the process ends. @throws {BadFrame} if it sends an invalid message. */
async function hear(reader: ReaderProcess, listener: Listener): Promise<never> {
  const decoder = new TextDecoder();
  for await (const { header, body } of decodeFrames(reader.output)) {
    const text = decoder.decode(body);
    if (header.kind === "started") listener.started(text);
    if (header.kind === "print") listener.print(text);
    if (header.kind === "answer") listener.answer(text);
    if (header.kind === "ask") await listener.ask(questionOf(text));
    if (header.kind === "ended") throw endedError(text);
  }
  throw endedError(await reader.ended ?? "it stopped");
}

function questionOf(text: string): { readonly what: unknown; readonly path: unknown } {
  const question = parsedJson(text);
  if (!isFields(question)) throw new BadFrame("a question that is not a JSON object");
  return { what: question.what, path: question.path };
}

/** Whether the process that reads a project runs behind the kernel's system call filter, which only Linux has. */
export async function hasCallFilter(ctx: Pick<Context, "resources" | "platform">): Promise<boolean> {
  if (ctx.platform !== "linux") return false;
  const reader = await ctx.resources.startReader();
  try {
    for await (const { header, body } of decodeFrames(reader.output)) {
      return header.kind === "started" && new TextDecoder().decode(body) !== UNFILTERED;
    }
    return false;
  } finally {
    await reader.end();
  }
}

async function send(
  reader: ReaderProcess,
  header: ToReader,
  ...body: readonly Uint8Array<ArrayBuffer>[]
): Promise<void> {
  for (const bytes of encodeFrame(header, ...body)) await reader.write(bytes);
}

async function handOver(reader: ReaderProcess, handedOver: Promise<HandedOver>): Promise<void> {
  const { files, folders, later } = await handedOver;
  const sizes = files.map(({ path, bytes }) => ({ path, sizeBytes: bytes.length }));
  const all = joinedBytes(files.map(({ bytes }) => bytes));
  await send(reader, { kind: "files", files: sizes, folders, later }, all);
}

function timeoutError(timeoutMs: number): UserError {
  return new UserError(
    `Cannot read the project within ${durationText(timeoutMs)}: its code is still running`,
    {
      code: "kedro.timeout",
      hint:
        "Look for an endless loop or long work in modules that are imported, or allow more with `--read-timeout 5m`",
    },
  );
}

/** Reasons and signals with which V8 or the kernel ends a process that is out of memory. */
const OUT_OF_MEMORY = /memory|^SIG(TRAP|ABRT|ILL|KILL)$/i;

function endedError(reason: string): UserError {
  const memory = OUT_OF_MEMORY.test(reason);
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
