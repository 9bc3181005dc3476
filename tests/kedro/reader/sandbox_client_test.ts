import { deepEqual, rejects } from "node:assert/strict";
import type { FileSystem, ReaderProcess } from "../../../src/core/context.ts";
import { startSandbox } from "../../../src/kedro/reader/sandbox_client.ts";
import { encodeFrame, type FromReader, type ToReader } from "../../../src/kedro/sandbox/protocol.ts";
import { fakeContext } from "../../fakes/context.ts";
import { messageReader } from "../../fakes/message_reader.ts";

const PROJECT = {
  name: "Shop",
  packageName: "shop",
  kedroInitVersion: "1.0.0",
  root: "/p",
  sourceDir: "/p/src",
};

/** A process that gives the same answer to every request. */
function processSaying(bytes: Iterable<Uint8Array<ArrayBuffer>>): ReaderProcess {
  const { promise: ended, resolve } = Promise.withResolvers<string | undefined>();
  const end = async () => resolve(undefined);
  return { write: async () => {}, output: ReadableStream.from(bytes), ended, end };
}

/** Starts a sandbox whose process only says this. */
async function sandboxSaying(
  frames: Iterable<Uint8Array<ArrayBuffer>>,
  timeoutMs = 10_000,
  onPrint: (text: string) => void = () => {},
) {
  const ctx = fakeContext();
  const resources = { ...ctx.resources, startReader: async () => processSaying(frames) };
  const files = Promise.resolve({ files: [], folders: [], later: { files: [], folders: [] }, warnings: [] });
  return await startSandbox({ ...ctx, resources }, PROJECT, files, { timeoutMs, onPrint });
}

Deno.test("call() rejects an answer to no request", async () => {
  const sandbox = await sandboxSaying(encodeFrame({ kind: "answer" }, new TextEncoder().encode("{}")));
  await new Promise((resolve) => setTimeout(resolve));
  await rejects(sandbox.call({}), {
    code: "kedro.answer_unreadable",
    message: "Cannot use the answer of the project's reader: an answer to nothing",
  });
  await sandbox.close();
});

const MEMORY = {
  code: "kedro.out_of_memory",
  message: "Cannot read the project: it needs more memory than the embedded Python has",
};

for (
  const [reason, error] of [
    ...["SIGKILL", "SIGABRT", "SIGTRAP", "SIGILL", "Out of Memory"].map((reason) =>
      [reason, MEMORY] as const
    ),
    ["SIGSEGV", {
      code: "kedro.ended",
      message: "Cannot read the project: its code ended the interpreter (SIGSEGV)",
    }],
    [`\x1b[2J${"x".repeat(300)}`, {
      code: "kedro.ended",
      message: `Cannot read the project: its code ended the interpreter (\ufffd[2J${"x".repeat(196)})`,
    }],
  ] as const
) {
  Deno.test(`call() throws ${error.code} after ${JSON.stringify(reason.slice(0, 20))}`, async () => {
    const sandbox = await sandboxSaying(encodeFrame({ kind: "ended" }, new TextEncoder().encode(reason)));
    await rejects(sandbox.call({}), {
      ...error,
      exit: 3,
      hint: "Look for what the project does when its modules are imported, or read it with `--python PATH`",
    });
    await sandbox.close();
  });
}

