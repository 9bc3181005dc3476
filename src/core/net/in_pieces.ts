/** Larger pieces take more memory in each connection, smaller ones more time. */
const PIECE_BYTES = 64 * 1024;

/**
 * Converts bytes to a body that `fetch` sends piece by piece, with its length. An array would be copied twice: to the
 * request, until the next garbage collection, and to a buffer that the connection keeps until it is closed.
 */
export function inPieces(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | Blob {
  return bytes.length <= PIECE_BYTES ? bytes : new Pieces(bytes);
}

/** Of the streams, `fetch` sends only those of a `Blob` with a length; its constructor would copy the bytes. */
class Pieces extends Blob {
  readonly #bytes: Uint8Array<ArrayBuffer>;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    super();
    this.#bytes = bytes;
  }

  override get size(): number {
    return this.#bytes.length;
  }

  override stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    let sentBytes = 0;
    return new ReadableStream({
      pull: (controller) => {
        controller.enqueue(this.#bytes.subarray(sentBytes, sentBytes + PIECE_BYTES));
        sentBytes += PIECE_BYTES;
        if (sentBytes >= this.#bytes.length) controller.close();
      },
    });
  }
}
