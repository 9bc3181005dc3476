import { fields, parsedJson } from "../../core/fields.ts";
import {
  decodeLengths,
  type Frame,
  type FromReader,
  LENGTHS_BYTES,
  UNFILTERED,
} from "../sandbox/protocol.ts";

/** Limits in bytes: of a message's header, and of the body of each kind of message. */
const MOST_HEADER_BYTES = 256;
const MOST_BODY_BYTES: Readonly<Record<FromReader["kind"], number>> = {
  started: UNFILTERED.length,
  print: 64 * 1024,
  answer: 32 * 1024 * 1024,
  ask: 64 * 1024,
  ended: 64 * 1024,
};

/** Output that is not a valid message: the project's code has taken over the reader's process. */
export class BadFrame extends Error {}

/**
 * Decodes the messages in the output of the reader's process, which is untrusted.
 *
 * @throws {BadFrame} at the first byte that cannot be part of a message.
 */
export async function* decodeFrames(
  output: AsyncIterable<Uint8Array<ArrayBuffer>>,
): AsyncIterable<Frame<FromReader>> {
  const bytes = new Buffered(output);
  try {
    yield* framesOf(bytes);
  } finally {
    await bytes.close();
  }
}

async function* framesOf(bytes: Buffered): AsyncIterable<Frame<FromReader>> {
  for (;;) {
    const lengths = await bytes.take(LENGTHS_BYTES);
    if (lengths === undefined) return;
    const [headerBytes, bodyBytes] = decodeLengths(lengths);
    if (headerBytes > MOST_HEADER_BYTES) throw new BadFrame(`a header of ${headerBytes} bytes`);
    const text = await bytes.take(headerBytes);
    if (text === undefined) return;
    const kind = kindOf(new TextDecoder().decode(text));
    if (kind === undefined || bodyBytes > MOST_BODY_BYTES[kind]) {
      throw new BadFrame(`${kind} of ${bodyBytes} bytes`);
    }
    const body = await bytes.take(bodyBytes);
    if (body === undefined) return;
    yield { header: { kind }, body };
  }
}

function kindOf(header: string): FromReader["kind"] | undefined {
  const { kind } = fields(parsedJson(header));
  return typeof kind === "string" && Object.hasOwn(MOST_BODY_BYTES, kind)
    ? kind as FromReader["kind"]
    : undefined;
}

/** Reads a stream in blocks of a requested length. */
class Buffered {
  #chunks: Uint8Array<ArrayBuffer>[] = [];
  #length = 0;
  readonly #output: AsyncIterator<Uint8Array<ArrayBuffer>>;

  constructor(output: AsyncIterable<Uint8Array<ArrayBuffer>>) {
    this.#output = output[Symbol.asyncIterator]();
  }

  /** Stops reading. */
  async close(): Promise<void> {
    await this.#output.return?.();
  }

  /** The next `length` bytes; `undefined` if the stream ends first. */
  async take(length: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    while (this.#length < length) {
      const { value, done } = await this.#output.next();
      if (done) return undefined;
      this.#chunks.push(value);
      this.#length += value.length;
    }
    const taken = new Uint8Array(length);
    for (let at = 0; at < length;) {
      const chunk = this.#chunks[0]!;
      const part = chunk.subarray(0, length - at);
      taken.set(part, at);
      at += part.length;
      if (part.length === chunk.length) this.#chunks.shift();
      else this.#chunks[0] = chunk.subarray(part.length);
    }
    this.#length -= length;
    return taken;
  }
}
