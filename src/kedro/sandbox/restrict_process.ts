import { addressOf, openDescriptors, permissions, system, systemCalls } from "./saved_deno.ts";
import { filterFor, PROCESSORS } from "./seccomp_filter.ts";

/** Limit on the process's writable memory in bytes: Python, its files, and JavaScript. */
const MOST_BYTES = 2560 * 1024 * 1024;

const GET_FLAGS = 1;
const SET_PARENT_DEATH_SIGNAL = 1;
const SET_NO_NEW_PRIVILEGES = 38;
const KILL = 9;
const LIMIT_DATA = 2;
const LIMIT_CORE = 4;
const SET_MODE_FILTER = 1;
/** SECCOMP_FILTER_FLAG_TSYNC: for all threads; SECCOMP_FILTER_FLAG_SPEC_ALLOW: no slowdown on old kernels. */
const ALL_THREADS = 1;
const FULL_SPEED = 4;

const PERMISSIONS = ["read", "write", "net", "env", "sys", "run", "ffi"] as const;

/**
 * Gives up all of Deno's permissions. On Linux, also makes the kernel refuse everything that reading a project does not
 * need, and kill the process when its parent dies, and closes files and pipes that the program's caller left open, such
 * as those of `<(…)` in a shell.
 *
 * @returns whether the kernel refuses: only on Linux, and not under emulation.
 */
export function restrictProcess(): boolean {
  const isFiltered = filterSystemCalls();
  for (const name of PERMISSIONS) {
    if (permissions.revokeSync({ name }).state === "granted") throw new Error(`Cannot give up "${name}"`);
  }
  return isFiltered;
}

function filterSystemCalls(): boolean {
  const processor = system.os === "linux" ? PROCESSORS[system.arch] : undefined;
  const call = processor && systemCalls();
  if (processor === undefined || call === undefined) return false;
  const { prctl, prlimit64, seccomp, fcntl, close } = processor;
  // An inherited descriptor has no close-on-exec flag, and all of the runtime's own have it.
  for (const descriptor of openDescriptors()) {
    if (descriptor > 2 && call(fcntl, descriptor, GET_FLAGS) === 0) call(close, descriptor);
  }
  call(prctl, SET_PARENT_DEATH_SIGNAL, KILL, 0, 0, 0);
  call(prlimit64, 0, LIMIT_DATA, limit(MOST_BYTES), 0);
  call(prlimit64, 0, LIMIT_CORE, limit(0), 0);
  if (call(prctl, SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0) !== 0) return false;
  const filter = filterFor(processor);
  const program = new Uint8Array(16);
  const view = new DataView(program.buffer);
  view.setUint16(0, filter.length / 8, true);
  view.setBigUint64(8, addressOf(filter), true);
  return [ALL_THREADS | FULL_SPEED, ALL_THREADS].some((flags) =>
    call(seccomp, SET_MODE_FILTER, flags, program) === 0
  );
}

/** A `struct rlimit64` with equal soft and hard limits. */
function limit(value: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(value), true);
  view.setBigUint64(8, BigInt(value), true);
  return bytes;
}
