import { join } from "node:path";
import type {
  Context,
  Entry,
  ExecOptions,
  Exit,
  FileSystem,
  Network,
  Probe,
  Resources,
} from "../../src/core/context.ts";
import { joinedBytes } from "../../src/core/bytes.ts";
import { pathMap, realPlatform, slashed, slashedPaths } from "./paths.ts";
import { rememberingReader } from "./reader.ts";

/** Options of a fake world. */
export interface FakeOptions {
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  readonly platform?: Context["platform"];
  /** Content by absolute path. */
  readonly files?: Record<string, string | Uint8Array<ArrayBuffer>>;
  /** Default: files in memory of a Linux machine, with a home folder. */
  readonly fs?: FileSystem;
  readonly fetch?: (request: Request) => Promise<Response>;
  readonly probe?: Partial<Probe>;
  readonly serve?: Context["serve"];
  readonly exec?: (program: string, args: readonly string[], options?: ExecOptions) => Promise<Exit>;
  readonly interactive?: boolean;
  /** Answers to questions, in order. */
  readonly answers?: readonly string[];
  readonly color?: boolean;
  /** Width of the terminal; absent if output does not go to a terminal. */
  readonly columns?: number;
  /** Default: a reader that remembers earlier answers. */
  readonly resources?: Resources;
  readonly signal?: AbortSignal;
}

/** Waits until other work had its turn; a spinner that is stopped meanwhile leaves no timer. */
function turn(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal!.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    });
    signal?.addEventListener("abort", stop, { once: true });
  });
}

/** A world in memory that records output and sleeps. */
export interface FakeContext extends Context {
  stdout(): string;
  stderr(): string;
  /** Pinned lines of the terminal: the name and lines of each update. */
  readonly frames: string[][];
  /** Milliseconds of each sleep; sleeps take no time. */
  readonly sleeps: number[];
  readonly files: Map<string, Uint8Array<ArrayBuffer>>;
}

/** How a program ended: well, and without a word, but for what is given. */
export function exited(exit: Partial<Exit> = {}): Exit {
  return { status: 0, stdout: "", stderr: "", found: true, timedOut: false, ...exit };
}

/** Creates a world without network, programs or waiting, unless `options` has them. */
export function fakeContext(options: FakeOptions = {}): FakeContext {
  const files: FakeContext["files"] = pathMap();
  for (const [path, content] of Object.entries(options.files ?? {})) files.set(path, toBytes(content));
  const answers = [...options.answers ?? []];
  const [out, err, sleeps]: [string[], string[], number[]] = [[], [], []];
  let now = Date.parse("2026-01-02T03:04:05Z");
  let count = 0;
  // Apart from ids, so that names of jobs in transcripts do not change with the number of requests.
  let drawn = 22;
  const frames: string[][] = [];
  const network: Network = {
    fetch: options.fetch ?? (() => Promise.reject(new TypeError("A fake world has no network"))),
    probe: { ...OPEN, ...options.probe },
  };
  return {
    env: Object.freeze({ ...options.env }),
    cwd: options.cwd ?? "/project",
    home: options.fs === undefined ? "/home/user" : undefined,
    platform: options.platform ?? (options.fs === undefined ? "linux" : realPlatform()),
    fs: options.fs ?? memoryFs(files),
    exec: options.exec ??
      (async () => exited({ status: 127, found: false })),
    startAgain: () => ({ ended: Promise.resolve(127) }),
    serve: options.serve ?? (() => Promise.reject(new Error("A fake world serves nothing"))),
    ...network,
    openNetwork: () => network,
    resources: { ...(options.resources ?? rememberingReader()), prepareReader() {} },
    clock: {
      now: () => new Date(now),
      async sleep(ms, signal) {
        signal?.throwIfAborted();
        sleeps.push(ms);
        now += ms;
        // Now and then real work, such as a real reader, gets its turn: a spinner sleeps until that ends.
        if (sleeps.length % 20 === 0) await turn(signal);
        else await Promise.resolve();
      },
    },
    random: {
      uuid: () => `00000000-0000-4000-8000-${String(++count).padStart(12, "0")}`,
      number: () => (++drawn * 0.618034) % 1,
    },
    terminal: {
      out: (text) => void out.push(text),
      page: (text) => Promise.resolve(void out.push(text)),
      err: (text) => void err.push(text),
      command: (line) => void err.push(`${line}\n`),
      color: options.color ?? false,
      interactive: options.interactive ?? false,
      question: async (text) => {
        err.push(text);
        return answers.shift();
      },
      columns: options.columns ?? (options.interactive ? 100 : undefined),
      outColumns: options.columns,
      async pin(name, frame) {
        if (options.interactive && frame) frames.push([name, ...frame({ columns: 100, rows: 30 })]);
      },
    },
    signal: options.signal ?? new AbortController().signal,
    stdout: () => slashedPaths(out.join("")),
    stderr: () => slashedPaths(err.join("")),
    frames,
    sleeps,
    files,
  };
}

