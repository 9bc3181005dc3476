import { deepStrictEqual as assertEquals, match, ok, rejects, strictEqual } from "node:assert/strict";
import { createFetch } from "../../src/system/fetch.ts";
import { hasOpenssl, type Network, openNetwork } from "./network.ts";

// deno-lint-ignore no-console
if (!hasOpenssl()) console.error("Skipping the tests of TLS and proxies: there is no openssl on PATH");

const PROGRAM = `
  import { createFetch } from ${JSON.stringify(new URL("../../src/system/fetch.ts", import.meta.url).href)};
  const fetch = createFetch(Deno.env.toObject());
  for (const url of Deno.args) {
    try {
      console.log(await (await fetch(new Request(url))).text());
    } catch (error) {
      const says = [];
      for (let at = error; at; at = at.cause) says.push(at.code ?? "", at.message);
      console.log("! " + says.join(" "));
    }
  }
`;

/** Fetches each URL in its own process, as Deno reads proxies from the real environment. */
async function fetchAll(urls: string[], env: Record<string, string>): Promise<string[]> {
  const program = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(program, PROGRAM);
  const { HOME = "", DENO_DIR = "", PATH = "" } = Deno.env.toObject();
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--no-lock", "-A", program, ...urls],
    // Deno looks for updates, through the proxy too.
    env: { HOME, PATH, DENO_NO_UPDATE_CHECK: "1", ...(DENO_DIR ? { DENO_DIR } : {}), NO_COLOR: "1", ...env },
    clearEnv: true,
  }).output();
  await Deno.remove(program);
  const text = new TextDecoder().decode(stdout);
  ok(text !== "", new TextDecoder().decode(stderr));
  return text.trim().split("\n");
}

function withNetwork(name: string, test: (network: Network) => Promise<void>): void {
  Deno.test({ name, ignore: !hasOpenssl() }, async () => {
    const network = await openNetwork();
    try {
      await test(network);
    } finally {
      await network.close();
    }
  });
}

for (const variable of ["SSL_CERT_FILE", "DENO_CERT", "NODE_EXTRA_CA_CERTS"]) {
  withNetwork(`createFetch() trusts certificates in ${variable}`, async ({ ca, dir, httpsPort }) => {
    const url = `https://localhost:${httpsPort}/here`;
    match((await fetchAll([url], {}))[0]!, /^! .*UnknownIssuer/);
    match((await fetchAll([url], { [variable]: ca }))[0]!, /^\/here/);
    const other = await openNetwork();
    const bundle = `${dir}/bundle.pem`;
    await Deno.writeTextFile(bundle, await Deno.readTextFile(other.ca) + await Deno.readTextFile(ca));
    const found = await fetchAll([url, `https://127.0.0.1:${other.httpsPort}/there`], { [variable]: bundle });
    await other.close();
    match(found.join("\n"), /^\/here \d+\n\/there \d+$/);
  });
}

withNetwork("createFetch() trusts certificates of several variables", async ({ ca, httpsPort }) => {
  const other = await openNetwork();
  const urls = [`https://localhost:${httpsPort}/a`, `https://localhost:${other.httpsPort}/b`];
  const found = await fetchAll(urls, { SSL_CERT_FILE: ca, NODE_EXTRA_CA_CERTS: other.ca });
  await other.close();
  match(found.join("\n"), /^\/a \d+\n\/b \d+$/);
});

Deno.test("createFetch() rejects an invalid CA file", async () => {
  const path = await Deno.makeTempFile();
  const url = "https://localhost:9/";
  match((await fetchAll([url], { SSL_CERT_FILE: "/no/such.pem" }))[0]!, /network.ca_file .*such file/);
  for (const text of ["", "text", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]) {
    await Deno.writeTextFile(path, text);
    match((await fetchAll([url], { NODE_EXTRA_CA_CERTS: path }))[0]!, /network.ca_file .*in PEM/);
  }
  await Deno.remove(path);
});

