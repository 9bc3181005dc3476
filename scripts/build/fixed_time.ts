/**
 * Imported first by the Worker that builds the image: gives it a fixed clock and fixed random numbers, so that two
 * builds of the same commit produce the same image. Readers started from the image use the machine's clock and random
 * numbers.
 */

const BEGINNING_MS = Date.UTC(2020, 0, 1);

let state = 1;

/** The next byte of a fixed sequence (a Lehmer generator). */
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
