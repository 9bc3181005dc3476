/**
 * Counts how often the interpreter uses the machine's clock, time zone and random numbers, whichever code asks for
 * them: the result of such a reading may change, so it must not be reused.
 */

/** Number of uses of each. */
export interface MachineUses {
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

/** The interpreter's imports, with the uses counted. */
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

/** Sets all counts to zero. */
export function resetUses(): void {
  Object.assign(uses, { clock: 0, random: 0, timeZone: 0 });
}

/** The counts since the last reset. */
export function machineUses(): MachineUses {
  return { ...uses };
}
