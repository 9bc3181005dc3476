/** What the program may touch from outside; {@linkcode systemContext} is the only real one. */
export interface Context extends Network {
  /** Environment variables at start; never written to. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute path of the working directory. */
  readonly cwd: string;
  readonly home: string | undefined;
  readonly platform: "linux" | "darwin" | "windows";
  readonly fs: FileSystem;
  /** Runs a program without a shell; resolves with its status and output, whatever the status. */
  readonly exec: (program: string, args: readonly string[], options?: ExecOptions) => Promise<Exit>;
  /** Serves HTTP or HTTPS on a loopback port until `signal` aborts. */
  readonly serve: (
    handler: (request: Request) => Promise<Response>,
    options: ServeOptions,
  ) => Promise<Server>;
  /** Makes the network anew, for options that say something else than the environment. */
  readonly openNetwork: (env: Context["env"]) => Network;
  /** Files that ship with the program. */
  readonly resources: Resources;
  readonly clock: Clock;
  readonly random: Random;
  readonly terminal: Terminal;
  /** Aborted by Ctrl+C and by SIGTERM; the reason is the signal's name. */
  readonly signal: AbortSignal;
}

/** The ways to other machines, as the environment has them: its proxies and its certificate authorities. */
export interface Network {
  /** One attempt, through the proxy and with the CA that the machine names. */
  readonly fetch: (request: Request) => Promise<Response>;
  readonly probe: Probe;
}

/** Looks at single steps of a connection, to find out which of them does not work; each gives up after some seconds. */
export interface Probe {
  /** The addresses of a name, as the machine itself finds them. @throws {Error} with `code`, when there are none. */
  addresses(host: string): Promise<readonly string[]>;
  /** Opens a TCP connection and closes it. @throws {Error} with `code`, when it cannot be opened. */
  connect(host: string, port: number): Promise<void>;
  /** Asks a proxy for a way to a host, and gives its answer to that. @throws {Error} as {@linkcode Probe.connect}. */
  tunnel(proxy: Proxy, host: string, port: number): Promise<TunnelAnswer>;
  /**
   * The certificates that a host shows, its own first, whether they are trusted or not.
   *
   * @throws {Error} when it shows none.
   */
  certificates(host: string, port: number, proxy?: Proxy): Promise<readonly ServerCertificate[]>;
}

/** A proxy, and what it wants to know. */
export interface Proxy {
  /** Its address without user and password. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly user: { readonly name: string; readonly password: string } | undefined;
  /** The variable that names it. */
  readonly from: string;
}

/** What a proxy says to a request for a way. */
export interface TunnelAnswer {
  /** 200 where the way is open. */
  readonly status: number;
  /** How it wants to know who asks, such as `Basic` or `Negotiate`; of each only the first word. */
  readonly schemes: readonly string[];
}

/** What is shown of a certificate. */
export interface ServerCertificate {
  /** Its common name, else its organisation. */
  readonly subject: string;
  readonly issuer: string;
  readonly validTo: Date | undefined;
}