withNetwork("createFetch() reuses a connection", async ({ ca, httpsPort }) => {
  const url = `https://localhost:${httpsPort}/`;
  const [first, second] = await fetchAll([url, url], { SSL_CERT_FILE: ca });
  strictEqual(first, second);
});

for (const variable of ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"]) {
  withNetwork(`createFetch() sends the login in ${variable} to the proxy`, async (network) => {
    const proxy = `http://ada:p%40ss@127.0.0.1:${network.proxyPort}`;
    const url = `https://localhost:${network.httpsPort}/through`;
    const [answer] = await fetchAll([url], { SSL_CERT_FILE: network.ca, [variable]: proxy });
    match(answer!, /^\/through/);
    assertEquals(network.proxied(), [`ada:p@ss@localhost:${network.httpsPort}`]);
  });
}

withNetwork(
  "createFetch() sends no proxy login to hosts",
  async (network) => {
    const proxy = `http://ada:p%40ss@127.0.0.1:${network.proxyPort}`;
    const urls = [`http://localhost:${network.httpsPort}/`, `https://localhost:${network.httpsPort}/login`];
    const [, answer] = await fetchAll(urls, { SSL_CERT_FILE: network.ca, ALL_PROXY: proxy });
    strictEqual(answer, "/login without a login");
  },
);

const PASSED_BY: Record<string, string> = {
  "a host name": "localhost",
  "a list with spaces": "example.org, localhost",
  "an asterisk": "*",
  "an IP address": "127.0.0.1",
  "an IP range": "127.0.0.0/8",
};

for (const [kind, value] of Object.entries(PASSED_BY)) {
  withNetwork(`createFetch() bypasses the proxy if NO_PROXY is ${kind}`, async (network) => {
    const host = value.includes("127") ? "127.0.0.1" : "localhost";
    const [answer] = await fetchAll([`https://${host}:${network.httpsPort}/direct`], {
      SSL_CERT_FILE: network.ca,
      HTTPS_PROXY: `http://127.0.0.1:${network.proxyPort}`,
      NO_PROXY: value,
    });
    match(answer!, /^\/direct/);
    assertEquals(network.proxied(), []);
  });
}

withNetwork(
  "createFetch() bypasses the proxy for subdomains in NO_PROXY",
  async (network) => {
    const { httpsPort: port } = network;
    const urls = ["a.blob.example.test", "blob.example.test", "myexample.test"].map((host) =>
      `https://${host}:${port}/`
    );
    for (const value of [".example.test", "example.test"]) {
      network.forget();
      await fetchAll(urls, { HTTPS_PROXY: `http://127.0.0.1:${network.proxyPort}`, NO_PROXY: value });
      assertEquals(network.proxied(), [`myexample.test:${port}`], value);
    }
  },
);

/** An HTTP client stays open. */
const loose = { sanitizeResources: false };

Deno.test("createFetch() names the proxy that failed", loose, async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const send = createFetch({ HTTPS_PROXY: `http://127.0.0.1:${port}` });
  await rejects(
    send(new Request("https://a.test")),
    ({ message }) => message.startsWith(`proxy 127.0.0.1:${port} of HTTPS_PROXY: `),
  );
});

Deno.test("createFetch() sends the login to a SOCKS proxy", loose, async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const send = createFetch({ ALL_PROXY: `socks5://ada:secret@127.0.0.1:${listener.addr.port}` });
  const failed = rejects(send(new Request("https://a.test")), TypeError);
  const connection = await listener.accept();
  const read = async () => {
    const bytes = new Uint8Array(100);
    return new TextDecoder().decode(bytes.subarray(0, await connection.read(bytes) ?? 0));
  };
  strictEqual((await read())[0], "\x05");
  await connection.write(new Uint8Array([5, 2]));
  strictEqual(await read(), "\x01\x03ada\x06secret");
  connection.close();
  await failed;
  listener.close();
});
