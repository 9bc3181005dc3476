import type { ReaderProcess, Resources } from "../../src/core/context.ts";
import { decodeFrames } from "../../src/kedro/reader/sandbox_client.ts";
import { encodeFrame, type Frame, type FromReader, type ToReader } from "../../src/kedro/sandbox/protocol.ts";
import { createResources } from "../../src/system/reader_process.ts";
import { messageReader } from "./message_reader.ts";
import { reusedReader } from "./reused_reader.ts";
import { type Kept, keptFor, type Question, type Said } from "./reader_answers.ts";

/** Creates the real reader, for tests of the reader itself. */
export function realReader(): Resources {
  return createResources();
}

/** Options of {@linkcode rememberingReader}. */
export interface RememberingOptions {
  readonly real?: Resources;
  readonly kept?: (question: Question) => Kept;
}

/**
 * Creates a reader that repeats the real reader's answers for the same image, files and requests, and starts the
 * real reader for new ones.
 *
 * It only replaces the reader's process, so the rest of the program runs as usual.
 */
export function rememberingReader(options: RememberingOptions = {}): Resources {
  const { real = reusedReader(), kept = keptFor } = options;
  return {
    imageId: () => Promise.resolve("remembered"),
    prepareReader() {},
    startReader: () => Promise.resolve(rememberingProcess(real, kept)),
  };
}

/** A message to the reader. */
type Written = Frame<ToReader>;

function rememberingProcess(resources: Resources, kept: (question: Question) => Kept): ReaderProcess {
  const { promise: ended, resolve: end } = Promise.withResolvers<string | undefined>();
  let controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
  let isOver = false;
  let files: Written | undefined;
  let real: Promise<RealReader> | undefined;
  let last: Promise<void> = Promise.resolve();
  const calls: Written[] = [];
  const read = messageReader<ToReader>();
  const say = ({ kind, text }: Said[number]) => {
    if (isOver) return;
    for (const bytes of encodeFrame({ kind }, new TextEncoder().encode(text))) controller.enqueue(bytes);
  };
  async function answer(asked: readonly Written[]): Promise<void> {
    const requests = asked.map(({ body }) => new TextDecoder().decode(body));
    const place = kept({ ...questionOf(files!), requests });
    const known = real === undefined ? place.read() : undefined;
    if (known !== undefined) return known.forEach(say);
    const isNew = real === undefined;
    const reader = await (real ??= startReal(resources, files!));
    for (const earlier of isNew ? asked.slice(0, -1) : []) await reader.ask(earlier, () => {});
    if (isOver) return;
    const { said, isSteady } = await reader.ask(asked.at(-1)!, (each) => each.kind === "answer" || say(each));
    if (isSteady) place.write(said);
    said.filter(({ kind }) => kind === "answer").forEach(say);
  }
  return {
    ended,
    output: new ReadableStream({
      start(opened) {
        controller = opened;
        say({ kind: "started", text: "" });
      },
      cancel: () => void (isOver = true),
    }),
    async write(bytes) {
      for (const message of read(bytes)) {
        if (message.header.kind === "files") files = message;
        if (message.header.kind === "answer") await (await real)?.forward(message);
        if (message.header.kind !== "call") continue;
        calls.push(message);
        const asked = [...calls];
        last = last.then(() => answer(asked)).catch((thrown) => {
          say({ kind: "ended", text: thrown instanceof Error ? thrown.message : String(thrown) });
        });
      }
    },
    async end() {
      if (!isOver) controller.close();
      isOver = true;
      end(undefined);
      await (await real?.catch(() => undefined))?.end();
    },
  };
}

function questionOf({ header, body }: Written): Omit<Question, "requests"> {
  const { files, folders, later } = header as Extract<ToReader, { kind: "files" }>;
  let at = 0;
  const split = files.map(({ path, sizeBytes }) => ({ path, bytes: body.subarray(at, at += sizeBytes) }));
  return { files: split, folders, later };
}

interface RealReader {
  /** Sends a question and passes on each message; `isSteady` if another reading would answer the same. */
  ask(
    call: Written,
    tell: (said: Said[number]) => void,
  ): Promise<{ readonly said: Said; readonly isSteady: boolean }>;
  /** Passes on the answer to a fetch of project code. */
  forward(message: Written): Promise<void>;
  end(): Promise<void>;
}

async function startReal(resources: Resources, files: Written): Promise<RealReader> {
  const reader = await resources.startReader();
  const forward = async ({ header, body }: Written) => {
    for (const bytes of encodeFrame(header, body)) await reader.write(bytes);
  };
  let hear: (said: Said[number]) => void = () => {};
  const heard = (async () => {
    try {
      for await (const { header, body } of decodeFrames(reader.output)) {
        hear({ kind: (header as FromReader).kind, text: new TextDecoder().decode(body) });
      }
      hear({ kind: "ended", text: await reader.ended ?? "it stopped" });
    } catch (thrown) {
      hear({ kind: "ended", text: String(thrown) });
    }
  })();
  await forward(files);
  return {
    async ask(call, tell) {
      const said: Said[number][] = [];
      const ended = new Promise<void>((resolve) => {
        hear = (each) => {
          if (each.kind === "started") return;
          said.push(each);
          tell(each);
          if (each.kind === "answer" || each.kind === "ended") resolve();
        };
      });
      await forward(call);
      await ended;
      // Fetches of running code are not part of the key, and a process may not end the same way again.
      return { said, isSteady: !said.some(({ kind }) => kind === "ask" || kind === "ended") };
    },
    forward,
    async end() {
      await reader.end();
      await heard;
    },
  };
}
