import assert from "node:assert/strict";
import { BadFrame, decodeFrames } from "../../../src/kedro/reader/sandbox_client.ts";
import { encodeFrame, type FromReader } from "../../../src/kedro/sandbox/protocol.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

function frame(kind: string, body = ""): Uint8Array<ArrayBuffer>[] {
  return [...encodeFrame({ kind } as FromReader, bytes(body))];
}

async function* chunks(all: readonly Uint8Array<ArrayBuffer>[], size: number) {
  const whole = await new Blob([...all]).bytes();
  for (let at = 0; at < whole.length; at += size) yield whole.slice(at, at + size);
}

async function decoded(all: readonly Uint8Array<ArrayBuffer>[], size = 1000): Promise<string[]> {
  const found = await Array.fromAsync(decodeFrames(chunks(all, size)));
  return found.map(({ header, body }) => `${header.kind}:${new TextDecoder().decode(body)}`);
}

Deno.test("decodeFrames() reads messages split at any byte", async () => {
  const all = [...frame("started"), ...frame("print", "ä\n"), ...frame("answer", "{}")];
  for (const size of [1, 3, 7, 1000]) {
    assert.deepEqual(await decoded(all, size), ["started:", "print:ä\n", "answer:{}"]);
  }
  const whole = await new Blob(all).bytes();
  const startOfLast = whole.length - (await new Blob(frame("answer", "{}")).bytes()).length;
  for (let end = startOfLast; end < whole.length; end++) {
    assert.deepEqual(await decoded([whole.slice(0, end)]), ["started:", "print:ä\n"], String(end));
  }
});

Deno.test("decodeFrames() rejects malformed headers", async () => {
  const lengths = (header: number, body: number) => new Uint8Array(new Uint32Array([header, body]).buffer);
  const header = bytes('{"kind":"print"}');
  const unknown = "undefined of 0 bytes";
  const bad: readonly (readonly [message: string, parts: readonly Uint8Array<ArrayBuffer>[]])[] = [
    [unknown, frame("other")],
    [unknown, frame("__proto__")],
    [unknown, frame("constructor")],
    ["started of 18 bytes", frame("started", "more than one word")],
    ["print of 65537 bytes", frame("print", "x".repeat(64 * 1024 + 1))],
    ["a header of 4294967295 bytes", [lengths(2 ** 32 - 1, 0)]],
    ["print of 4294967295 bytes", [lengths(header.length, 2 ** 32 - 1), header]],
    [unknown, [lengths(4, 0), bytes("null")]],
    [unknown, [lengths(2, 0), bytes("{}")]],
    [unknown, [lengths(1, 0), bytes("{")]],
    [unknown, [lengths(0, 0)]],
    [unknown, [lengths(20, 0), bytes('{"kind":["answer"]} ')]],
    ["a header of 1635203642 bytes", [bytes("::warning::raw output of something else")]],
  ];
  for (const [message, parts] of bad) {
    const isExpected = (thrown: unknown) => thrown instanceof BadFrame && thrown.message === message;
    await assert.rejects(decoded(parts), isExpected, message);
  }
});

Deno.test("decodeFrames() closes its input", async () => {
  let isClosed = false;
  async function* output() {
    try {
      for (;;) yield await new Blob(frame("print", "x")).bytes();
    } finally {
      isClosed = true;
    }
  }
  for await (const _ of decodeFrames(output())) break;
  assert.equal(isClosed, true);
});
