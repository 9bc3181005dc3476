import { deepStrictEqual as assertEquals, match, ok, rejects } from "node:assert/strict";
import { proxyFor } from "../../src/core/net/proxy.ts";
import "reflect-metadata";
import { PemConverter, X509CertificateGenerator } from "@peculiar/x509";
import { createCertificate } from "../../src/emulator/certificate.ts";
import { systemProbe } from "../../src/system/probe.ts";
import { hasOpenssl, openNetwork } from "./network.ts";
import { openProxy } from "./proxy_server.ts";

/** The other side may keep sockets open. */
const loose = { sanitizeOps: false, sanitizeResources: false };

Deno.test("addresses() resolves localhost", loose, async () => {
  ok((await systemProbe.addresses("localhost")).some((one) => one === "127.0.0.1" || one === "::1"));
  await rejects(systemProbe.addresses("no-such-host.invalid"), /ENOTFOUND|EAI_AGAIN/);
});

Deno.test("connect() rejects a closed port", loose, async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  await systemProbe.connect("127.0.0.1", port);
  listener.close();
  await rejects(systemProbe.connect("127.0.0.1", port), { code: "ECONNREFUSED" });
});

/** Opens a proxy that answers each connection with these parts, and then closes it. */
function answeringProxy(...parts: readonly string[]) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const asked: string[] = [];
  (async () => {
    for await (const connection of listener) {
      const head = new Uint8Array(1024);
      asked.push(new TextDecoder().decode(head.subarray(0, await connection.read(head) ?? 0)));
      for (const part of parts) {
        await connection.write(new TextEncoder().encode(part));
        await new Promise((resolve) => setTimeout(resolve));
      }
      connection.close();
    }
  })();
  return { listener, asked, at: `127.0.0.1:${listener.addr.port}` };
}

for (
  const [what, parts, status, schemes] of [
    [
      "answers in two parts",
      ["HTTP/1.1 407 No\r\nProxy-Authenticate: Basic\r\n", "Proxy-Authenticate: NTLM\r\n\r\n"],
      407,
      ["Basic", "NTLM"],
    ],
    ["does not speak HTTP", ["SSH-2.0\r\n\r\n"], 0, []],
    ["closes the connection", [], 0, []],
  ] as const
) {
  Deno.test(`tunnel() returns status ${status} if the proxy ${what}`, loose, async () => {
    const { listener, at } = answeringProxy(...parts);
    const proxy = proxyFor(new URL("https://x"), { HTTPS_PROXY: at })!;
    assertEquals(await systemProbe.tunnel(proxy, "x", 443), { status, schemes });
    listener.close();
  });
}

Deno.test(
  "certificates() returns each certificate of the server",
  loose,
  async () => {
    const { authority, certificate, key } = await createCertificate(new Date());
    const server = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert: certificate + authority, key });
    const accepted = server.accept().then((connection) => connection.handshake().catch(() => {}));
    const found = await systemProbe.certificates("localhost", server.addr.port);
    const name = "kedro-azureml emulator";
    assertEquals(found.map(({ subject, issuer }) => [subject, issuer]), [["localhost", name], [name, name]]);
    ok(found.every(({ validTo }) => validTo! > new Date()));
    await accepted;
    server.close();
  },
);

Deno.test("tunnel() accepts a SOCKS proxy with an open port", loose, async () => {
  const { listener, at } = answeringProxy();
  const proxy = proxyFor(new URL("https://x"), { HTTPS_PROXY: `socks5://${at}` })!;
  assertEquals(await systemProbe.tunnel(proxy, "x", 443), { status: 200, schemes: [] });
  listener.close();
});

Deno.test(
  "tunnel() gives up on a silent proxy",
  loose,
  async () => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    const proxy = proxyFor(new URL("https://x"), { HTTPS_PROXY: `127.0.0.1:${port}` })!;
    const tooLate = { code: "ETIMEDOUT", message: "No answer within 5 s" };
    const attempts = [systemProbe.tunnel(proxy, "x", 443), systemProbe.certificates("localhost", port)];
    const given = attempts.map((attempt) => rejects(attempt, tooLate));
    const connections = [await listener.accept(), await listener.accept()];
    await Promise.all(given);
    assertEquals(await Promise.all(connections.map(isClosed)), [true, true]);
    listener.close();
  },
);

