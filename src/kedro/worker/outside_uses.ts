/**
 * Counts how often the interpreter uses the machine's clock, time zone and random numbers, whichever code asks for them:
 * a reading that did may be different the next time, and must not be reused.
 */

/** How often each was used. */
export interface OutsideUses {
  clock: number;
  random: number;
  timeZone: number;
}

const uses: OutsideUses = { clock: 0, random: 0, timeZone: 0 };

/** The interpreter's imports that are counted, and as what. */
const COUNTED: Readonly<Record<string, Readonly<Record<string, keyof OutsideUses>>>> = {
  wasi_snapshot_preview1: { clock_time_get: "clock", random_get: "random" },
  env: {
    emscripten_date_now: "clock",
    emscripten_get_now: "clock",
    _tzset_js: "timeZone",
    _localtime_js: "timeZone",
    _mktime_js: "timeZone",
  },
};

/** Whether the interpreter asks for the time now; its file system asks without an import. */
let isClock = false;

/**
 * Counts what the file system takes without an import of the interpreter: random numbers for `/dev/urandom`. The times of
 * files are not the machine's: each is later than the one before, and they are the same in each reading.
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

/** As `WebAssembly.instantiate` takes them, for an interpreter whose uses are counted. */
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

/** Starts counting anew. */
export function resetUses(): void {
  Object.assign(uses, { clock: 0, random: 0, timeZone: 0 });
}

/** What was used since the last reset. */
export function outsideUses(): OutsideUses {
  return { ...uses };
}
