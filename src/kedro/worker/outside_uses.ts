/**
 * Imported before Pyodide: counts how often the interpreter uses the machine's clock, time zone and random numbers,
 * whichever code asks for them. A reading that did is different each time and must not be reused.
 *
 * The times of files are not the machine's: they count changes, so that they are the same in each reading.
 */

/** How often each was used. */
export interface OutsideUses {
  clock: number;
  random: number;
  timeZone: number;
}

const uses: OutsideUses = { clock: 0, random: 0, timeZone: 0 };

/** What of the interpreter's imports reads the clock or the time zone; the file system has no part in these. */
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

const { now } = Date;
const { getRandomValues } = crypto;
const { random } = Math;
let isClock = false;
let fileTimeMs = Date.UTC(2020, 0, 1);

Object.assign(Date, { now: () => isClock ? now() : fileTimeMs++ });
// Files such as /dev/urandom get random numbers without an import of the interpreter.
Object.assign(crypto, {
  getRandomValues<T extends ArrayBufferView<ArrayBuffer>>(into: T): T {
    uses.random++;
    return getRandomValues.call(crypto, into) as T;
  },
});
Object.assign(Math, {
  random() {
    uses.random++;
    return random();
  },
});

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