/** A sandbox whose process answers as the test says, and what it is sent. */
async function openSandbox(files: Record<string, string> = {}, change: Partial<FileSystem> = {}) {
  const ctx = fakeContext({ files });
  const { readable, writable } = new TransformStream<Uint8Array<ArrayBuffer>>();
  const writer = writable.getWriter();
  const read = messageReader<ToReader>();
  const sent: { header: ToReader; text: string }[] = [];
  const fetched: unknown[] = [];
  let unfiltered = 0;
  const silent = processSaying([]);
  const process = {
    ...silent,
    output: readable,
    write: async (bytes: Uint8Array<ArrayBuffer>) =>
      void sent.push(
        ...read(bytes).map(({ header, body }) => ({ header, text: new TextDecoder().decode(body) })),
      ),
    async end() {
      void writer.close().catch(() => {});
      await silent.end();
    },
  };
  const resources = { ...ctx.resources, startReader: async () => process };
  const none = Promise.resolve({ files: [], folders: [], later: { files: [], folders: [] }, warnings: [] });
  const sandbox = await startSandbox({ ...ctx, resources, fs: { ...ctx.fs, ...change } }, PROJECT, none, {
    timeoutMs: 10_000,
    onPrint: () => {},
    onFetch: (what, path, bytes) => fetched.push([what, path, bytes?.length]),
    onUnfiltered: () => unfiltered++,
  });
  const pause = () => new Promise((resolve) => setTimeout(resolve));
  const say = async (kind: FromReader["kind"], text: string) => {
    await pause();
    for (const bytes of encodeFrame({ kind }, new TextEncoder().encode(text))) {
      void writer.write(bytes).catch(() => {});
    }
    await pause();
  };
  return { sandbox, say, sent, fetched, unfiltered: () => unfiltered };
}

Deno.test("call() returns one answer per request", async () => {
  const { sandbox, say, sent } = await openSandbox();
  const first = sandbox.call({ action: "snapshot" });
  await say("answer", '{"ok": 1}');
  deepEqual(await first, { ok: 1 });
  const second = sandbox.call({ action: "uses" });
  await say("answer", "null");
  deepEqual(await second, null);
  deepEqual(sent.slice(1), [
    { header: { kind: "call" }, text: '{"action":"snapshot"}' },
    { header: { kind: "call" }, text: '{"action":"uses"}' },
  ]);
  await say("answer", "{}");
  await rejects(sandbox.call({}), {
    code: "kedro.answer_unreadable",
    message: "Cannot use the answer of the project's reader: an answer to nothing",
  });
  await sandbox.close();
});

Deno.test("startSandbox() sends files that project code opens", async () => {
  const stat: FileSystem["stat"] = async (path) => {
    if (path === "/p/broken.txt") throw new Error("Input/output error");
    return path === "/p/a.txt" ? { kind: "file", sizeBytes: 3, modifiedAt: undefined } : undefined;
  };
  const { sandbox, say, sent, fetched } = await openSandbox({ "/p/a.txt": "abc" }, { stat });
  const paths = ["a.txt", "none.txt", "broken.txt"].map((name) => `/project/p/${name}`);
  for (const path of paths) await say("ask", JSON.stringify({ what: "read", path }));
  deepEqual(fetched, paths.map((path, at) => ["read", path, at === 0 ? 3 : undefined]));
  const refused = { header: { kind: "answer", found: false }, text: "" };
  deepEqual(sent.slice(1), [{ header: { kind: "answer", found: true }, text: "abc" }, refused, refused]);
  await sandbox.close();
});

Deno.test("call() throws after --read-timeout", async () => {
  const silent = new ReadableStream<Uint8Array<ArrayBuffer>>();
  const sandbox = await sandboxSaying(silent as unknown as Iterable<Uint8Array<ArrayBuffer>>, 1);
  await rejects(sandbox.call({}), { code: "kedro.timeout", hint: /`--read-timeout / });
});

Deno.test("call() ends the process at Ctrl+C", async () => {
  const ctx = fakeContext();
  let isEnded = false;
  const reader = { ...processSaying([]), output: new ReadableStream<Uint8Array<ArrayBuffer>>() };
  const startReader = async () => ({ ...reader, end: async () => void (isEnded = true) });
  const files = Promise.resolve({ files: [], folders: [], later: { files: [], folders: [] }, warnings: [] });
  const sandbox = await startSandbox(
    { ...ctx, resources: { ...ctx.resources, startReader }, signal: AbortSignal.abort("SIGINT") },
    PROJECT,
    files,
    { timeoutMs: 1000, onPrint: () => {} },
  );
  const answer = sandbox.call({}).catch((reason) => reason);
  deepEqual(isEnded, true);
  deepEqual(await answer, "SIGINT");
});
