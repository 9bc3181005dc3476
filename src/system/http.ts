import { Buffer } from "node:buffer";
import { STATUS_CODES } from "node:http";
import type { ServeOptions } from "../core/context.ts";

/** What of a connection is needed here. */
type Connection = Pick<Deno.Conn, "read" | "write">;

const READ_BYTES = 64 * 1024;
const MOST_HEAD_BYTES = 64 * 1024;
/** Characters of the line before each part of a body. */
const MOST_CHUNK_LINE = 1024;

/** A body that comes in smaller parts on the average takes too long to read. */
const SMALL_PART_BYTES = 64;

/** A request that is refused with this status; what follows it on its connection is not known. */
class RequestRefused extends Error {
  constructor(readonly status: 400 | 413) {
    super(`HTTP status ${status}`);
  }
}

type Input = ReturnType<typeof openInput>;

export function openInput(connection: Connection) {
  let received: Buffer = Buffer.alloc(0);

  async function starts(): Promise<boolean> {
    if (received.length > 0) return true;
    const bytes = Buffer.alloc(READ_BYTES);
    const length = await connection.read(bytes);
    received = bytes.subarray(0, length ?? 0);
    return length !== null;
  }

  /** All that is there, and at least one byte. @throws {Deno.errors.UnexpectedEof} */
  async function next(): Promise<Buffer> {
    if (!await starts()) throw new Deno.errors.UnexpectedEof();
    const bytes = received;
    received = bytes.subarray(bytes.length);
    return bytes;
  }

  return {
    /** Waits for the next byte, and leaves it. @returns `false` at the end. */
    starts,
    /** Whether nothing more was received so far. */
    isEmpty: () => received.length === 0,
    /** Reads text up to a mark, which it drops. @throws {RequestRefused} if it has more characters than this. */
    async until(mark: string, most: number) {
      let bytes = await next();
      for (let from = 0;;) {
        const at = bytes.indexOf(mark, from);
        if ((at < 0 ? bytes.length - mark.length : at) > most) throw new RequestRefused(400);
        if (at >= 0) {
          received = bytes.subarray(at + mark.length);
          return bytes.toString("latin1", 0, at);
        }
        from = Math.max(0, bytes.length - mark.length + 1);
        bytes = Buffer.concat([bytes, await next()]);
      }
    },
    async *take(size: number) {
      while (size > 0) {
        const bytes = await next();
        received = bytes.subarray(size);
        const part = bytes.subarray(0, size);
        size -= part.length;
        yield part;
      }
    },
  };
}

/** What was received: a request, or the response for one that is malformed or too large. */
interface Received {
  readonly request: Request | Response;
  readonly keepsOpen: boolean;
}

/**
 * Reads an HTTP/1.1 request. A body that is too large is left out if the request has credentials, which its handler
 * refuses.
 *
 * @param limit Returns how many bytes the body of a request may have.
 * @throws {Deno.errors.UnexpectedEof} if it breaks off.
 */
export async function readRequest(
  connection: Connection,
  input: Input,
  scheme: "http" | "https",
  limit: (head: Request) => Promise<number>,
): Promise<Received> {
  let head: Head | undefined;
  try {
    head = parseHead(await input.until("\r\n\r\n", MOST_HEAD_BYTES), scheme);
    const most = await limit(head.request);
    if (head.request.headers.get("expect") === "100-continue") {
      await writeAll(connection, Buffer.from("HTTP/1.1 100 Continue\r\n\r\n"));
    }
    const body = await readBody(input, head.length, most);
    // Clients wait for a response: who sends many requests at once would only keep others waiting.
    return { request: withBody(head.request, body), keepsOpen: head.keepsOpen && input.isEmpty() };
  } catch (thrown) {
    if (!(thrown instanceof RequestRefused)) throw thrown;
    const isHandled = thrown.status === 413 && head !== undefined && hasCredentials(head.request);
    const request = isHandled ? head!.request : new Response(null, { status: thrown.status });
    return { request, keepsOpen: false };
  }
}

interface Head extends Received {
  readonly request: Request;
  readonly length: number | "chunked";
}