/** A network with every host reachable and trusted. */
const OPEN: Probe = {
  addresses: async () => ["10.0.0.4"],
  connect: async () => {},
  tunnel: async () => ({ status: 200, schemes: [] }),
  certificates: async (host) => [
    { subject: host, issuer: "Example TLS CA", validTo: new Date("2026-06-01T00:00:00Z") },
  ],
};

function toBytes(content: string | Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return typeof content === "string" ? new TextEncoder().encode(content) : content;
}

function memoryFs(files: Map<string, Uint8Array<ArrayBuffer>>): FileSystem {
  const read = (path: string) => {
    const bytes = files.get(path);
    if (bytes === undefined) throw new Deno.errors.NotFound(`No such file: ${path}`);
    return bytes;
  };
  const isFolder = (path: string) => [...files.keys()].some((file) => file.startsWith(`${slashed(path)}/`));
  return {
    readText: async (path) => new TextDecoder().decode(read(path)),
    readBytes: async (path) => read(path).slice(),
    async *readChunks(path) {
      if (read(path).length > 0) yield read(path).slice();
    },
    readRange: async (path, start, length) => read(path).slice(start, start + length),
    async writeText(path, text, writing) {
      if (writing?.createNew && files.has(path)) throw new Deno.errors.AlreadyExists(path);
      files.set(path, toBytes(text));
    },
    async writeChunks(path, chunks, writing) {
      if (writing?.createNew && files.has(path)) throw new Deno.errors.AlreadyExists(path);
      const bytes = await new Blob(await Array.fromAsync(chunks)).bytes();
      files.set(path, bytes);
    },
    async append(path, content) {
      files.set(path, joinedBytes([files.get(path) ?? new Uint8Array(), toBytes(content)]));
    },
    async rename(from, to) {
      files.set(to, read(from));
      files.delete(from);
    },
    async *walk(path, enter) {
      if (!isFolder(path)) throw new Deno.errors.NotFound(`No such folder: ${path}`);
      yield* walkMemory(files, path, enter);
    },
    async stat(path) {
      const bytes = files.get(path);
      if (bytes) return { kind: "file", sizeBytes: bytes.length, modifiedAt: new Date(0) };
      return isFolder(path) ? { kind: "folder", sizeBytes: 0, modifiedAt: new Date(0) } : undefined;
    },
    realPath: async (path) => (files.has(path) || isFolder(path) ? path : undefined),
    async remove(path) {
      files.delete(path);
    },
  };
}

function* walkMemory(
  files: Map<string, unknown>,
  path: string,
  enter: (folder: string) => boolean,
): Iterable<Entry> {
  const folder = `${slashed(path)}/`;
  const inside = [...files.keys()].filter((file) => file.startsWith(folder));
  const names = new Set(inside.map((file) => file.slice(folder.length).split("/")[0]!));
  for (const name of [...names].sort()) {
    const child = join(path, name);
    if (files.has(child)) yield { path: child, kind: "file" };
    else if (enter(child)) {
      yield { path: child, kind: "folder" };
      yield* walkMemory(files, child, enter);
    }
  }
}