/** The part of a file system that the program uses; paths are absolute. */
export interface FileSystem {
  /** @throws {Deno.errors.NotFound} when there is no such file. */
  readText(path: string): Promise<string>;
  /** @throws {Deno.errors.NotFound} when there is no such file. */
  readBytes(path: string): Promise<Uint8Array<ArrayBuffer>>;
  /** Yields the file's bytes in pieces of at most 4 MiB, so that a large file never is in memory whole. */
  readChunks(path: string): AsyncIterable<Uint8Array<ArrayBuffer>>;
  /**
   * Reads a part of a file without the rest; less than `length` bytes where the file ends before.
   *
   * @throws {Deno.errors.NotFound} when there is no such file.
   */
  readRange(path: string, start: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Writes beside the file and renames, so that nobody ever reads half of it; makes folders. Follows links, and writes
   * straight into what is no file, such as a pipe.
   */
  writeText(path: string, text: string, options?: WriteOptions): Promise<void>;
  /** The same with pieces that come one after the other; what throws among them leaves nothing behind. */
  writeChunks(
    path: string,
    chunks: AsyncIterable<Uint8Array<ArrayBuffer>>,
    options?: WriteOptions,
  ): Promise<void>;
  /** Adds to the end of a file, which is made where it is not there, with its folders. */
  append(path: string, content: string | Uint8Array<ArrayBuffer>): Promise<void>;
  /** Gives a file another name, in the place of one that has it. */
  rename(from: string, to: string): Promise<void>;
  /** Yields files and links below `path`, and folders that are entered; a folder for which `enter` says no is neither read nor yielded. */
  walk(path: string, enter: (folder: string) => boolean): AsyncIterable<Entry>;
  /** Follows links; `undefined` when there is nothing. */
  stat(path: string): Promise<Stat | undefined>;
  /** The path with every link resolved; `undefined` when there is nothing. */
  realPath(path: string): Promise<string | undefined>;
  /** Does nothing when there is no such file. */
  remove(path: string): Promise<void>;
  /** {@linkcode Stat.id} of the files that standard output and standard error are written to; absent: of none. */
  redirects?(): Promise<ReadonlySet<string>>;
  /**
   * Paths below a folder, relative to it, that {@linkcode FileSystem.walk} cannot tell because their names are not UTF-8,
   * with `\ufffd` for what is none; absent where `walk` tells them all.
   */
  undecodable?(folder: string): Promise<readonly string[]>;
}

/** One thing that {@linkcode FileSystem.walk} found. */
export interface Entry {
  /** Absolute path. */
  readonly path: string;
  /** Of the thing itself: a link is never a file or a folder here. */
  readonly kind: "file" | "folder" | "link" | "other";
}

/** What is known of a path without reading it. */
export interface Stat {
  readonly kind: "file" | "folder" | "other";
  readonly sizeBytes: number;
  readonly modifiedAt: Date | undefined;
  /** Tells one file from all others of the machine, by whatever path; absent where the system does not say. */
  readonly id?: string;
}

/** How a file is written. */
export interface WriteOptions {
  /** Permissions, such as `0o600`. */
  readonly mode?: number;
  /** Permissions of the folders that are made for it, such as `0o700`. */
  readonly folderMode?: number;
  /** Refuses with `Deno.errors.AlreadyExists` where the file is there. */
  readonly createNew?: boolean;
}

/** How a program is run. */
export interface ExecOptions {
  readonly cwd?: string;
  /** Added to the environment of this program. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether the program gets the variables of `env` only. */
  readonly clearEnv?: boolean;
  readonly stdin?: string;
  /** The program is ended after so many milliseconds; the exit then has `timedOut`. */
  readonly timeoutMs?: number;
  /**
   * The same once it has neither used the processor nor waited for a disk for so many milliseconds, on systems that tell.
   */
  readonly idleMs?: number;
  readonly signal?: AbortSignal;
  /**
   * Leaves the program to itself, as a browser wants it: it outlives this one and its Ctrl+C, and what it prints is not
   * seen. The exit comes where it ends by itself.
   */
  readonly detached?: boolean;
  /**
   * Keeps the program's standard input open, with nothing in it, until this process has ended, however that happens, or
   * the program itself has.
   */
  readonly leashed?: boolean;
}

/** How a program ended. */
export interface Exit {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Whether there is such a program at all. */
  readonly found: boolean;
  readonly timedOut: boolean;
}

/** Where to listen. */
export interface ServeOptions {
  /** 0 or absent: a free port. */
  readonly port?: number;
  /** Absent: without TLS. */
  readonly tls?: TlsIdentity;
  readonly signal: AbortSignal;
}

/** Who a server is to its clients, as PEM. */
export interface TlsIdentity {
  readonly certificate: string;
  readonly key: string;
}

/** A server that listens. */
export interface Server {
  readonly port: number;
  /** Resolves when it has stopped. */
  readonly finished: Promise<void>;
}

/** What was built into the program for reading projects. */
export interface Resources {
  /** Changes whenever the embedded Kedro or anything that reads with it changes. @throws {UserError} `resource.missing`. */
  imageId(): Promise<string>;
  /** Begins what {@linkcode startReader} does, so that it is done when it is asked for; the process may end without. */
  prepareReader(): void;
  /**
   * Starts the reader of Kedro projects, in a process of its own without any permission.
   *
   * @throws {UserError} `resource.missing` where the program was not built whole.
   */
  startReader(): Promise<ReaderProcess>;
}

/** The process that runs a project's code; what it says is a stranger's. */
export interface ReaderProcess {
  /** Writes to its input; resolves as well where it has ended. */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  readonly output: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Resolves once it has ended, with the signal that ended it. */
  readonly ended: Promise<string | undefined>;
  /** Ends it, whatever it does, and waits until it has. */
  end(): Promise<void>;
}

/** Time as the program sees it, so that tests need not wait. */
export interface Clock {
  now(): Date;
  /** Resolves after `ms` milliseconds, or rejects with the signal's reason as soon as it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Chance as the program sees it, so that tests can foresee it. */
export interface Random {
  /** A version 4 UUID. */
  uuid(): string;
  /** At least 0 and below 1. */
  number(): number;
}

/** Makes the lines that fit a size, which may change while they are shown. */
export type PinnedLines = (size: { readonly columns: number; readonly rows: number }) => readonly string[];

/** Where text goes: results to `out`, everything else to `err`. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Writes one line that a CI service takes for a command, such as `::warning::text`, to `err`. */
  command(line: string): void;
  /** Whether text may be coloured: a terminal, and `NO_COLOR` unset. */
  readonly color: boolean;
  /** Whether a person can answer a question on this terminal. */
  readonly interactive: boolean;
  /** Asks for one line, without its end; `undefined` where the input has ended. Only where it is `interactive`. */
  question(text: string): Promise<string | undefined>;
  /** Columns of the terminal that messages go to; `undefined` in a log. */
  readonly columns: number | undefined;
  /** Columns of the terminal that results go to; `undefined` where they go elsewhere. */
  readonly outColumns: number | undefined;
  /**
   * Keeps lines below everything that is said, under a name of theirs, until they are given anew or, without a frame,
   * taken away. Nothing in a log.
   */
  pin(name: string, frame?: PinnedLines): Promise<void>;
}
