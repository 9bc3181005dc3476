/** The program's access to the outside world; {@linkcode systemContext} is the only real implementation. */
export interface Context extends Network {
  /** Environment variables at start; never modified. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute path of the working directory. */
  readonly cwd: string;
  readonly home: string | undefined;
  readonly platform: "linux" | "darwin" | "windows";
  readonly fs: FileSystem;
  /** Runs a program without a shell; resolves with its status and output, whatever the status. */
  readonly exec: (program: string, args: readonly string[], options?: ExecOptions) => Promise<Exit>;
  /**
   * Starts this program again with other arguments, as a process that survives this one; its output is appended to the
   * file `log`. `ended` resolves with its exit code, if it ends while this process waits.
   */
  readonly startAgain: (args: readonly string[], log: string) => { readonly ended: Promise<number> };
  /** Serves HTTP or HTTPS on a loopback port until `signal` aborts. */
  readonly serve: (
    handler: (request: Request) => Promise<Response>,
    options: ServeOptions,
  ) => Promise<Server>;
  /** Opens the network again with other settings than the environment's, such as another CA file. */
  readonly openNetwork: (env: Context["env"]) => Network;
  readonly resources: Resources;
  readonly clock: Clock;
  readonly random: Random;
  readonly terminal: Terminal;
  /** Aborted by Ctrl+C and by SIGTERM; the reason is the signal's name. */
  readonly signal: AbortSignal;
  /** Whether a command uses a running emulator that only simulates steps. */
  readonly simulatesSteps?: boolean;
}

/** Access to other machines, with the proxies and certificate authorities that the environment names. */
export interface Network {
  /** Sends a request once, through the configured proxy and with the configured certificate authorities. */
  readonly fetch: (request: Request) => Promise<Response>;
  readonly probe: Probe;
}

/** Tests the single steps of a connection, to find the one that fails; each gives up after 5 seconds. */
export interface Probe {
  /** Resolves a host name as the machine does. @throws {Error} with `code`, if it cannot be resolved. */
  addresses(host: string): Promise<readonly string[]>;
  /** Opens and closes a TCP connection. @throws {Error} with `code`, if it cannot be opened. */
  connect(host: string, port: number): Promise<void>;
  /** Asks a proxy for a tunnel to a host. @throws {Error} with `code`, if the proxy cannot be reached. */
  tunnel(proxy: Proxy, host: string, port: number): Promise<{
    /** HTTP status; 200 if the tunnel is open. */
    readonly status: number;
    /** Authentication schemes that the proxy offers, such as `Basic` or `Negotiate`, without their parameters. */
    readonly schemes: readonly string[];
  }>;
  /**
   * Returns the certificate chain of a host, its own certificate first, whether trusted or not.
   *
   * @throws {Error} if the host presents none.
   */
  certificates(host: string, port: number, proxy?: Proxy): Promise<readonly ServerCertificate[]>;
}

export interface Proxy {
  /** URL without user name and password. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly user: { readonly name: string; readonly password: string } | undefined;
  /** The environment variable that names it. */
  readonly from: string;
}

export interface ServerCertificate {
  /** Common name, else organizational unit or organization. */
  readonly subject: string;
  readonly issuer: string;
  readonly validTo: Date | undefined;
}

export type Chunks = AsyncIterable<Uint8Array<ArrayBuffer>>;

