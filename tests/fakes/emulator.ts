import type { Clock, Random } from "../../src/core/context.ts";
import * as program from "../../src/emulator/emulator.ts";
import { withIds } from "../../src/emulator/http/refusal.ts";
import type * as world from "../../src/emulator/state/options.ts";
import { type Blob, memoryMaps } from "../../src/emulator/state/records.ts";
import { createLinks } from "../../src/emulator/state/world.ts";
import { type ComputeSeed, computeStates } from "./emulator/computes.ts";
import { type Fault, faults } from "./emulator/faults.ts";
import { latency, serviceTimes } from "./emulator/latency.ts";
import { limits } from "./emulator/limits.ts";
import { through } from "./emulator/middleware.ts";
import { type Outcomes, outcomes } from "./emulator/outcomes.ts";
import { privateLink, type StorageAccess, storageAccess } from "./emulator/network.ts";
import { type Denials, denials, deniedPermissions } from "./emulator/roles.ts";
import { signIns, type SignInSeed } from "./emulator/sign_in.ts";

/** How an emulator for tests misbehaves. */
export interface Switches extends Denials {
  readonly faults?: readonly Fault[];
  /** Whether requests to Resource Manager are limited as Azure limits them (default: not at all). */
  readonly limits?: boolean;
  /** Whether answers take as long as recorded ones of Azure did, in addition to `latencyMs`. */
  readonly serviceTimes?: boolean;
  /** Lifetime of people's tokens in seconds (default: 86,399). */
  readonly tokenLifetimeSeconds?: number;
  /** Delay of each response, in milliseconds. */
  readonly latencyMs?: number;
  /** Whether workspaces accept requests only through their private endpoints. */
  readonly isPrivate?: boolean;
  /** How the workspaces' storage is accessed (default: by SAS or token). */
  readonly storage?: StorageAccess | undefined;
}

/** The initial resources, and who can sign in. */
export type Seed = Omit<world.Seed, "computes"> & SignInSeed & {
  readonly computes?: readonly (string | ComputeSeed)[];
};

type Tested<Options> = Partial<Omit<Options, "seed" | "outcome">> & Switches & {
  readonly seed?: Seed;
  readonly outcome?: world.Outcome & Outcomes;
};

/** Options of an emulator; the default clock and random source are deterministic. */
export type EmulatorOptions = Tested<world.EmulatorOptions>;

/** Options of {@linkcode createEmulator}. */
export type CreateOptions = Tested<program.CreateOptions>;

/** An emulator that remembers what it was asked. */
export interface Emulator extends SwitchedEmulator {
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
  const emulator = createSwitched({ ...clockAndRandom(), ...options, maps });
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

/** An emulator that misbehaves as it is told, and that users can sign in to. */
export interface SwitchedEmulator extends program.Emulator {
  /** Makes all refresh tokens fail with an AADSTS code such as 700082 or 50173. */
  endSignIns(code: number): void;
}

/** Puts the switches around an emulator of the program. */
export function createSwitched(
  {
    faults: faulty = [],
    limits: isLimited,
    serviceTimes: isSlow,
    latencyMs,
    isPrivate,
    storage,
    deniedActions = [],
    demandsMfa = false,
    tokenLifetimeSeconds = 86_399,
    ...options
  }:
    & Omit<program.CreateOptions, "seed" | "outcome">
    & Switches
    & { readonly seed?: Seed; readonly outcome?: world.Outcome & Outcomes },
): SwitchedEmulator {
  const { clock, random, seed = {}, outcome = {} } = options;
  const maps = options.maps ?? memoryMaps();
  const { computes = [] } = seed;
  const emulator: program.Emulator = program.createEmulator({
    ...options,
    maps,
    seed: { ...seed, computes: computes.map((one) => typeof one === "string" ? one : one.name) },
  });
  const links = createLinks({ ...options, secret: emulator.identity.secret });
  const people = signIns(emulator, { clock, random, links }, { lifetimeSeconds: tokenLifetimeSeconds, seed });
  const fetch = through([
    ...(latencyMs === undefined ? [] : [latency(clock, latencyMs)]),
    ...(faulty.length === 0 ? [] : [faults({ clock, random }, faulty)]),
    ...(isSlow ? [serviceTimes(clock)] : []),
    ...(isLimited ? [limits(clock)] : []),
    ...(isPrivate ? [privateLink({ clock, random, links })] : []),
    ...(storage === undefined ? [] : [storageAccess({ clock, random, links }, storage)]),
    people.middleware,
    computeStates(computes.filter((one) => typeof one !== "string")),
    outcomes(maps, outcome),
    deniedPermissions(deniedActions),
    denials({ clock, random, links }, emulator, { deniedActions, demandsMfa }),
  ], (request) => emulator.fetch(request));
  return {
    ...emulator,
    endSignIns: people.endSignIns,
    async fetch(request) {
      request.signal.throwIfAborted();
      const response = await fetch(await ofServer(request));
      const isDone = response.headers.has("via") || response.headers.has("date");
      return isDone ? response : withIds({ clock, random }, request, response);
    },
  };
}

/** A request as a server sees it: nothing tells it that the client stopped waiting. */
async function ofServer(request: Request): Promise<Request> {
  const { url, method, headers } = request;
  const bytes = await request.bytes();
  return new Request(url, { method, headers, ...(bytes.length > 0 && { body: bytes }) });
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
