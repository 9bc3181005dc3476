import { deepStrictEqual as assertEquals, ok, strictEqual, throws } from "node:assert/strict";
import type { UserError } from "../../../src/core/errors.ts";
import { bypassesProxy, bytesOf, proxyFor } from "../../../src/core/net/proxy.ts";

/** NO_PROXY lists with URLs that bypass the proxy, and URLs that do not. */
const LISTS: readonly { list: string; free: readonly string[]; not?: readonly string[] }[] = [
  { list: "", free: [], not: ["https://a.example"] },
  { list: "*", free: ["https://a.example", "https://10.0.0.1", "https://[::1]"] },
  { list: "a.example", free: ["https://a.example", "https://b.a.example"], not: ["https://xa.example"] },
  { list: ".a.example", free: ["https://a.example", "https://b.a.example"], not: ["https://xa.example"] },
  {
    list: "*.a.example",
    free: ["https://a.example", "https://c.b.a.example"],
    not: ["https://xa.example", "https://example"],
  },
  {
    list: " x.test ,  A.Example;b.test c.test",
    free: ["https://a.example", "https://b.test", "https://c.test"],
  },
  { list: "a.example.", free: ["https://a.example", "https://a.example./"] },
  { list: "a.example:8443", free: ["https://a.example:8443"], not: ["https://a.example"] },
  { list: ".example:443", free: ["https://a.example"], not: ["https://a.example:444", "http://a.example"] },
  { list: "10.1.2.3", free: ["https://10.1.2.3:5"], not: ["https://10.1.2.30"] },
  { list: "10.0.0.0/8", free: ["https://10.255.0.1"], not: ["https://11.0.0.1", "https://10.example"] },
  { list: "192.168.4.0/22", free: ["https://192.168.7.255"], not: ["https://192.168.8.0"] },
  { list: "10.0.0.1:8080", free: ["https://10.0.0.1:8080"], not: ["https://10.0.0.1"] },
  { list: "::1", free: ["https://[::1]"], not: ["https://[::2]"] },
  { list: "[::1]:443", free: ["https://[::1]"], not: ["https://[::1]:444"] },
  { list: "fd00::/8", free: ["https://[fd12:3456::1]"], not: ["https://[fe80::1]"] },
  { list: "0.0.0.0/0", free: ["https://1.2.3.4"], not: ["https://[::1]"] },
  { list: "10.0.0.1/33, 10.0.0.1/x, 10.0.0.0/-1", free: [], not: ["https://10.0.0.1"] },
  { list: "10.0.0.0/, 10.0.0.0/0x8, 10.0.0.0/8/8, 10.0.0.0/8.5", free: [], not: ["https://10.0.0.1"] },
  { list: "10.*", free: ["https://10.1.2.3"], not: ["https://110.1.2.3", "https://10x.example"] },
  { list: "10.1.2.*:443", free: ["https://10.1.2.3"], not: ["https://10.1.3.3", "https://10.1.2.3:444"] },
  {
    list: "*-in.a.example",
    free: ["https://x-in.a.example"],
    not: ["https://a.example", "https://x-inxa.example"],
  },
  { list: "256.1.1.1", free: [], not: ["https://1.1.1.1"] },
];

for (const { list, free, not = [] } of LISTS) {
  Deno.test(`NO_PROXY="${list}" excludes only its hosts`, () => {
    assertEquals(free.filter((url) => !bypassesProxy(new URL(url), list)), []);
    assertEquals(not.filter((url) => bypassesProxy(new URL(url), list)), []);
  });
}

const AZURE = new URL("https://management.azure.com/x");

Deno.test("proxyFor() reads the login from the URL", () => {
  assertEquals(proxyFor(AZURE, { HTTPS_PROXY: "http://ada%40corp:p%40s%3As%25@proxy.corp:8080/" }), {
    url: "http://proxy.corp:8080",
    host: "proxy.corp",
    port: 8080,
    user: { name: "ada@corp", password: "p@s:s%" },
    from: "HTTPS_PROXY",
  });
});