/** The part of a file system that the program uses; paths are absolute. */
export interface FileSystem {
  /** @throws {Deno.errors.NotFound} when there is no such file. */
  readText(path: string): Promise<string>;
  /**
   * @param id The {@linkcode Stat.id} that the file must have, so that nobody can put a link in its place.
   * @throws {Deno.errors.NotFound} when there is no such file.
   * @throws {ReplacedFile} when it has another id.
   */
  readBytes(path: string, id?: string): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Yields the file's bytes in chunks of at most 1 MiB, so that a large file is never in memory as a whole.
   *
   * @param id As for {@linkcode FileSystem.readBytes}.
   */
  readChunks(path: string, id?: string): Chunks;
  /**
   * Reads part of a file; returns fewer than `length` bytes if the file ends earlier.
   *
   * @throws {Deno.errors.NotFound} when there is no such file.
   */
  readRange(path: string, start: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Writes a temporary file and renames it, so that no reader ever sees a partial file. Creates missing folders.
   * Follows links, and writes directly to anything that is not a regular file, such as a pipe.
   */
  writeText(path: string, text: string, options?: WriteOptions): Promise<void>;
  /** Like {@linkcode FileSystem.writeText} for chunks; if the iterable throws, no file is left behind. */
  writeChunks(
    path: string,
    chunks: Chunks | readonly Uint8Array<ArrayBuffer>[],
    options?: WriteOptions,
  ): Promise<void>;
  /** Appends to a file; creates it and its folders if needed. */
  append(path: string, content: string | Uint8Array<ArrayBuffer>): Promise<void>;
  /** Renames a file, replacing an existing target. */
  rename(from: string, to: string): Promise<void>;
  /** Yields what is below `path`; a folder that `enter` refuses is neither read nor yielded. */
  walk(path: string, enter: (folder: string) => boolean): AsyncIterable<Entry>;
  /** Follows links; `undefined` if nothing is there. */
  stat(path: string): Promise<Stat | undefined>;
  /** The path with every link resolved; `undefined` if nothing is there. */
  realPath(path: string): Promise<string | undefined>;
  /** Removes a file; does nothing if it does not exist. */
  remove(path: string): Promise<void>;
  /** {@linkcode Stat.id} of the files that standard output and standard error are redirected to; absent means none. */
  redirects?(): Promise<ReadonlySet<string>>;
  /**
   * Reads rows of an SQLite file, by column name. Absent if the system has no SQLite.
   *
   * @param values The values of the placeholders in the query.
   * @param options.mayChange Whether the query may change the file (default: false).
   */
  rows?(
    path: string,
    query: string,
    values?: readonly (string | number)[],
    options?: { readonly mayChange?: boolean },
  ): Promise<readonly DatabaseRow[]>;
}

export type DatabaseRow = Readonly<Record<string, unknown>>;

/** An entry that {@linkcode FileSystem.walk} found. */
export interface Entry {
  /** Absolute path. */
  readonly path: string;
  /** Kind of the entry itself: links are not followed. */
  readonly kind: "file" | "folder" | "link" | "other";
}

interface Stat {
  readonly kind: "file" | "folder" | "other";
  readonly sizeBytes: number;
  readonly modifiedAt: Date | undefined;
  /** When its content or its rights changed, which no program can set; absent if the system does not know. */
  readonly changedAt?: Date | undefined;
  /** Identifies a file on this machine whatever its path; absent if the system has no such id. */
  readonly id?: string;
  /** Whether a link leads to it. */
  readonly isLink?: boolean;
  /** Whether another user, except root, owns it or the link that leads to it; absent if that is not known. */
  readonly isForeign?: boolean;
  /** Whether it is foreign, or its permissions let another user write to it; absent if that is not known. */
  readonly writableByOthers?: boolean;
}

export interface WriteOptions {
  readonly mode?: number;
  /** Permissions of folders created for the file, such as `0o700`. */
  readonly folderMode?: number;
  /** Fails with `Deno.errors.AlreadyExists` if the file exists. */
  readonly createNew?: boolean;
}

export interface ExecOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Whether the program gets the variables of `env` only. */
  readonly clearEnv?: boolean;
  readonly stdin?: string;
  /** Kills the program after this many milliseconds; the exit then has `timedOut`. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Called with each line that the program prints, when it does. */
  readonly onLine?: (line: string) => void;
  /**
   * Starts the program independently, as for a browser: it survives this program and Ctrl+C, and its output is
   * discarded. Resolves when the program ends by itself.
   */
  readonly detached?: boolean;
  /**
   * Keeps the program's standard input open and empty while this process lives, so that the program can notice its end,
   * however that happens, as the end of the input.
   */
  readonly noticesParentEnd?: boolean;
}

export interface Exit {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly found: boolean;
  readonly timedOut: boolean;
}

export interface ServeOptions {
  /** Port to listen on (default: a free one). */
  readonly port?: number;
  /** Certificate and key for HTTPS (default: plain HTTP). */
  readonly tls?: {
    readonly certificate: string;
    readonly key: string;
  };
  readonly signal: AbortSignal;
  /** Whether the credentials of a request are good, so that its body may be large (default: they never are). */
  readonly knows?: (head: Request) => Promise<boolean>;
}

export interface Server {
  readonly port: number;
  readonly finished: Promise<void>;
}

export interface Resources {
  /** Changes whenever the embedded Kedro or the code around it changes. @throws {UserError} `resource.missing`. */
  imageId(): Promise<string>;
  /** Starts a reader in advance for {@linkcode startReader}; it need not be used. */
  prepareReader(): void;
  /**
   * Starts the reader of Kedro projects in a separate process without any permission.
   *
   * @throws {UserError} `resource.missing` when the program was built incompletely.
   */
  startReader(): Promise<ReaderProcess>;
}

/** The process that runs a project's code; its output is untrusted. */
export interface ReaderProcess {
  /** Writes to its standard input; also resolves if the process has ended. */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  readonly output: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Resolves when the process has ended, with the name of the signal that killed it. */
  readonly ended: Promise<string | undefined>;
  /** Kills the process and waits for it to end. */
  end(): Promise<void>;
}

/** The program's clock; tests replace it so that they need not wait. */
export interface Clock {
  now(): Date;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason as soon as the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The program's source of randomness; tests replace it to get predictable values. */
export interface Random {
  uuid(): string;
  /** At least 0 and below 1. */
  number(): number;
}

/** Renders pinned lines for a size, which may change while they are shown. */
export type PinnedLines = (size: { readonly columns: number; readonly rows: number }) => readonly string[];

/** Where text is printed: results to `out`, everything else to `err`. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Prints a result, through the pager if the terminal has fewer lines. */
  page(text: string): Promise<void>;
  /** Writes one line to `err` that a CI service interprets as a command, such as `::warning::text`. */
  command(line: string): void;
  /** Whether text may be colored: on a terminal without `NO_COLOR`. */
  readonly color: boolean;
  /** Whether a person can answer a question on this terminal. */
  readonly interactive: boolean;
  /** Prompts for one line, without its line end; `undefined` at the end of the input. Call only if `interactive`. */
  question(text: string): Promise<string | undefined>;
  /** Columns of the terminal that messages are printed to; `undefined` if it is not a terminal. */
  readonly columns: number | undefined;
  /** Columns of the terminal that results are printed to; `undefined` if it is not a terminal. */
  readonly outColumns: number | undefined;
  /**
   * Pins lines below all other output under a name. A later call with the same name replaces them; without a frame it
   * removes them. Does nothing if messages do not go to a terminal.
   */
  pin(name: string, frame?: PinnedLines): Promise<void>;
}
