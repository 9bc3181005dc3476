import { deepStrictEqual, rejects, strictEqual, throws } from "node:assert/strict";
import { deflateRawSync } from "node:zlib";
import { packImage } from "../../../scripts/build/image.ts";
import { compilePart, partOf, readPart } from "../../../src/kedro/sandbox/packed_image.ts";
import { createResources } from "../../../src/system/reader_process.ts";

const PAGE = 4096;

function pages(...fillings: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(fillings.length * PAGE);
  fillings.forEach((filling, i) => bytes.fill(filling, i * PAGE, (i + 1) * PAGE));
  return bytes;
}

/** Parts with zeros at the start, in the middle, at the end, everywhere and nowhere. */
const PARTS: Readonly<Record<string, Uint8Array>> = {
  "zeros around": pages(0, 0, 1, 0, 2, 3, 0),
  "only zeros": pages(0, 0),
  "no zeros": pages(4, 5),
  "nothing": new Uint8Array(),
  "less than a page": new Uint8Array([1, 0, 2]),
  "one byte more than whole pages": new Uint8Array([...pages(0, 6, 0), 7]),
  "one zero in a page": pages(8).fill(0, 9, 10),
};

Deno.test("readPart() reads each part of an image", async () => {
  for (const start of [0, 1, 12345]) {
    const { bytes, parts } = packImage(PARTS, start);
    const file = await Deno.makeTempFile();
    await Deno.writeFile(file, new Uint8Array(start).fill(255));
    await Deno.writeFile(file, bytes, { append: true });
    await Deno.writeFile(file, new Uint8Array([255]), { append: true });
    for (const [name, part] of Object.entries(PARTS)) {
      deepStrictEqual(new Uint8Array(readPart(file, parts[name]!)), new Uint8Array(part), name);
    }
    await Deno.remove(file);
  }
});

Deno.test("partOf() reads a range of a part", async () => {
  const file = await Deno.makeTempFile();
  const { bytes, parts } = packImage(PARTS, 7);
  await Deno.writeFile(file, new Uint8Array([...new Uint8Array(7), ...bytes]));
  for (const [name, part] of Object.entries(PARTS)) {
    using open = await Deno.open(file);
    const { sizeBytes, read } = partOf(open, parts[name]!);
    strictEqual(sizeBytes, part.length);
    for (const from of [0, 1, PAGE - 1, PAGE, 3 * PAGE + 5].filter((from) => from <= part.length)) {
      for (const length of [part.length - from, Math.min(part.length - from, 2 * PAGE - 3)]) {
        const into = new Uint8Array(length).fill(9);
        read(from, into);
        deepStrictEqual(into, new Uint8Array(part.subarray(from, from + length)), `${name} from ${from}`);
      }
    }
  }
  await Deno.remove(file);
});

Deno.test("readPart() rejects a truncated file", async () => {
  const { bytes, parts } = packImage({ a: pages(1, 2) }, 0);
  const file = await Deno.makeTempFile();
  await Deno.writeFile(file, bytes.subarray(1));
  throws(() => readPart(file, parts.a!), Deno.errors.UnexpectedEof);
  await Deno.remove(file);
});

Deno.test("compilePart() compiles compressed code", async () => {
  // A module with a section of 131 kB, which is larger than a chunk of a stream.
  const code = new Uint8Array([
    0,
    97,
    115,
    109,
    1,
    0,
    0,
    0,
    0,
    0x83,
    0x80,
    0x08,
    1,
    97,
    ...new Uint8Array(131_073),
  ]);
  const file = await Deno.makeTempFile();
  const { bytes, parts } = packImage({ a: deflateRawSync(code), b: code }, 0);
  const compressed = { ...parts.a!, inflatedLength: code.length };
  await Deno.writeFile(file, bytes);
  for (const part of [compressed, parts.b!]) {
    const module = await compilePart(file, part);
    deepStrictEqual(WebAssembly.Module.customSections(module, "a").map(({ byteLength }) => byteLength), [
      131_073,
    ]);
  }
  await Deno.writeFile(file, bytes.fill(7, 0, 6));
  await rejects(compilePart(file, compressed), /corrupt deflate stream/);
  await Deno.remove(file);
});

Deno.test("createResources() suggests `deno task setup`", async () => {
  await rejects(createResources(new URL("none/", import.meta.url)).startReader(), {
    code: "resource.missing",
    hint: "Run `deno task setup` in the checkout",
  });
});