/** Spellings of a proxy, and the resulting URL and port. */
const SPELLINGS: Readonly<Record<string, readonly [string, number]>> = {
  "proxy": ["http://proxy:80", 80],
  "proxy.corp:3128": ["http://proxy.corp:3128", 3128],
  "https://proxy.corp": ["https://proxy.corp:443", 443],
  "socks5://proxy.corp": ["socks5://proxy.corp:1080", 1080],
  "socks5h://proxy.corp": ["socks5h://proxy.corp:1080", 1080],
  "HTTP://proxy.corp": ["http://proxy.corp:80", 80],
  "  http://10.0.0.1:8080  ": ["http://10.0.0.1:8080", 8080],
  "http://[fd00::1]:8080": ["http://[fd00::1]:8080", 8080],
};

for (const [text, [url, port]] of Object.entries(SPELLINGS)) {
  Deno.test(`proxyFor() reads "${text}" as ${url}`, () => {
    const proxy = proxyFor(AZURE, { https_proxy: text });
    assertEquals([proxy?.url, proxy?.port], [url, port]);
  });
}

Deno.test("proxyFor() prefers the variable of the protocol to ALL_PROXY", () => {
  const env = { HTTP_PROXY: "plain", HTTPS_PROXY: " ", ALL_PROXY: "all" };
  strictEqual(proxyFor(AZURE, env)?.from, "ALL_PROXY");
  strictEqual(proxyFor(new URL("http://a.example"), env)?.from, "HTTP_PROXY");
  strictEqual(proxyFor(AZURE, { HTTP_PROXY: "plain" }), undefined);
});

Deno.test("proxyFor() prefers NO_PROXY to no_proxy", () => {
  const isUsed = (env: Record<string, string>) =>
    proxyFor(AZURE, { ALL_PROXY: "proxy", ...env }) !== undefined;
  assertEquals(
    [
      isUsed({ NO_PROXY: "management.azure.com" }),
      isUsed({ no_proxy: "management.azure.com" }),
      isUsed({ NO_PROXY: "", no_proxy: "management.azure.com" }),
    ],
    [false, false, true],
  );
});

Deno.test("proxyFor() uses no proxy for the managed identity", () => {
  strictEqual(proxyFor(new URL("http://169.254.169.254/metadata"), { ALL_PROXY: "proxy" }), undefined);
  ok(proxyFor(new URL("http://169.254.example/metadata"), { ALL_PROXY: "proxy" }));
});

for (
  const text of [
    "http://ada:pa/ss@proxy:8080",
    "http://proxy/path",
    "http://",
    "ftp://ada:1/ss@proxy",
    "ftp://ada:1#ss@proxy",
    "http://proxy:99999",
    "a b",
  ]
) {
  Deno.test(`proxyFor() rejects "${text}"`, () => {
    throws(() => proxyFor(AZURE, { HTTPS_PROXY: text }), (error: UserError) => {
      strictEqual(error.code, "network.proxy_address");
      strictEqual(error.message, "The proxy in HTTPS_PROXY is not a valid URL");
      const said = `${error.message} ${error.hint}`;
      return said.includes("HTTPS_PROXY") && !said.includes("pa/ss") && !said.includes("ftp");
    });
  });
}

Deno.test("proxyFor() says which scheme it does not support, without the password", () => {
  throws(() => proxyFor(AZURE, { HTTPS_PROXY: "foo://ada:pass@bar:8080" }), {
    code: "network.proxy_address",
    message: 'The proxy "foo://bar:8080" in HTTPS_PROXY has a scheme that is not supported',
  });
});

Deno.test("bytesOf() reads IPv4 and IPv6 addresses", () => {
  assertEquals(bytesOf("1.2.3.4"), [1, 2, 3, 4]);
  assertEquals(bytesOf("::ffff:1.2.3.4")?.slice(10), [255, 255, 1, 2, 3, 4]);
  assertEquals(bytesOf("1:2:3:4:5:6:7:8")?.slice(-2), [0, 8]);
  for (const text of ["1.2.3", "256.1.1.1", "1.1.1.256", "a:b"]) strictEqual(bytesOf(text), undefined);
  strictEqual(bytesOf("a.example"), undefined);
});

Deno.test("proxyFor() removes the brackets of an IPv6 address", () => {
  const { url, host } = proxyFor(AZURE, { HTTPS_PROXY: "[::1]:3128" })!;
  assertEquals([url, host], ["http://[::1]:3128", "::1"]);
});
