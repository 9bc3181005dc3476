import { deepStrictEqual as assertEquals, match, ok, rejects } from "node:assert/strict";
import { proxyFor } from "../../src/core/net/proxy.ts";
import { openRelay } from "../../src/system/proxy_relay.ts";
import { createClient } from "../../src/system/fetch.ts";
import { hasOpenssl, openNetwork } from "./network.ts";
import { openProxy } from "./proxy_server.ts";

/** The relay ends with the program. */
const loose = { sanitizeOps: false, sanitizeResources: false };

function proxyAt(port: number, login: string) {
  return proxyFor(new URL("https://x"), { HTTPS_PROXY: `http://${login}@127.0.0.1:${port}` })!;
}

async function get(url: string, ca: string, proxy: Deno.Proxy): Promise<string> {
  const client = createClient({ caCerts: [await Deno.readTextFile(ca)], proxy });
  try {
    return await (await fetch(url, { client })).text();
  } finally {
    client.close();
  }
}

Deno.test(
  { name: "openRelay() connects to names and addresses", ignore: !hasOpenssl(), ...loose },
  async () => {
    const network = await openNetwork();
    const relay = openRelay(proxyAt(network.proxyPort, "ada:p%40ss"));
    try {
      for (const host of ["localhost", "127.0.0.1"]) {
        match(await get(`https://${host}:${network.httpsPort}/there`, network.ca, relay.proxy), /^\/there/);
      }
      assertEquals(
        network.proxied(),
        ["localhost", "127.0.0.1"].map((host) => `ada:p@ss@${host}:${network.httpsPort}`),
      );
    } finally {
      await network.close();
    }
  },
);

Deno.test(
  {
    name: "openRelay() reports a refusal without the login",
    ignore: !hasOpenssl(),
    ...loose,
  },
  async () => {
    const network = await openNetwork();
    const proxy = openProxy({ portOf: () => network.httpsPort, login: "ada:p@ss" });
    const wrong = openRelay(proxyAt(proxy.port, "ada:no"));
    const nowhere = openRelay(proxyAt(1, "ada:p%40ss"));
    try {
      const url = `https://localhost:${network.httpsPort}/`;
      for (const { proxy } of [wrong, nowhere]) await rejects(get(url, network.ca, proxy), TypeError);
      const target = `localhost:${network.httpsPort}`;
      match(wrong.refusal(target) ?? "", /^proxy authentication required \(407\)$/);
      match(nowhere.refusal(target) ?? "", /refused/);
      ok(!/ada|no\b|p@ss/.test(wrong.refusal(target)!));
    } finally {
      proxy.close();
      await network.close();
    }
  },
);

/** Serves as an HTTP proxy that answers connections with these heads, and notes what each is sent until it ends. */
function answeringProxy(...heads: readonly string[]) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const sent = (async () => {
    const found: string[] = [];
    for (const head of heads) {
      const connection = await listener.accept();
      await connection.write(new TextEncoder().encode(head));
      found.push(await new Response(connection.readable).text());
    }
    return found;
  })();
  return { port: listener.addr.port, sent, close: () => listener.close() };
}

/** How a client reaches a relay. */
interface Login {
  readonly url: string;
  readonly basicAuth: { readonly username: string; readonly password: string };
}

/** Asks a SOCKS5 relay for a target, sends it `data`, and returns its answer to the request and what follows. */
async function askRelay(
  { url, basicAuth: { username, password } }: Login,
  target: readonly number[],
  data: string,
) {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(new URL(url).port) });
  const bytes = (text: string) => [text.length, ...new TextEncoder().encode(text)];
  await connection.write(
    new Uint8Array([5, 2, 0, 2, 1, ...bytes(username), ...bytes(password), 5, 1, 0, ...target]),
  );
  const received: number[] = [];
  const reader = connection.readable.getReader();
  while (received.length < 14) {
    const { value, done } = await reader.read();
    if (done) break;
    received.push(...value);
  }
  if (received.length > 4) await connection.write(new TextEncoder().encode(data));
  reader.releaseLock();
  try {
    await connection.closeWrite();
    for await (const value of connection.readable) received.push(...value);
  } catch {
    // The relay has closed it.
  }
  return received;
}

/** Targets as SOCKS5 encodes them (RFC 1928), and as an HTTP proxy is asked for them. */
const TARGETS: readonly (readonly [asked: string, target: readonly number[]])[] = [
  ["10.0.0.7:443", [1, 10, 0, 0, 7, 1, 187]],
  ["a.example:8443", [3, 9, ...new TextEncoder().encode("a.example"), 32, 251]],
  [
    "[2001:0db8:0000:0000:0000:000a:00ff:0001]:80",
    [4, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 10, 0, 255, 0, 1, 0, 80],
  ],
];

