import { deepStrictEqual as assertEquals, match, ok, rejects } from "node:assert/strict";
import { proxyFor } from "../../src/core/net/proxy.ts";
import { openRelay } from "../../src/system/proxy_relay.ts";
import { createClient } from "../../src/system/certificate_authorities.ts";
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
  { name: "openRelay() connects to hosts by name and address", ignore: !hasOpenssl(), ...loose },
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
  { name: "openRelay() rejects other clients of this machine", ignore: !hasOpenssl(), ...loose },
  async () => {
    const network = await openNetwork();
    const { proxy } = openRelay(proxyAt(network.proxyPort, "ada:p%40ss"));
    const stranger = { ...proxy, basicAuth: { username: "relay", password: "guessed" } } as Deno.Proxy;
    try {
      await rejects(get(`https://localhost:${network.httpsPort}/`, network.ca, stranger), TypeError);
      assertEquals(network.proxied(), []);
    } finally {
      await network.close();
    }
  },
);

Deno.test(
  {
    name: "openRelay() returns the proxy's error from refusal(), without the login",
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
