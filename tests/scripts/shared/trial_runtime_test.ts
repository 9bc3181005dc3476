import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { withoutPayload } from "../../../scripts/shared/trial_runtime.ts";

/** Creates an ELF file with two section headers of 64 bytes that end after `end` bytes. */
function elf(end: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(end);
  bytes.set(new TextEncoder().encode("\x7fELF"));
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0x28, BigInt(end - 128), true);
  view.setUint16(0x3a, 64, true);
  view.setUint16(0x3c, 2, true);
  return bytes;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

Deno.test("a trial build takes Deno out of a compiled ELF file", () => {
  const runtime = elf(500);
  const payload = new TextEncoder().encode("d3n0l4nd and a program");
  deepStrictEqual(new Uint8Array(withoutPayload(joined(runtime, payload))), runtime);
});

Deno.test("a trial build rejects an ELF file without Deno", () => {
  throws(() => withoutPayload(elf(500)), /not compiled/);
});

Deno.test("a trial build leaves a Windows program unchanged", () => {
  const program = new TextEncoder().encode("MZ and more");
  strictEqual(withoutPayload(program), program);
});