for (const [asked, target] of TARGETS) {
  Deno.test(
    { name: `openRelay() sends the proxy's login for ${asked}`, ...loose },
    async () => {
      const proxy = answeringProxy("HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\nhello");
      const relay = openRelay(proxyAt(proxy.port, "ada:p%C3%A4ss"));
      const received = await askRelay(relay.proxy as Login, target, "data");
      assertEquals(received.slice(0, 4), [5, 2, 1, 0]);
      assertEquals(received.slice(4, 14), [5, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
      assertEquals(new TextDecoder().decode(new Uint8Array(received.slice(14))), "hello");
      assertEquals(
        await proxy.sent,
        [`CONNECT ${asked} HTTP/1.1\r\nHost: ${asked}\r\nProxy-Authorization: Basic YWRhOnDDpHNz\r\n\r\ndata`],
      );
      assertEquals(relay.refusal(asked), undefined);
      proxy.close();
    },
  );
}

for (
  const [head, refusal] of [
    ["HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "proxy authentication required (407)"],
    ["HTTP/1.0 502 Bad Gateway\r\n\r\n", "unsuccessful tunnel (502)"],
    ["SSH-2.0-OpenSSH\r\n\r\n", "unsuccessful tunnel: it is no HTTP proxy"],
  ] as const
) {
  Deno.test({
    name: `openRelay() reports "${refusal}"`,
    ...loose,
  }, async () => {
    const proxy = answeringProxy(head);
    const relay = openRelay(proxyAt(proxy.port, "ada:no"));
    const [asked, target] = TARGETS[1]!;
    assertEquals(await askRelay(relay.proxy as Login, target, "data"), [5, 2, 1, 0]);
    assertEquals(relay.refusal(asked), refusal);
    await proxy.sent;
    proxy.close();
  });
}

for (
  const [what, answer, refusal] of [
    ["answers 20,000 bytes without an end", "x".repeat(20_000), "unsuccessful tunnel: it is no HTTP proxy"],
    ["closes the connection", undefined, "The connection ended"],
  ] as const
) {
  Deno.test({ name: `openRelay() gives up if the proxy ${what}`, ...loose }, async () => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const answered = listener.accept().then(async (connection) => {
      if (answer === undefined) return connection.close();
      await connection.write(new TextEncoder().encode(answer));
      // The relay does not read all of it, which resets the connection.
      await Array.fromAsync(connection.readable).catch(() => {});
    });
    const relay = openRelay(proxyAt(listener.addr.port, "ada:p"));
    const [asked, target] = TARGETS[0]!;
    const timer = Promise.withResolvers<"no answer">();
    const timeout = setTimeout(() => timer.resolve("no answer"), 3000);
    const received = await Promise.race([askRelay(relay.proxy as Login, target, ""), timer.promise]);
    clearTimeout(timeout);
    assertEquals(received, [5, 2, 1, 0]);
    assertEquals(relay.refusal(asked), refusal);
    await answered;
    listener.close();
  });
}

Deno.test({ name: "openRelay() forgets a refusal after a success", ...loose }, async () => {
  const proxy = answeringProxy("HTTP/1.1 502 Bad Gateway\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n");
  const relay = openRelay(proxyAt(proxy.port, "ada:p"));
  const [asked, target] = TARGETS[0]!;
  for (const refusal of ["unsuccessful tunnel (502)", undefined]) {
    await askRelay(relay.proxy as Login, target, "");
    assertEquals(relay.refusal(asked), refusal);
  }
  proxy.close();
});

Deno.test({ name: "openRelay() rejects programs without its password", ...loose }, async () => {
  const relay = openRelay(proxyAt(1, "ada:p"));
  const { url, basicAuth } = relay.proxy as Login;
  for (const wrong of [{ ...basicAuth, password: "guessed" }, { ...basicAuth, username: "other" }]) {
    const [asked, target] = TARGETS[0]!;
    assertEquals(await askRelay({ url, basicAuth: wrong }, target, ""), [5, 2, 1, 1]);
    assertEquals(relay.refusal(asked), undefined);
  }
});

Deno.test(
  { name: "openRelay() closes the oldest of 129 connections", ...loose },
  async () => {
    const proxy = answeringProxy("HTTP/1.1 200 OK\r\n\r\nhello");
    const relay = openRelay(proxyAt(proxy.port, "ada:p"));
    const port = Number(new URL((relay.proxy as Login).url).port);
    const held: Deno.Conn[] = [];
    for (let at = 0; at < 129; at++) held.push(await Deno.connect({ hostname: "127.0.0.1", port }));
    const late = new Promise<"still open">((done) => setTimeout(done, 2000, "still open"));
    assertEquals(await Promise.race([held[0]!.read(new Uint8Array(1)), late]), null);
    const received = await askRelay(relay.proxy as Login, TARGETS[0]![1], "data");
    assertEquals(new TextDecoder().decode(new Uint8Array(received.slice(14))), "hello");
    held.forEach((connection) => connection.close());
    proxy.close();
  },
);
