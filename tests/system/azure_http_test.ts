import { deepStrictEqual as assertEquals, match, rejects, strictEqual } from "node:assert/strict";
import { createAzureClient, createPipelineRequest } from "../../src/core/net/azure_http.ts";
import { networkError } from "../../src/core/net/network_error.ts";
import { createFetch } from "../../src/system/fetch.ts";
import { fakeContext } from "../fakes/context.ts";

/** Creates a server that handles each connection with the next of `acts`; the last handles the rest. */
function openServer(acts: readonly ((connection: Deno.TcpConn, heard: string) => Promise<void>)[]) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const heard: string[] = [];
  const done = (async () => {
    for await (const connection of listener) {
      const act = acts[Math.min(heard.length, acts.length - 1)]!;
      const text = await readRequest(connection, act === cutWhileReading ? 1 : undefined);
      heard.push(text);
      await act(connection, text).catch(() => {});
      connection.close();
    }
  })();
  const close = async () => {
    listener.close();
    await done;
  };
  return { url: `http://127.0.0.1:${listener.addr.port}/x?sig=SECRET`, heard, close };
}

/** Reads a request, or only some reads of it. */
async function readRequest(connection: Deno.TcpConn, reads = Infinity): Promise<string> {
  let text = "";
  const buffer = new Uint8Array(65536);
  for (let i = 0; i < reads; i++) {
    const read = await connection.read(buffer);
    if (read === null) break;
    text += new TextDecoder().decode(buffer.subarray(0, read));
    const [head, body] = text.split("\r\n\r\n");
    const length = Number(/content-length: (\d+)/i.exec(head!)?.[1] ?? 0);
    if (body !== undefined && body.length >= length) break;
  }
  return text;
}

async function cutWhileReading(): Promise<void> {}

async function cutWhileAnswering(connection: Deno.TcpConn): Promise<void> {
  await connection.write(new TextEncoder().encode("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf"));
}

async function answer(connection: Deno.TcpConn, heard: string): Promise<void> {
  const body = `got ${heard.split("\r\n\r\n")[1]!.length}`;
  const head = `HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n`;
  await connection.write(new TextEncoder().encode(head + body));
}

/** The client closes with the program. */
const loose = { sanitizeResources: false };

Deno.test("createAzureClient() sends an interrupted upload again", loose, async () => {
  const server = openServer([cutWhileReading, cutWhileAnswering, answer]);
  const ctx = fakeContext({ fetch: createFetch({}) });
  const body = new Uint8Array(3_000_000).fill(65);
  const request = createPipelineRequest({ url: server.url, method: "PUT", body });
  request.allowInsecureConnection = true;
  const response = await createAzureClient(ctx).sendRequest(request);
  await server.close();
  strictEqual(response.bodyAsText, "got 3000000");
  assertEquals([server.heard.length, ctx.sleeps.length], [3, 2]);
  match(server.heard[2]!, /content-length: 3000000\r\n/i);
  strictEqual(/transfer-encoding/i.test(server.heard[2]!), false);
});

const SILENT = (connection: Deno.TcpConn) => connection.read(new Uint8Array(1)).then(() => {});

Deno.test("networkError() hides the SAS in network failures", loose, async () => {
  const silent = openServer([SILENT]);
  const closed = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const port = closed.addr.port;
  closed.close();
  const cases: Record<string, string> = {
    "https://no-such-host.invalid/?sig=SECRET": "network.name",
    [`http://127.0.0.1:${port}/?sig=SECRET`]: "network.refused",
    [silent.url]: "network.timeout",
    [silent.url.replace("http:", "https:")]: "network.timeout",
  };
  const client = createAzureClient({ ...fakeContext({ fetch: createFetch({}) }), maxRetries: 0 });
  for (const [url, code] of Object.entries(cases)) {
    const request = createPipelineRequest({ url, timeout: 300, allowInsecureConnection: true });
    await rejects(client.sendRequest(request), (thrown: Error) => {
      const error = networkError("read the workspace", url, thrown);
      strictEqual(error.code, code, `${url}: ${thrown.message}`);
      strictEqual(Deno.inspect(error).includes("SECRET"), false);
      return true;
    });
  }
  await silent.close();
});