/** Whether the other side closes a connection within two seconds. */
async function isClosed(connection: Deno.Conn): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), 2000);
  Array.fromAsync(connection.readable).then(() => resolve(true), () => resolve(true));
  return await promise.finally(() => clearTimeout(timer));
}

Deno.test("tunnel() closes its connection", loose, async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  await systemProbe.connect("127.0.0.1", port);
  assertEquals(await isClosed(await listener.accept()), true);
  const proxy = proxyFor(new URL("https://x"), { HTTPS_PROXY: `127.0.0.1:${port}` })!;
  const asked = systemProbe.tunnel(proxy, "x", 443);
  const connection = await listener.accept();
  await connection.write(new TextEncoder().encode("HTTP/1.1 200 OK\r\n\r\n"));
  await asked;
  assertEquals(await isClosed(connection), true);
  listener.close();
});

Deno.test(
  "certificates() names the organization of an issuer",
  loose,
  async () => {
    const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
    const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]) as CryptoKeyPair;
    const certificate = await X509CertificateGenerator.createSelfSigned({
      name: "O=Contoso, C=DE",
      keys,
      signingAlgorithm: algorithm,
      notBefore: new Date(Date.now() - 60_000),
      notAfter: new Date("2040-01-02T03:04:05Z"),
    });
    const key = PemConverter.encode(await crypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY");
    const server = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert: certificate.toString("pem"), key });
    const expected = [{ subject: "Contoso", issuer: "Contoso", validTo: new Date("2040-01-02T03:04:05Z") }];
    const found = systemProbe.certificates("127.0.0.1", server.addr.port);
    const connection = await server.accept();
    await connection.handshake().catch(() => {});
    assertEquals(await found, expected);
    assertEquals(await isClosed(connection), true);

    const proxy = openProxy({ portOf: () => server.addr.port });
    const handshake = server.accept().then((one) => one.handshake().catch(() => {}).then(() => one));
    const through = proxyFor(new URL("https://x"), { HTTPS_PROXY: `127.0.0.1:${proxy.port}` })!;
    assertEquals(await systemProbe.certificates("azure.test", 443, through), expected);
    assertEquals(await isClosed(await handshake), true);
    proxy.close();
    server.close();
  },
);

Deno.test({
  name: "certificates() returns untrusted certificates",
  ignore: !hasOpenssl(),
  ...loose,
}, async () => {
  const network = await openNetwork();
  const proxy = openProxy({ portOf: () => network.httpsPort, login: "ada:p@ss" });
  const through = (login: string) =>
    proxyFor(new URL("https://x"), { HTTPS_PROXY: `http://${login}@127.0.0.1:${proxy.port}` })!;
  try {
    const [own, ...issuers] = await systemProbe.certificates("localhost", network.httpsPort);
    assertEquals(issuers, [], "the server sends no other");
    assertEquals([own?.subject, own?.issuer], ["localhost", "private-ca"]);
    ok(own!.validTo! > new Date());
    const [same] = await systemProbe.certificates("azure.test", 443, through("ada:p%40ss"));
    assertEquals(same, own);
    assertEquals(await systemProbe.tunnel(through("ada:p%40ss"), "azure.test", 443), {
      status: 200,
      schemes: [],
    });
    assertEquals(await systemProbe.tunnel(through("ada:no"), "azure.test", 443), {
      status: 407,
      schemes: ["Basic", "Negotiate"],
    });
    match(proxy.asked[0]!.target, /^azure\.test:443$/);
  } finally {
    proxy.close();
    await network.close();
  }
});

Deno.test("tunnel() writes an IPv6 address in brackets", loose, async () => {
  const { listener, asked, at } = answeringProxy("HTTP/1.1 200 OK\r\n\r\n");
  const proxy = proxyFor(new URL("https://x"), { HTTPS_PROXY: at })!;
  assertEquals(await systemProbe.tunnel(proxy, "fe80::1", 443), { status: 200, schemes: [] });
  assertEquals(asked, ["CONNECT [fe80::1]:443 HTTP/1.1\r\nHost: [fe80::1]:443\r\n\r\n"]);
  listener.close();
});
