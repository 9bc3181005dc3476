import { assertTranscript } from "../../fakes/assert_transcript.ts";
import { strictEqual as equal } from "node:assert/strict";
import { networkError, networkSays } from "../../../src/core/net/network_error.ts";

/** Messages of systems and libraries, and their error codes. */
const SAID: readonly (readonly [string, string])[] = [
  ["getaddrinfo ENOTFOUND x.example", "network.name"],
  ["getaddrinfo EAI_AGAIN x.example", "network.name"],
  ["dns error: failed to lookup address information: Name or service not known", "network.name"],
  ["proxy proxy.corp:3128 of HTTPS_PROXY: proxy authentication required (407)", "network.proxy_login"],
  ["connect ECONNREFUSED 10.0.0.1:443", "network.refused"],
  ["invalid peer certificate: UnknownIssuer", "network.certificate"],
  [
    "invalid peer certificate: certificate expired: verification time 2 (UNIX), but certificate is not valid after 1",
    "network.certificate_time",
  ],
  [
    'invalid peer certificate: certificate not valid for name "a"; certificate is only valid for DnsName("b")',
    "network.certificate_name",
  ],
  [
    "invalid peer certificate: certificate not valid yet: verification time 1 (UNIX), but certificate is not valid until 2",
    "network.certificate_time",
  ],
  ["invalid peer certificate: Other(certificate NotValidForName)", "network.certificate_name"],
  ["It answered with status 302", "network.answer"],
  ["unsuccessful tunnel (403)", "network.proxy"],
  ["proxy proxy.corp:3128 of HTTPS_PROXY: tcp connect error: Connection refused", "network.proxy"],
  ["received corrupt message of type InvalidContentType", "network.tls"],
  ["received corrupt message of type Handshake(UnsupportedVersion)", "network.tls"],
  ["tls handshake eof", "network.tls"],
  ["No answer within 5 s", "network.timeout"],
  ["Connection timed out (os error 110)", "network.timeout"],
  ["connect ETIMEDOUT 10.0.0.1:443", "network.timeout"],
  ["Network is unreachable (os error 101)", "network.unreachable"],
  ["connect EHOSTUNREACH 10.0.0.1:443", "network.unreachable"],
  ["connect ENETUNREACH 10.0.0.1:443", "network.unreachable"],
  ["connection closed before message completed", "network.cut"],
  ["Connection reset by peer (os error 104)", "network.cut"],
  ["Broken pipe (os error 32)", "network.cut"],
  ["peer sent unexpected EOF", "network.cut"],
  ["The connection ended", "network.cut"],
];

Deno.test("networkError() suggests a fix for each failure", async (t) => {
  const said = [...new Map(SAID.map(([said, code]) => [code, said])).values(), "what nobody has seen"];
  const shown = said.map((said) => {
    const { message, hint, details } = networkError("reach Entra ID", "https://x.example", new Error(said));
    return [said, message, ...details, hint].join("\n  ");
  });
  await assertTranscript(t, shown.join("\n"), import.meta.url);
});

Deno.test("networkSays() joins the messages of causes", () => {
  const chain = (...messages: readonly string[]) =>
    messages.toReversed().reduce<Error | undefined>(
      (cause, message) => new Error(message, { cause }),
      undefined,
    )!;
  equal(networkSays(chain("fetch failed", "a is lost", "lost", "b")), "a is lost: b");
  equal(networkSays(chain("1", "2", "3", "4", "5", "6")), "1: 2: 3: 4: 5");
  equal(networkSays(chain("fetch failed")), "fetch failed");
  equal(
    networkSays(chain("error sending request for url (https://a/?sig=x): client error (Connect): no")),
    "no",
  );
});
