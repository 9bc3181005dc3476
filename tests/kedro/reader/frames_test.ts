import assert from "node:assert/strict";
import { BadFrame, decodeFrames } from "../../../src/kedro/reader/frames.ts";
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

Deno.test("decodeFrames() reads messages in chunks of any size and drops a truncated message", async () => {
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

Deno.test("decodeFrames() rejects malformed headers, unknown kinds and sizes above the limit", async () => {
  const lengths = (header: number, body: number) => new Uint8Array(new Uint32Array([header, body]).buffer);
  const header = bytes('{"kind":"print"}');
  const bad: readonly (readonly Uint8Array<ArrayBuffer>[])[] = [
    frame("other"),
    frame("__proto__"),
    frame("constructor"),
    frame("started", "more than one word"),
    frame("print", "x".repeat(64 * 1024 + 1)),
    [lengths(2 ** 32 - 1, 0)],
    [lengths(header.length, 2 ** 32 - 1), header],
    [lengths(4, 0), bytes("null")],
    [lengths(2, 0), bytes("{}")],
    [lengths(1, 0), bytes("{")],
    [lengths(0, 0)],
    [lengths(20, 0), bytes('{"kind":["answer"]} ')],
    [bytes("::warning::raw output of something else")],
  ];
  for (const one of bad) await assert.rejects(decoded(one), BadFrame);
});

Deno.test("decodeFrames() accepts a message of the largest size", async () => {
  assert.deepEqual((await decoded(frame("print", "x".repeat(64 * 1024))))[0]!.length, 64 * 1024 + 6);
});

Deno.test("decodeFrames() closes its input if its consumer stops", async () => {
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
