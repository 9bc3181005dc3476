/**
 * Builds the Linux system call filter of the process that reads a project. It allows memory, its own threads, time,
 * random numbers, and the open pipes; nothing that opens, connects, starts or signals anything.
 */

/** A processor architecture: the kernel's identifier for it, and its system call numbers. */
interface Processor {
  /** `AUDIT_ARCH_*` of linux/audit.h. */
  readonly audit: number;
  readonly seccomp: number;
  readonly prlimit64: number;
  readonly prctl: number;
  readonly fcntl: number;
  readonly close: number;
  readonly clone: number;
  readonly clone3: number;
  readonly allowed: readonly number[];
}

/**
 * Allowed calls, in the order of asm/unistd.h: read, write, readv, writev, close, fstat, mmap, munmap, mprotect,
 * madvise, mremap, brk, futex, sched_yield, sched_getaffinity, sched_getparam, sched_getscheduler, nanosleep,
 * clock_nanosleep, clock_gettime, clock_getres, gettimeofday, getpid, gettid, getrusage, sysinfo, uname, getrandom,
 * rt_sigaction, rt_sigprocmask, rt_sigreturn, sigaltstack, restart_syscall, membarrier, rseq, set_robust_list,
 * epoll_ctl, epoll_pwait, ppoll, exit, exit_group, lseek, set_tid_address, pkey_mprotect, pkey_alloc, pkey_free; x86_64
 * also has epoll_wait, poll and time.
 */
const X86_64 = [
  ...[0, 1, 19, 20, 3, 5, 9, 11, 10, 28, 25, 12],
  ...[202, 24, 204, 143, 145, 35, 230, 228],
  ...[229, 96, 39, 186, 98, 99, 63, 318, 13, 14],
  ...[15, 131, 219, 324, 334, 273, 233, 281, 271, 60],
  ...[231, 8, 218, 329, 330, 331],
  ...[232, 7, 201],
];
const AARCH64 = [
  ...[63, 64, 65, 66, 57, 80, 222, 215, 226, 233, 216, 214],
  ...[98, 124, 123, 121, 120, 101, 115, 113],
  ...[114, 169, 172, 178, 165, 179, 160, 278, 134, 135],
  ...[139, 132, 128, 283, 293, 99, 21, 22, 73, 93],
  ...[94, 62, 96, 288, 289, 290],
];

/** The processors for which an executable is built. */
export const PROCESSORS: Readonly<Record<string, Processor>> = {
  x86_64: {
    audit: 0xc000003e,
    seccomp: 317,
    prlimit64: 302,
    prctl: 157,
    fcntl: 72,
    close: 3,
    clone: 56,
    clone3: 435,
    allowed: X86_64,
  },
  aarch64: {
    audit: 0xc00000b7,
    seccomp: 277,
    prlimit64: 261,
    prctl: 167,
    fcntl: 25,
    close: 57,
    clone: 220,
    clone3: 435,
    allowed: AARCH64,
  },
};

const ALLOW = 0x7fff0000;
const PERMISSION_DENIED = 0x00050000 | 1;
/** ENOSYS, so that the C library falls back from clone3, whose flags a filter cannot see, to clone. */
const NO_SUCH_CALL = 0x00050000 | 38;

const LOAD = 0x20;
const IF_EQUAL = 0x15;
const IF_ANY_BIT = 0x45;
const RETURN = 0x06;

/** Offsets in `struct seccomp_data` of the call number, the architecture, and the halves of each argument. */
const NUMBER_AT = 0;
const PROCESSOR_AT = 4;
const lower = (argument: number) => 16 + 8 * argument;
const upper = (argument: number) => lower(argument) + 4;

/** CLONE_THREAD: a thread rather than a process. */
const THREAD = 0x10000;
/** F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_GETLK, F_SETLK: flags and locks of open files. */
const FLAGS_OF_FILES = [1, 2, 3, 4, 5, 6];
/** PR_SET_NAME and PR_SET_VMA: names of threads and of memory regions. */
const NAMES = [15, 0x53564d41];

/** One BPF instruction: opcode, jumps if true and if false, and operand. */
type Instruction = readonly [code: number, whenTrue: number, whenFalse: number, value: number];

/** Builds the filter as an array of `struct sock_filter`. */
export function filterFor(processor: Processor): Uint8Array<ArrayBuffer> {
  const { audit, prlimit64, prctl, fcntl, clone, clone3, allowed } = processor;
  const code: Instruction[] = [
    [LOAD, 0, 0, PROCESSOR_AT],
    [IF_EQUAL, 1, 0, audit],
    [RETURN, 0, 0, PERMISSION_DENIED],
    [LOAD, 0, 0, NUMBER_AT],
    ...allowed.flatMap((number) => when(number, [[RETURN, 0, 0, ALLOW]])),
    ...when(clone3, [[RETURN, 0, 0, NO_SUCH_CALL]]),
    ...when(clone, [
      [LOAD, 0, 0, lower(0)],
      [IF_ANY_BIT, 0, 1, THREAD],
      [RETURN, 0, 0, ALLOW],
      [RETURN, 0, 0, PERMISSION_DENIED],
    ]),
    ...when(fcntl, oneOf(1, FLAGS_OF_FILES)),
    ...when(prctl, oneOf(0, NAMES)),
    // Reading its own limits is allowed; setting them is not.
    ...when(prlimit64, [
      [LOAD, 0, 0, lower(2)],
      [IF_EQUAL, 0, 3, 0],
      [LOAD, 0, 0, upper(2)],
      [IF_EQUAL, 0, 1, 0],
      [RETURN, 0, 0, ALLOW],
      [RETURN, 0, 0, PERMISSION_DENIED],
    ]),
    [RETURN, 0, 0, PERMISSION_DENIED],
  ];
  const bytes = new Uint8Array(code.length * 8);
  const view = new DataView(bytes.buffer);
  code.forEach(([what, whenTrue, whenFalse, value], i) => {
    view.setUint16(i * 8, what, true);
    view.setUint8(i * 8 + 2, whenTrue);
    view.setUint8(i * 8 + 3, whenFalse);
    view.setUint32(i * 8 + 4, value, true);
  });
  return bytes;
}

/** Runs `block` if the loaded call number is `number`; otherwise skips it. */
function when(number: number, block: readonly Instruction[]): readonly Instruction[] {
  return [[IF_EQUAL, 0, block.length, number], ...block];
}

/** Allows the call if the lower half of an argument, which is an int, is one of these values. */
function oneOf(argument: number, values: readonly number[]): readonly Instruction[] {
  return [
    [LOAD, 0, 0, lower(argument)],
    ...values.flatMap((value): Instruction[] => [[IF_EQUAL, 0, 1, value], [RETURN, 0, 0, ALLOW]]),
    [RETURN, 0, 0, PERMISSION_DENIED],
  ];
}
