import { deepEqual, equal } from "node:assert/strict";
import { filterFor, PROCESSORS } from "../../../src/kedro/sandbox/seccomp_filter.ts";

/** Numbers of system calls on x86_64 and aarch64, as asm/unistd_64.h of Linux 6 has them, if they have the call. */
const ALLOWED: Readonly<Record<string, readonly [x86_64: number, aarch64?: number]>> = {
  read: [0, 63],
  write: [1, 64],
  readv: [19, 65],
  writev: [20, 66],
  close: [3, 57],
  fstat: [5, 80],
  mmap: [9, 222],
  munmap: [11, 215],
  mprotect: [10, 226],
  madvise: [28, 233],
  mremap: [25, 216],
  brk: [12, 214],
  futex: [202, 98],
  sched_yield: [24, 124],
  sched_getaffinity: [204, 123],
  sched_getparam: [143, 121],
  sched_getscheduler: [145, 120],
  nanosleep: [35, 101],
  clock_nanosleep: [230, 115],
  clock_gettime: [228, 113],
  clock_getres: [229, 114],
  gettimeofday: [96, 169],
  getpid: [39, 172],
  gettid: [186, 178],
  getrusage: [98, 165],
  sysinfo: [99, 179],
  uname: [63, 160],
  getrandom: [318, 278],
  rt_sigaction: [13, 134],
  rt_sigprocmask: [14, 135],
  rt_sigreturn: [15, 139],
  sigaltstack: [131, 132],
  restart_syscall: [219, 128],
  membarrier: [324, 283],
  rseq: [334, 293],
  set_robust_list: [273, 99],
  epoll_ctl: [233, 21],
  epoll_pwait: [281, 22],
  ppoll: [271, 73],
  exit: [60, 93],
  exit_group: [231, 94],
  lseek: [8, 62],
  set_tid_address: [218, 96],
  pkey_mprotect: [329, 288],
  pkey_alloc: [330, 289],
  pkey_free: [331, 290],
  epoll_wait: [232],
  poll: [7],
  time: [201],
};

/** Calls that install the filter, and calls with checked arguments. */
const SPECIAL: Readonly<Record<string, readonly number[]>> = {
  close: [3, 57],
  seccomp: [317, 277],
  prlimit64: [302, 261],
  prctl: [157, 167],
  fcntl: [72, 25],
  clone: [56, 220],
  clone3: [435, 435],
};

/** AUDIT_ARCH_X86_64 and AUDIT_ARCH_AARCH64 of linux/audit.h: ELF's machine, 64 bits, little-endian. */
const AUDIT: Readonly<Record<string, number>> = { x86_64: 0xc000003e, aarch64: 0xc00000b7 };

/** SECCOMP_RET_ALLOW, and SECCOMP_RET_ERRNO with EPERM and ENOSYS. */
const [ALLOW, DENY, UNKNOWN] = [0x7fff0000, 0x50001, 0x50026];

/** Runs a filter as the kernel does, with the upper halves of arguments as odd words. */
function answerOf(
  filter: Uint8Array<ArrayBuffer>,
  audit: number,
  call: number,
  words: readonly number[] = [],
) {
  const view = new DataView(filter.buffer);
  const data = [call, audit, 0, 0, ...words];
  let loaded = 0;
  for (let at = 0;; at += 8) {
    const [code, value] = [view.getUint16(at, true), view.getUint32(at + 4, true)];
    const jump = (isTrue: boolean) => at += 8 * view.getUint8(at + (isTrue ? 2 : 3));
    if (code === 0x20) loaded = data[value / 4] ?? 0;
    else if (code === 0x15) jump(loaded === value);
    else if (code === 0x45) jump((loaded & value) !== 0);
    else if (code === 0x06) return value;
    else throw new Error(`Instruction ${code}`);
  }
}

for (const [at, name] of ["x86_64", "aarch64"].entries()) {
  const processor = PROCESSORS[name]!;
  const filter = filterFor(processor);
  const answer = (call: number, ...words: readonly number[]) => answerOf(filter, AUDIT[name]!, call, words);

  Deno.test(`filterFor() denies all other system calls on ${name}`, () => {
    const found = Array.from({ length: 1000 }, (_, call) => call).filter((call) =>
      answer(call, 7, 7, 7, 7, 7, 7) === ALLOW
    );
    const numbers = Object.values(ALLOWED).flatMap((call) => call[at] ?? []);
    deepEqual(found, numbers.toSorted((a, b) => a - b));
    equal(answer(0x40000000 + numbers[0]!), DENY);
  });

  Deno.test(`filterFor() denies new processes on ${name}`, () => {
    const { clone, clone3, fcntl, prctl, prlimit64, close, seccomp } = processor;
    deepEqual(
      { clone, clone3, fcntl, prctl, prlimit64, close, seccomp },
      Object.fromEntries(Object.entries(SPECIAL).map(([call, numbers]) => [call, numbers[at]])),
    );
    // As pthread_create, fork and posix_spawn call it, and with the flag of threads in another argument.
    deepEqual(
      [answer(clone, 0x3d0f00), answer(clone, 0x11), answer(clone, 0x4111), answer(clone, 0, 0, 0x10000)],
      [ALLOW, DENY, DENY, DENY],
    );
    equal(answer(clone3, 0x10000), UNKNOWN);
    const commands = [0, 1, 2, 3, 4, 5, 6, 7, 1030];
    deepEqual(
      commands.filter((command) => answer(fcntl, 0, 0, command) === ALLOW),
      [1, 2, 3, 4, 5, 6],
    );
    deepEqual([1, 4, 15, 22, 38, 0x53564d41].filter((option) => answer(prctl, option) === ALLOW), [
      15,
      0x53564d41,
    ]);
    deepEqual([
      answer(prlimit64, 0, 0, 7),
      answer(prlimit64, 0, 0, 7, 0, 1),
      answer(prlimit64, 0, 0, 7, 0, 0, 1),
    ], [
      ALLOW,
      DENY,
      DENY,
    ]);
    equal(answer(seccomp), DENY);
  });

  Deno.test(`filterFor() denies calls of other architectures on ${name}`, () => {
    for (const audit of [...Object.values(AUDIT), 0x40000003].filter((each) => each !== AUDIT[name])) {
      for (const [number] of Object.values(ALLOWED)) equal(answerOf(filter, audit, number), DENY);
    }
  });
}
