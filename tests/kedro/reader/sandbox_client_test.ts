import { deepEqual, rejects } from "node:assert/strict";
import type { ReaderProcess } from "../../../src/core/context.ts";
import { startSandbox } from "../../../src/kedro/reader/sandbox_client.ts";
import { encodeFrame } from "../../../src/kedro/sandbox/protocol.ts";
import { fakeContext } from "../../fakes/context.ts";

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

Deno.test("call() rejects if the process answered before any request", async () => {
  const sandbox = await sandboxSaying(encodeFrame({ kind: "answer" }, new TextEncoder().encode("{}")));
  await new Promise((resolve) => setTimeout(resolve));
  await rejects(sandbox.call({}), {
    code: "kedro.answer_unreadable",
    message: "Cannot use the answer of the project's reader: an answer to nothing",
  });
  await sandbox.close();
});

for (const [reason, code] of [["SIGKILL", "kedro.out_of_memory"], ["status 3", "kedro.ended"]] as const) {
  Deno.test(`call() rejects with ${code} if the process ended with ${reason}`, async () => {
    const sandbox = await sandboxSaying(encodeFrame({ kind: "ended" }, new TextEncoder().encode(reason)));
    await rejects(sandbox.call({}), { code });
    await sandbox.close();
  });
}

Deno.test("call() rejects after the time limit, and names --read-timeout", async () => {
  const silent = new ReadableStream<Uint8Array<ArrayBuffer>>();
  const sandbox = await sandboxSaying(silent as unknown as Iterable<Uint8Array<ArrayBuffer>>, 1);
  await rejects(sandbox.call({}), { code: "kedro.timeout", hint: /`--read-timeout / });
});

Deno.test("call() prints the project's last line even if it has no line break", async () => {
  const printed: string[] = [];
  const [half, ended] = [["print", "half a line"], ["ended", "status 3"]].map(([kind, text]) => [
    ...encodeFrame({ kind } as { kind: "print" }, new TextEncoder().encode(text)),
  ]);
  const sandbox = await sandboxSaying([...half!, ...ended!], 10_000, (text) => void printed.push(text));
  await rejects(sandbox.call({}), { code: "kedro.ended" });
  deepEqual(printed, ["project: half a line\n"]);
  await sandbox.close();
});

Deno.test("call() ends the process if the command was interrupted while it started", async () => {
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
