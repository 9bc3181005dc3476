import { deepEqual, equal, rejects } from "node:assert/strict";
import { createHash } from "node:crypto";
import { openZip, writeZip } from "../../../src/azureml/submit/job_package.ts";
import { fakeContext } from "../../fakes/context.ts";

type ZipSource = Parameters<typeof writeZip>[0] extends Iterable<infer T> ? T : never;

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

Deno.test("openZip() reads files of writeZip()", async () => {
  const entries = await open(await archive());
  const read = await Promise.all(entries.map(async (one) => [one.name, await textOf(one.read())]));
  deepEqual(Object.fromEntries(read), FILES);
});

Deno.test("writeZip() reports a file that cannot be read", async () => {
  const thrown = new Error("the disk is gone");
  await rejects(archive([{ name: "a", chunks: bytesOf("x", thrown) }]), thrown);
});

Deno.test("writeZip() closes its files if stopped", async () => {
  const said: string[] = [];
  async function* watched(name: string) {
    said.push(`opened ${name}`);
    try {
      for (;;) yield crypto.getRandomValues(new Uint8Array(10_000));
    } finally {
      said.push(`closed ${name}`);
    }
  }
  const files = ["a", "b"].map((name): ZipSource => ({ name, chunks: watched(name) }));
  let sizeBytes = 0;
  for await (const chunk of writeZip(files)) {
    sizeBytes += chunk.length;
    if (sizeBytes > 100_000) break;
  }
  deepEqual(said, ["opened a", "closed a"]);
});

/** Overwrites names in an archive with others of the same length. */
function withRenamedEntry(bytes: Uint8Array<ArrayBuffer>, from: string, to: string): Uint8Array<ArrayBuffer> {
  equal(from.length, to.length);
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("").replaceAll(from, to);
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

const HOSTILE: Readonly<Record<string, readonly [name: string, error: RegExp]>> = {
  "a name twice": ["code/0/aaaaa", /Ambiguous archive/],
  "a name outside the archive": ["../../../aaa", /Unsafe filename/],
  "an absolute name": ["/etc/passwdx", /Unsafe filename/],
  "a drive letter in a name": ["C:/windows/x", /Unsafe filename/],
  "backslashes in a name": ["code\\..\\..\\x", /Unsafe filename/],
};

for (const [what, [name, error]] of Object.entries(HOSTILE)) {
  Deno.test(`openZip() rejects an archive with ${what}`, async () => {
    const bytes = await archive([
      { name: "code/0/aaaaa", chunks: bytesOf("1") },
      { name: "code/0/bbbbb", chunks: bytesOf("2") },
    ]);
    await rejects(open(withRenamedEntry(bytes, "code/0/bbbbb", name)), error);
  });
}

Deno.test("openZip() rejects a truncated archive", async () => {
  const bytes = await archive();
  for (const at of [0, 1, 21, 22, bytes.length >> 1, bytes.length - 1]) {
    const error = /File format is not recognized|End of central directory not found/;
    await rejects(open(bytes.slice(0, at)), error, `${at}`);
  }
});

Deno.test("openZip() rejects changed bytes", async () => {
  const bytes = await archive();
  bytes[bytes.length >> 1]! ^= 1;
  const all = async () => {
    for (const entry of await open(bytes)) await textOf(entry.read());
  };
  await rejects(all(), /Invalid compressed data/);
});

Deno.test("openZip() rejects content with another checksum", async () => {
  const [bytes, other] = [
    await archive([{ name: "a", chunks: bytesOf("one 1") }]),
    await archive([{ name: "a", chunks: bytesOf("one 2") }]),
  ];
  // Up to the checksum that follows the contents.
  const end = new TextDecoder("latin1").decode(bytes).indexOf("PK\x07\x08");
  const [entry] = await open(new Uint8Array([...other.slice(0, end), ...bytes.slice(end)]));
  await rejects(textOf(entry!.read()), /Invalid CRC32/);
});

Deno.test("writeZip() writes the same bytes on every machine", async () => {
  equal(
    createHash("sha256").update(await archive()).digest("hex"),
    "116d81e153f9e1b21df3a873f7677cf9412e232045bbe378dfea3bdb4e55c00e",
  );
});
