import { deepEqual, equal, rejects } from "node:assert/strict";
import { createHash } from "node:crypto";
import { countEntries, openZip, writeZip, type ZipSource } from "../../../src/azureml/submit/zip.ts";
import { fakeContext } from "../../fakes/context.ts";

async function* bytesOf(text: string, thrown?: Error) {
  yield new TextEncoder().encode(text);
  if (thrown) throw thrown;
}

const FILES: Readonly<Record<string, string>> = {
  "manifest.json": "{}",
  "code/0/empty.txt": "",
  "code/0/ä b.txt": "hello\n".repeat(10_000),
};

function sources(): ZipSource[] {
  return Object.entries(FILES).map(([name, text]) => ({ name, chunks: bytesOf(text) }));
}

async function archive(files: ZipSource[] = sources()): Promise<Uint8Array<ArrayBuffer>> {
  return await new Blob(await Array.fromAsync(writeZip(files))).bytes();
}

async function open(bytes: Uint8Array<ArrayBuffer>) {
  const { fs } = fakeContext({ files: { "/a.zip": bytes } });
  return await openZip(fs, { path: "/a.zip", sizeBytes: bytes.length });
}

async function textOf(chunks: AsyncIterable<Uint8Array<ArrayBuffer>>): Promise<string> {
  return new TextDecoder().decode(await new Blob(await Array.fromAsync(chunks)).bytes());
}

Deno.test("openZip() reads an archive that writeZip() wrote", async () => {
  const entries = await open(await archive());
  const read = await Promise.all(entries.map(async (one) => [one.name, await textOf(one.read())]));
  deepEqual(Object.fromEntries(read), FILES);
  equal(entries.every(({ isPlain }) => isPlain), true);
});

/** Overwrites names in an archive with others of the same length. */
function withRenamedEntry(bytes: Uint8Array<ArrayBuffer>, from: string, to: string): Uint8Array<ArrayBuffer> {
  equal(from.length, to.length);
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("").replaceAll(from, to);
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

const HOSTILE: Readonly<Record<string, readonly [name: string, error: RegExp]>> = {
  "occurs twice": ["code/0/aaaaa", /Ambiguous archive/],
  "leads out of the archive": ["../../../aaa", /Unsafe filename/],
  "is absolute": ["/etc/passwdx", /Unsafe filename/],
  "has a drive letter": ["C:/windows/x", /Unsafe filename/],
  "has backslashes": ["code\\..\\..\\x", /Unsafe filename/],
};

for (const [what, [name, error]] of Object.entries(HOSTILE)) {
  Deno.test(`openZip() rejects an archive with a name that ${what}`, async () => {
    const bytes = await archive([
      { name: "code/0/aaaaa", chunks: bytesOf("1") },
      { name: "code/0/bbbbb", chunks: bytesOf("2") },
    ]);
    await rejects(open(withRenamedEntry(bytes, "code/0/bbbbb", name)), error);
  });
}

Deno.test("read() of a ZIP entry rejects changed bytes", async () => {
  const bytes = await archive();
  bytes[bytes.length >> 1]! ^= 1;
  const all = async () => {
    for (const entry of await open(bytes)) await textOf(entry.read());
  };
  await rejects(all(), /Invalid compressed data/);
});

Deno.test("writeZip() writes the same bytes on every machine, at any time", async () => {
  equal(
    createHash("sha256").update(await archive()).digest("hex"),
    "116d81e153f9e1b21df3a873f7677cf9412e232045bbe378dfea3bdb4e55c00e",
  );
});

/** The end of an archive, with this number of entries and a comment as long as a seal. */
function endOf(count: number, signature = 0x06054b50): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(22 + 64);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, signature, true);
  view.setUint16(10, count, true);
  return bytes;
}

for (
  const [what, bytes, count] of [
    ["an archive of 3 entries", endOf(3), 3],
    ["an archive of 65,535 entries", endOf(65_535), Infinity],
    ["an archive with a byte before its end record", new Uint8Array([1, ...endOf(3)]), 3],
    ["an archive with another signature", endOf(3, 0x06054b51), undefined],
    ["an end record without its first byte", endOf(3).slice(1), undefined],
    ["an empty file", new Uint8Array(), undefined],
  ] as const
) {
  Deno.test(`countEntries() returns ${count} for ${what}`, async () => {
    const { fs } = fakeContext({ files: { "/a.zip": bytes } });
    equal(await countEntries(fs, { path: "/a.zip", sizeBytes: bytes.length }), count);
  });
}
