import type { Resources } from "../../src/core/context.ts";
import type { FromReader, ToReader } from "../../src/kedro/worker/protocol.ts";
import { createResources } from "../../src/system/resources.ts";
import { type Kept, keptFor, type Question, type Said } from "./reader_answers.ts";

type Start = Extract<ToReader, { kind: "start" }>;
type Files = Extract<ToReader, { kind: "files" }>;
type Call = Extract<ToReader, { kind: "call" }>;

let compiled: Promise<WebAssembly.Module> | undefined;

/**
 * The real embedded Kedro, for tests that are about the reader itself.
 *
 * V8 would compile the interpreter again for each Worker if nobody in the process held the compiled module.
 */
export function realReader(): Resources {
  const real = createResources();
  return {
    ...real,
    async startReader() {
      await (compiled ??= real.read("pyodide.wasm").then((wasm) => WebAssembly.compile(wasm)));
      return await real.startReader();
    },
  };
}

/** What {@linkcode rememberingReader} starts, and where it keeps answers. */
export interface RememberingOptions {
  readonly real?: Resources;
  readonly kept?: (question: Question) => Kept;
}

/**
 * The embedded Kedro for tests that are about something else: it repeats what the real one said to the same image,
 * files and requests, and starts the real one where nothing is known.
 *
 * It stands in for the Worker alone, so that all of the program around it runs as it always does.
 */
export function rememberingReader(options: RememberingOptions = {}): Resources {
  const { real = realReader(), kept = keptFor } = options;
  return {
    read: () => Promise.resolve(new Uint8Array()),
    imageId: () => Promise.resolve("remembered"),
    prepareReader() {},
    startReader: () => Promise.resolve(new RememberingWorker(real, kept) as unknown as Worker),
  };
}

/** As much of a Worker as the program uses. */
class RememberingWorker {
  onmessage: (event: { readonly data: FromReader }) => void = () => {};
  onerror: (event: ErrorEvent) => void = () => {};
  #files: Files | undefined;
  readonly #calls: Call[] = [];
  #real: Promise<RealWorker> | undefined;
  #terminated = false;
  #last: Promise<void> = Promise.resolve();

  constructor(
    private readonly resources: Resources,
    private readonly kept: (question: Question) => Kept,
  ) {}

  postMessage(message: ToReader): void {
    if (message.kind === "files") this.#files = message;
    if (message.kind === "start") queueMicrotask(() => this.#say({ kind: "started" }));
    if (message.kind === "call") {
      this.#calls.push(message);
      const calls = [...this.#calls];
      this.#last = this.#last.then(() => this.#answer(calls)).catch((thrown) => {
        this.#say({ kind: "ended", reason: thrown instanceof Error ? thrown.message : String(thrown) });
      });
    }
  }

  terminate(): void {
    this.#terminated = true;
    void this.#real?.then(({ terminate }) => terminate());
  }

  #say(data: FromReader): void {
    if (!this.#terminated) this.onmessage({ data });
  }

  async #answer(calls: readonly Call[]): Promise<void> {
    const [call, ...before] = calls.toReversed();
    const kept = this.kept({ ...this.#files!, requests: calls.map(({ request }) => request) });
    const known = this.#real === undefined ? kept.read() : undefined;
    if (known !== undefined) {
      for (const said of known) this.#say(said.kind === "answer" ? { ...said, id: call!.id } : said);
      return;
    }
    const isNew = this.#real === undefined;
    const real = await (this.#real ??= startReal(this.resources, this.#files!));
    for (const earlier of isNew ? before.toReversed() : []) await real.ask(earlier, () => {});
    if (this.#terminated) return;
    const { said, isSteady } = await real.ask(call!, (each) => each.kind === "answer" || this.#say(each));
    if (isSteady) kept.write(said);
    said.filter(({ kind }) => kind === "answer").forEach((answer) => this.#say(answer));
  }
}

interface RealWorker {
  /** Asks, and tells at once what is said; steady is what the same question would be told again. */
  ask(
    call: Call,
    tell: (said: FromReader) => void,
  ): Promise<{ readonly said: Said; readonly isSteady: boolean }>;
  terminate(): void;
}

async function startReal(resources: Resources, files: Files): Promise<RealWorker> {
  const worker = await resources.startReader();
  let hear: (said: FromReader) => void = () => {};
  worker.onmessage = ({ data }: MessageEvent<FromReader>) => hear(data);
  worker.onerror = (event) => {
    event.preventDefault();
    hear({ kind: "ended", reason: event.message });
  };
  const started = new Promise<FromReader>((resolve) => {
    hear = (said) => {
      if (said.kind === "started" || said.kind === "ended") resolve(said);
    };
  });
  const names = ["kedro.snapshot", "pyodide.wasm", "python_stdlib.zip", "site.zip"] as const;
  const [snapshot, wasm, stdlib, site] = await Promise.all(names.map((name) => resources.read(name)));
  const lock = new TextDecoder().decode(await resources.read("pyodide-lock.json"));
  const start: Start = {
    kind: "start",
    image: { snapshot: snapshot!, wasm: wasm!, stdlib: stdlib!, site: site!, lock },
  };
  worker.postMessage(start, [snapshot, wasm, stdlib, site].map((bytes) => bytes!.buffer));
  const first = await started;
  if (first.kind === "ended") throw new Error(first.reason);
  worker.postMessage(files);
  return {
    async ask(call, tell) {
      const said: FromReader[] = [];
      const ended = new Promise<void>((resolve) => {
        hear = (each) => {
          said.push(each);
          tell(each);
          if (each.kind === "answer" || each.kind === "ended") resolve();
        };
      });
      worker.postMessage(call);
      await ended;
      // What the project fetched while it ran stands in no key, and what ended may not end again.
      return { said, isSteady: !said.some(({ kind }) => kind === "ask" || kind === "ended") };
    },
    terminate: () => worker.terminate(),
  };
}
