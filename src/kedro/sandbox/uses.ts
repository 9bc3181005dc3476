/**
 * Counts how often the interpreter uses the machine's clock, time zone and random numbers, whichever code asks for
 * them: the result of such a reading may change, so it must not be reused.
 */

interface MachineUses {
  clock: number;
  random: number;
  timeZone: number;
}

const uses: MachineUses = { clock: 0, random: 0, timeZone: 0 };

/** The interpreter's imports to count, and the counter for each. */
const COUNTED: Readonly<Record<string, Readonly<Record<string, keyof MachineUses>>>> = {
  wasi_snapshot_preview1: { clock_time_get: "clock", random_get: "random" },
  env: {
    emscripten_date_now: "clock",
    emscripten_get_now: "clock",
    _tzset_js: "timeZone",
    _localtime_js: "timeZone",
    _mktime_js: "timeZone",
  },
};

/** Whether a counted import is reading the clock; the file system reads it without one. */
let isClock = false;

/**
 * Counts uses by the file system, which makes no import call: random numbers for `/dev/urandom`. File times do not come
 * from the machine: they start at a fixed date and increase, and are the same in each reading.
 */
export function countFileSystem(): void {
  const { now } = Date;
  const { getRandomValues } = crypto;
  let fileTimeMs = Date.UTC(2020, 0, 1);
  Object.assign(Date, { now: () => isClock ? now() : fileTimeMs++ });
  Object.assign(crypto, {
    getRandomValues<T extends ArrayBufferView<ArrayBuffer>>(into: T): T {
      uses.random++;
      return getRandomValues.call(crypto, into) as T;
    },
  });
}

export function countUses(imports: WebAssembly.Imports): WebAssembly.Imports {
  const counted = { ...imports };
  for (const [module, names] of Object.entries(COUNTED)) {
    const functions = { ...counted[module] };
    for (const [name, kind] of Object.entries(names)) {
      const original = functions[name];
      if (typeof original !== "function") throw new Error(`The interpreter does not import "${name}"`);
      functions[name] = (...args: unknown[]) => {
        uses[kind]++;
        isClock = true;
        try {
          return original(...args);
        } finally {
          isClock = false;
        }
      };
    }
    counted[module] = functions;
  }
  return counted;
}

export function resetUses(): void {
  Object.assign(uses, { clock: 0, random: 0, timeZone: 0 });
}

export function machineUses(): MachineUses {
  return { ...uses };
}

/**
 * Notes which files and folders of the project its code looked up, found or not, and which folders it listed: a reading
 * gives the same result as long as those are the same.
 */

/** What the project's code looked at; paths are absolute, inside the interpreter. */
export interface UsedFiles {
  /** Each path that was looked up, whether or not it exists. */
  readonly paths: readonly string[];
  readonly listed: readonly string[];
}

/** The functions of Emscripten's file system through which every path goes. */
interface FileSystem {
  lookupPath(path: string, ...options: unknown[]): unknown;
  readdir(path: string): string[];
  rename(from: string, to: string): unknown;
  symlink(target: string, path: string): unknown;
  cwd(): string;
}

let root: string | undefined;
let isMoved = false;
const paths = new Set<string>();
const listed = new Set<string>();

/** Lets {@linkcode startNoting} see every use of the file system. */
export function watchFiles(fs: FileSystem): void {
  const { lookupPath, readdir, rename, symlink } = fs;
  const below = (path: unknown) => {
    if (root === undefined || typeof path !== "string") return undefined;
    const absolute = path.startsWith("/") ? path : `${fs.cwd()}/${path}`;
    return absolute.startsWith(root) || absolute.includes("..") ? normal(absolute) : undefined;
  };
  fs.lookupPath = (path, ...options) => {
    const used = below(path);
    if (used !== undefined) paths.add(used);
    return lookupPath.call(fs, path, ...options);
  };
  fs.readdir = (path) => {
    const used = below(path);
    if (used !== undefined) listed.add(used);
    return readdir.call(fs, path);
  };
  // Afterwards another path leads to a file of the project.
  fs.rename = (from, to) => {
    if (below(from) !== undefined) isMoved = true;
    return rename.call(fs, from, to);
  };
  fs.symlink = (target, path) => {
    if (root !== undefined) isMoved = true;
    return symlink.call(fs, target, path);
  };
}

/** Forgets what was noted, and notes uses of the project's folder from now on. */
export function startNoting(projectRoot: string): void {
  root = projectRoot;
  isMoved = false;
  paths.clear();
  listed.clear();
}

/** What was noted; `null` if any file may have been used. */
export function usedFiles(): UsedFiles | null {
  return isMoved ? null : { paths: [...paths].sort(), listed: [...listed].sort() };
}

/** The path without `.` and `..`; `undefined` outside the project. Folders that `..` leaves are noted. */
function normal(path: string): string | undefined {
  const names: string[] = [];
  for (const name of path.split("/")) {
    if (name === "..") {
      const left = `/${names.join("/")}`;
      if (isInside(left)) paths.add(left);
      names.pop();
    } else if (name !== "" && name !== ".") names.push(name);
  }
  const whole = `/${names.join("/")}`;
  return isInside(whole) ? whole : undefined;
}

function isInside(path: string): boolean {
  return path === root || path.startsWith(`${root}/`);
}
