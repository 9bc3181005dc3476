import type { Clock, Random } from "../../src/core/context.ts";
import * as program from "../../src/emulator/emulator.ts";
import { type Blob, memoryMaps } from "../../src/emulator/state/records.ts";
import type * as world from "../../src/emulator/state/options.ts";

/** Options of an emulator; the default clock and random source are deterministic. */
export type EmulatorOptions = Partial<world.EmulatorOptions>;

/** Options of {@linkcode createEmulator}. */
export type CreateOptions = Partial<program.CreateOptions>;

/** An emulator that remembers what it was asked. */
export interface Emulator extends program.Emulator {
  /** All requests, in the order in which they were answered. */
  readonly requests: readonly RecordedRequest[];
  /** The status of a job; `undefined` if it does not exist. */
  jobStatus(name: string): string | undefined;
  /** Sizes of all blobs, by `account/container/name`. */
  blobs(): ReadonlyMap<string, number>;
}

/** Creates an emulator that has only the resources of `options.seed`. */
export function createEmulator(options: CreateOptions = {}): Emulator {
  const maps = options.maps ?? memoryMaps();
  const emulator = program.createEmulator({ ...clockAndRandom(), ...options, maps });
  const requests: RecordedRequest[] = [];
  return {
    ...emulator,
    requests,
    async fetch(request) {
      // `clone()` would copy a large body in many small pieces.
      const bytes = await request.bytes();
      const described = describe(request, bytes);
      let status: number | undefined;
      try {
        const response = await emulator.fetch(
          request.body === null ? request : new Request(request, { body: bytes }),
        );
        status = response.status;
        return response;
      } finally {
        requests.push({ ...described, status });
      }
    },
    jobStatus: (name) =>
      emulator.resources("jobs").find((job) => job.name === name)?.properties.status as string | undefined,
    blobs: () =>
      new Map(
        [...maps.of("containers").keys()].flatMap((container) =>
          [...maps.of<Blob>(`blobs:${container}`)].filter(([, blob]) => !blob.isUncommitted)
            .map(([name, blob]) => [`${container}/${name}`, blob.sizeBytes] as const)
        ),
      ),
  };
}

/** A clock that starts in 2026 and advances one second with each reading, and a random source that counts up. */
export function clockAndRandom(): { readonly clock: Pick<Clock, "now" | "sleep">; readonly random: Random } {
  return { clock: steppingClock(), random: countingRandom() };
}

function steppingClock(): Pick<Clock, "now" | "sleep"> {
  let now = Date.parse("2026-01-02T03:04:05Z");
  return {
    now: () => new Date(now += 1000),
    sleep: async (ms) => void (now += ms),
  };
}

function countingRandom(): Random {
  let count = 0;
  return {
    uuid: () => `10000000-0000-4000-8000-${String(++count).padStart(12, "0")}`,
    number: () => (++count * 0.618034) % 1,
  };
}

/** A request that the emulator received, without secrets. */
export interface RecordedRequest {
  readonly method: string;
  /** Signatures in it are replaced by `***`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON as a value, a form as an object, other content as its size. */
  readonly body: unknown;
  /** `undefined` if the connection was cut. */
  readonly status: number | undefined;
}

const HIDDEN = "***";
const SECRET_HEADERS = ["authorization", "x-azureml-token"];
const SECRET_FIELDS = [
  "client_secret",
  "client_assertion",
  "refresh_token",
  "code",
  "code_verifier",
  "device_code",
  "password",
];

/** Describes a request without the secrets in it. */
function describe(
  request: Request,
  bytes: Uint8Array<ArrayBuffer>,
): Omit<RecordedRequest, "status"> {
  return {
    method: request.method,
    url: request.url.replace(/([?&]sig=)[^&]+/, `$1${HIDDEN}`),
    headers: Object.fromEntries(
      [...request.headers].map(([name, value]) => [name, SECRET_HEADERS.includes(name) ? HIDDEN : value]),
    ),
    body: bodyOf(request.headers.get("content-type") ?? "", bytes),
  };
}

function bodyOf(type: string, bytes: Uint8Array<ArrayBuffer>): unknown {
  if (bytes.length === 0) return undefined;
  const isForm = type.startsWith("application/x-www-form-urlencoded");
  if (!isForm && !type.startsWith("application/json")) return { sizeBytes: bytes.length };
  const text = new TextDecoder().decode(bytes);
  if (isForm) {
    const fields = [...new URLSearchParams(text)];
    return Object.fromEntries(
      fields.map(([name, value]) => [name, SECRET_FIELDS.includes(name) ? HIDDEN : value]),
    );
  }
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