const REQUEST_LINE = /^([A-Z]{1,20}) (\/[!-~]*) HTTP\/1\.([01])$/;
const HEADER = /^([\w!#$%&'*+.^`|~-]+):(.*)$/;
const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

function parseHead(text: string, scheme: "http" | "https"): Head {
  const [first, ...lines] = text.split("\r\n");
  try {
    const [, method, path, minor] = REQUEST_LINE.exec(first!)!;
    const headers = new Headers(lines.map((line) => HEADER.exec(line)!.slice(1) as [string, string]));
    const [host] = HOST.exec(headers.get("host") ?? "")!;
    const request = new Request(`${scheme}://${host}${path}`, { method: method!, headers });
    const closes = minor === "0" || /\bclose\b/i.test(headers.get("connection") ?? "");
    return { request, length: bodyLength(headers), keepsOpen: !closes };
  } catch {
    throw new RequestRefused(400);
  }
}

function bodyLength(headers: Headers): Head["length"] {
  const [length, encoding] = [headers.get("content-length"), headers.get("transfer-encoding")];
  if (encoding === null) return Number(/^\d{1,15}$/.exec(length ?? "0")![0]);
  if (encoding.toLowerCase() !== "chunked" || length !== null) throw new RequestRefused(400);
  return "chunked";
}

async function readBody(
  input: Input,
  length: Head["length"],
  most: number,
): Promise<Uint8Array<ArrayBuffer>> {
  let body = new Uint8Array(0);
  let size = 0;
  let parts = 0;
  // Into one buffer: many small parts would take far more memory than their bytes.
  for await (const part of length === "chunked" ? chunks(input) : input.take(length)) {
    const needed = size + part.length;
    if (needed > most || ++parts > most / SMALL_PART_BYTES) throw new RequestRefused(413);
    if (needed > body.length) {
      const larger = new Uint8Array(Math.min(most, Math.max(needed, 2 * body.length)));
      larger.set(body.subarray(0, size));
      body = larger;
    }
    body.set(part, size);
    size = needed;
  }
  return body.subarray(0, size);
}

async function* chunks(input: Input): AsyncGenerator<Uint8Array> {
  for (;;) {
    const line = /^([\da-f]{1,8})(?:[ \t]*;.*)?$/i.exec(await input.until("\r\n", MOST_CHUNK_LINE));
    if (line === null) throw new RequestRefused(400);
    const size = parseInt(line[1]!, 16);
    if (size === 0) break;
    yield* input.take(size);
    if (await input.until("\r\n", 0) !== "") throw new RequestRefused(400);
  }
  // Further headers, which nothing needs.
  for (let left = MOST_HEAD_BYTES, line = " "; line !== ""; left -= line.length + 2) {
    line = await input.until("\r\n", left);
  }
}

function withBody(request: Request, body: Uint8Array<ArrayBuffer>): Request {
  if (body.length === 0) return request;
  if (request.method === "GET" || request.method === "HEAD") throw new RequestRefused(400);
  return new Request(request, { body });
}

function hasCredentials({ url, headers }: Request): boolean {
  return headers.has("authorization") || new URL(url).searchParams.has("sig");
}

/** Writes a response: a body with its length, or in chunks, as it comes; all others when they are whole. */
export async function writeResponse(
  connection: Connection,
  response: Response,
  { isHead, keepsOpen }: { readonly isHead: boolean; readonly keepsOpen: boolean },
): Promise<void> {
  const { status, body } = response;
  const headers = new Headers(response.headers);
  const isChunked = headers.get("transfer-encoding") === "chunked";
  const stream = isChunked || headers.has("content-length") ? body : null;
  const bytes = stream === null ? await response.bytes() : new Uint8Array(0);
  const hasLength = isChunked || headers.has("content-length") || status === 204 || status === 304;
  if (!hasLength) headers.set("content-length", String(bytes.length));
  if (!headers.has("date")) headers.set("date", new Date().toUTCString());
  if (!keepsOpen) headers.set("connection", "close");
  const lines = [...headers].map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const head = Buffer.from(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${lines}\r\n`, "latin1");
  if (isHead) return await Promise.all([stream?.cancel(), writeAll(connection, head)]).then(() => {});
  await writeAll(connection, Buffer.concat([head, bytes]));
  for await (const part of stream ?? []) {
    // An empty chunk would end the body.
    if (part.length === 0) continue;
    const size = `${part.length.toString(16)}\r\n`;
    await writeAll(connection, isChunked ? Buffer.concat([Buffer.from(size), part, LINE_END]) : part);
  }
  if (isChunked) await writeAll(connection, Buffer.from("0\r\n\r\n"));
}

const LINE_END = Buffer.from("\r\n");

async function writeAll(connection: Connection, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

/** Reads what still comes: a client that is sending would not see the response if its connection were closed. */
export async function discard(connection: Connection): Promise<void> {
  const bytes = new Uint8Array(READ_BYTES);
  while (await connection.read(bytes) !== null);
}

/**
 * Serves TLS on a connection on which the client has begun to speak. If a connection with TLS is closed during its
 * handshake, it keeps its file until its client leaves: so its client is this process, which passes on all bytes.
 */
export async function withTls(
  raw: Deno.Conn,
  { certificate, key }: NonNullable<ServeOptions["tls"]>,
): Promise<Deno.Conn> {
  const bytes = new Uint8Array(READ_BYTES);
  const length = await raw.read(bytes);
  if (length === null) throw new Deno.errors.UnexpectedEof();
  const listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert: certificate, key });
  const accepted = listener.accept();
  const inner = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  const secure = await accepted;
  listener.close();
  const isOwn = (secure.remoteAddr as Deno.NetAddr).port === (inner.localAddr as Deno.NetAddr).port;
  const copied = isOwn
    ? [writeAll(inner, bytes.subarray(0, length)).then(() => copy(raw, inner)), copy(inner, raw)]
    : [Promise.reject(new Deno.errors.PermissionDenied())];
  // What one direction cannot pass on, the other need not wait for.
  Promise.all(copied).catch(() => {}).then(() => inner.close());
  return secure;
}

async function copy(from: Deno.Conn, to: Deno.Conn): Promise<void> {
  const bytes = new Uint8Array(READ_BYTES);
  for (let length; (length = await from.read(bytes)) !== null;) await writeAll(to, bytes.subarray(0, length));
  await to.closeWrite();
}
