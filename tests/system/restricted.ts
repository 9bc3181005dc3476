/**
 * Restricts itself as the reader's process does, and then tries forbidden operations with all permissions of Deno.
 * Run by `reader_process_test.ts` with a file that it tries to remove and the folder of the image as its arguments.
 */

import { restrictProcess } from "../../src/kedro/sandbox/restrict_process.ts";

const library = Deno.dlopen("libc.so.6", {
  kill: { parameters: ["i32", "i32"], result: "i32" },
  open: { parameters: ["buffer", "i32"], result: "i32" },
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  fork: { parameters: [], result: "i32" },
  ptrace: { parameters: ["i64", "i64", "i64", "i64"], result: "i64" },
  unlink: { parameters: ["buffer"], result: "i32" },
  setrlimit: { parameters: ["i32", "buffer"], result: "i32" },
}).symbols;
const text = (value: string) => new TextEncoder().encode(`${value}\0`);
const parent = Deno.ppid;
const before = Deno.args[0]!;

const TRIES: Readonly<Record<string, () => unknown>> = {
  "open a file": () => Deno.readTextFileSync("/etc/passwd"),
  "make a file": () => Deno.writeTextFileSync(`${before}.new`, ""),
  "remove a file": () => Deno.removeSync(before),
  "list a folder": () => [...Deno.readDirSync("/")],
  "run a program": () => new Deno.Command("true").outputSync(),
  "connect": () =>
    Deno.connect({ hostname: "127.0.0.1", port: 1 }).catch((thrown) => thrown.code ?? thrown.message),
  "import a file": () => import(`file://${before}?x`, { with: { type: "json" } }),
  "signal its parent": () => library.kill(parent, 0),
  "open by the C library": () => library.open(text("/etc/passwd"), 0),
  "make a socket": () => library.socket(2, 1, 0),
  "fork": () => library.fork(),
  "trace": () => library.ptrace(16n, BigInt(parent), 0n, 0n),
  "unlink by the C library": () => library.unlink(text(before)),
  "raise its limits": () => library.setrlimit(2, new Uint8Array(16).fill(255)),
};

// Keep Deno's permissions, so that only the kernel can refuse.
const revoked: string[] = [];
Deno.permissions.revokeSync = ({ name }) => {
  revoked.push(name);
  return { state: "denied" } as Deno.PermissionStatus;
};
const restricted = restrictProcess();
const answers: Record<string, string> = {};
// Unrestricted, "trace" would stop the parent for good.
for (const [name, attempt] of restricted ? Object.entries(TRIES) : []) {
  try {
    const found = attempt();
    answers[name] = found instanceof Promise ? "later" : String(found);
  } catch (thrown) {
    answers[name] = /os error 1\b|not permitted|\(os error 1\)/i.test(String(thrown)) ? "-1" : String(thrown);
  }
}
Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify({ restricted, revoked, answers })));
// Memory last, as the process may be killed.
const memories: unknown[] = [];
try {
  for (let i = 0; i < 5; i++) {
    const { buffer } = new WebAssembly.Memory({ initial: 16384, maximum: 16384 });
    new Uint8Array(buffer).fill(1);
    memories.push(buffer);
    Deno.stdout.writeSync(new TextEncoder().encode("."));
  }
} catch {
  Deno.stdout.writeSync(new TextEncoder().encode("!"));
}
Deno.exit();
