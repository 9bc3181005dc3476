/**
 * Imported first by the Worker that makes the image: gives it one time and one chance, so that two builds of the same
 * commit make the same image. Only what the snapshot remembers is of then; a reader has the machine's time and chance.
 */

const BEGINNING_MS = Date.UTC(2020, 0, 1);

let state = 1;

/** One byte after the other, always the same (the low-order generator of Lehmer). */
function nextByte(): number {
  state = (state * 48271) % 2147483647;
  return state & 255;
}

Object.assign(Date, { now: () => BEGINNING_MS });
Object.assign(performance, { now: () => 0 });
Object.assign(Math, { random: () => nextByte() / 256 });
Object.assign(crypto, {
  getRandomValues<T extends ArrayBufferView>(into: T): T {
    const bytes = new Uint8Array(into.buffer, into.byteOffset, into.byteLength);
    for (const i of bytes.keys()) bytes[i] = nextByte();
    return into;
  },
});
