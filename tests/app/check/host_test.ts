import { deepEqual, equal } from "node:assert/strict";
import { checkHost, type DoctorCheck, type ReachedHost } from "../../../src/app/check/host.ts";
import type { Proxy } from "../../../src/core/context.ts";
import { fakeContext, type FakeOptions } from "../../fakes/context.ts";

const DATE = "Fri, 02 Jan 2026 03:04:05 GMT";

/** Checks a host that answers, unless the options say otherwise. */
async function reach(url: string, options: FakeOptions = {}) {
  const ctx = fakeContext({
    fetch: async () => new Response("", { status: 404, headers: { date: DATE } }),
    ...options,
  });
  const checks: DoctorCheck[] = [];
  const examination = checkHost(ctx, { id: "a", title: "A", url });
  let host: ReachedHost | undefined;
  while (host === undefined) {
    const { done, value } = await examination.next();
    if (done) host = value;
    else checks.push(value);
  }
  const lines = checks.map(({ id, title, status, summary, error }) =>
    [id, title, status, summary ?? error?.message ?? ""].join(" | ")
  );
  return { lines, host, error: checks.find(({ error }) => error !== undefined)?.error };
}

const URL = "https://a.example/";
const PROXIED = { HTTPS_PROXY: "http://ada:x@proxy.corp:3128" };
const chain = (...ends: readonly string[]) => async () =>
  ends.map((end, at) => ({
    subject: ["a.example", "Issuer", "Root"][at]!,
    issuer: ["Issuer", "Root", "Root"][at]!,
    validTo: new Date(end),
  }));

Deno.test("doctor reads certificates through the proxy", async () => {
  const proxies: (Proxy | undefined)[] = [];
  const certificates = async (_: string, __: number, proxy?: Proxy) => {
    proxies.push(proxy);
    return await chain("2026-06-01")();
  };
  const fetch = () => Promise.reject(new TypeError("invalid peer certificate: UnknownIssuer"));
  const { error, lines } = await reach(URL, { env: PROXIED, probe: { certificates }, fetch });
  deepEqual(proxies.map((proxy) => proxy?.host), ["proxy.corp"]);
  equal(
    lines.at(-1),
    "a.tls | A: TLS | failed | Cannot reach A: a.example has a certificate that this machine does not trust",
  );
  equal(error!.details[0], 'Certificate: "a.example", issued by "Issuer", until 2026-06-01');
  deepEqual(error!.data!.certificates, await chain("2026-06-01")());
});
