import { joinedBytes } from "../../core/bytes.ts";
import type { Context, ReaderProcess } from "../../core/context.ts";
import { UserError } from "../../core/errors.ts";
import { durationText } from "../../core/format.ts";
import { exactJson, fields, isFields, parsedJson } from "../../core/json.ts";
import { harmless } from "../../core/untrusted.ts";
import type { Project } from "../project.ts";
import {
  decodeLengths,
  encodeFrame,
  type Frame,
  type FromReader,
  LENGTHS_BYTES,
  MOST_ANSWER_BYTES,
  type ToReader,
  UNFILTERED,
} from "../sandbox/protocol.ts";
import { answerAsk, type HandedOver } from "./project_files.ts";
import { unreadableAnswer } from "../shape.ts";

/** Starts the process and sends it the project's files when they have been read. */
export async function startSandbox(
  ctx: Pick<Context, "resources" | "signal" | "fs">,
  project: Project,
  files: Promise<HandedOver>,
  options: {
    readonly timeoutMs: number;
    readonly onPrint: (text: string) => void;
    /** Called if the process runs without the kernel's system call filter, although this is Linux. */
    readonly onUnfiltered?: (() => void) | undefined;
    /** Called for each path that the project's code requests; `bytes` is `undefined` if it was refused. */
    readonly onFetch?: (what: unknown, path: unknown, bytes: Uint8Array | undefined) => void;
  },
) {
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
    /** Sends one request to reader.py and returns its unchecked answer. */
    async call(request: unknown) {
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
      // kedro.timeout: The project's code did not end in time. Look for long work at import.
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
      // kedro.ended: The project's code ended the interpreter. Look for what it does at import, or use
      //   `--python`.
      code: memory ? "kedro.out_of_memory" : "kedro.ended",
      hint: "Look for what the project does when its modules are imported, or read it with `--python PATH`",
    },
  );
}

/** Limits in bytes: of a message's header, and of the body of each kind of message. */
const MOST_HEADER_BYTES = 256;
const MOST_BODY_BYTES: Readonly<Record<FromReader["kind"], number>> = {
  started: UNFILTERED.length,
  print: 64 * 1024,
  answer: 32 * 1024 * 1024,
  ask: 64 * 1024,
  ended: 64 * 1024,
};

/** Output that is not a valid message: the project's code has taken over the reader's process. */
export class BadFrame extends Error {}

/**
 * Decodes the messages in the output of the reader's process, which is untrusted.
 *
 * @throws {BadFrame} at the first byte that cannot be part of a message.
 */
export async function* decodeFrames(
  output: AsyncIterable<Uint8Array<ArrayBuffer>>,
): AsyncIterable<Frame<FromReader>> {
  const bytes = new Buffered(output);
  try {
    yield* framesOf(bytes);
  } finally {
    await bytes.close();
  }
}

async function* framesOf(bytes: Buffered): AsyncIterable<Frame<FromReader>> {
  for (;;) {
    const lengths = await bytes.take(LENGTHS_BYTES);
    if (lengths === undefined) return;
    const [headerBytes, bodyBytes] = decodeLengths(lengths);
    if (headerBytes > MOST_HEADER_BYTES) throw new BadFrame(`a header of ${headerBytes} bytes`);
    const text = await bytes.take(headerBytes);
    if (text === undefined) return;
    const kind = kindOf(new TextDecoder().decode(text));
    if (kind === undefined || bodyBytes > MOST_BODY_BYTES[kind]) {
      throw new BadFrame(`${kind} of ${bodyBytes} bytes`);
    }
    const body = await bytes.take(bodyBytes);
    if (body === undefined) return;
    yield { header: { kind }, body };
  }
}

function kindOf(header: string): FromReader["kind"] | undefined {
  const { kind } = fields(parsedJson(header));
  return typeof kind === "string" && Object.hasOwn(MOST_BODY_BYTES, kind)
    ? kind as FromReader["kind"]
    : undefined;
}

/** Reads a stream in blocks of a requested length. */
class Buffered {
  #chunks: Uint8Array<ArrayBuffer>[] = [];
  #length = 0;
  readonly #output: AsyncIterator<Uint8Array<ArrayBuffer>>;

  constructor(output: AsyncIterable<Uint8Array<ArrayBuffer>>) {
    this.#output = output[Symbol.asyncIterator]();
  }

  async close(): Promise<void> {
    await this.#output.return?.();
  }

  /** The next `length` bytes; `undefined` if the stream ends first. */
  async take(length: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    while (this.#length < length) {
      const { value, done } = await this.#output.next();
      if (done) return undefined;
      this.#chunks.push(value);
      this.#length += value.length;
    }
    const taken = new Uint8Array(length);
    for (let at = 0; at < length;) {
      const chunk = this.#chunks[0]!;
      const part = chunk.subarray(0, length - at);
      taken.set(part, at);
      at += part.length;
      if (part.length === chunk.length) this.#chunks.shift();
      else this.#chunks[0] = chunk.subarray(part.length);
    }
    this.#length -= length;
    return taken;
  }
}

/** Maximum number of characters to print, in total and per line: enough to find a mistake. */
const MOST_CHARACTERS = 256 * 1024;
const MOST_LINE_CHARACTERS = 4096;

/** A traceback line from Python, Kedro or this program rather than the project. */
const NOT_OWN = /^\s+File "(<frozen |\/lib\/|\/site\.zip\/)/;

/**
 * Prints the project's output line by line, each prefixed with `project:`; an empty text flushes the last line.
 *
 * Output beyond the limit is dropped, and so are traceback lines of the interpreter.
 */
export function linePrinter(onPrint: (text: string) => void): (text: string) => void {
  let rest = "";
  let left = MOST_CHARACTERS;
  const pass = (line: string) => {
    if (left <= 0 || NOT_OWN.test(line)) return;
    const isLong = line.length > MOST_LINE_CHARACTERS;
    const shown = isLong ? `${line.slice(0, MOST_LINE_CHARACTERS)}… (${line.length} characters)` : line;
    left -= shown.length + 1;
    onPrint(`${harmless(`project: ${shown.replace(/\r$/, "")}`)}\n`);
    if (left <= 0) onPrint("project: … (what it prints after this is left out)\n");
  };
  return (text) => {
    if (left <= 0) return;
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    if ((text === "" && rest !== "") || rest.length > MOST_CHARACTERS) {
      lines.push(rest);
      rest = "";
    }
    lines.forEach(pass);
  };
}
