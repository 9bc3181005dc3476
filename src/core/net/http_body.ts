/** What `fetch` sends with a length: bytes, or a form. */
export type SentBody = Uint8Array<ArrayBuffer> | FormData;

/**
 * Turns any body that an SDK hands over into one that has a length: `fetch` sends streams in chunks without one, which
 * blob storage refuses.
 */
export async function toSentBody(body: unknown): Promise<SentBody | undefined> {
  if (body === undefined || body === null) return undefined;
  if (typeof body === "string") return new TextEncoder().encode(body);
  if (body instanceof FormData) return body;
  if (body instanceof Blob) return new Uint8Array(await body.arrayBuffer());
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  if (ArrayBuffer.isView(body)) return bytesOf(body);
  return await readAll(body as AsyncIterable<Uint8Array | string>);
}

function bytesOf(view: ArrayBufferView): Uint8Array<ArrayBuffer> {
  return new Uint8Array(view.buffer as ArrayBuffer, view.byteOffset, view.byteLength);
}

async function readAll(stream: AsyncIterable<Uint8Array | string>): Promise<Uint8Array<ArrayBuffer>> {
  const parts: BlobPart[] = [];
  for await (const part of stream) parts.push(typeof part === "string" ? part : bytesOf(part));
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
