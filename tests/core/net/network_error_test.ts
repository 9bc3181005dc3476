import { assertTranscript } from "../../fakes/assert_transcript.ts";
import { deepStrictEqual as assertEquals, strictEqual as equal } from "node:assert/strict";
import {
  connectionCode,
  isConnectionError,
  networkError,
  networkSays,
} from "../../../src/core/net/network_error.ts";

/** Messages of systems and libraries, and their error codes. */
const SAID: readonly (readonly [string, string])[] = [
  ["getaddrinfo ENOTFOUND x.example", "network.name"],
  ["getaddrinfo EAI_AGAIN x.example", "network.name"],
  ["dns error: failed to lookup address information: Name or service not known", "network.name"],
  ["proxy proxy.corp:3128 of HTTPS_PROXY: tcp connect error: Connection refused", "network.proxy"],
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

for (const [said, code] of SAID) {
  Deno.test(`networkError() classifies "${said.slice(0, 60)}" as ${code}`, () => {
    const cause = new Error(said);
    const error = networkError("reach Entra ID", "https://x.example:8443/a", cause);
    equal(error.cause, cause);
    assertEquals([error.code, error.exit, error.details], [code, 6, []]);
    equal(error.message.startsWith("Cannot reach Entra ID: x.example:8443 "), true);
    assertEquals(error.data, { host: "x.example:8443", reason: said });
  });
}

Deno.test("networkError() says what is wrong and what to do", async (t) => {
  const said = [...new Map(SAID.map(([said, code]) => [code, said])).values(), "what nobody has seen"];
  const shown = said.map((said) => {
    const { message, hint, details } = networkError("reach Entra ID", "https://x.example", new Error(said));
    return [said, message, ...details, hint].join("\n  ");
  });
  await assertTranscript(t, shown.join("\n"), import.meta.url);
});

Deno.test("connectionCode() tells certificates and the login of a proxy, which no retry helps, from the rest", () => {
  const codes = ["invalid peer certificate: UnknownIssuer", "proxy authentication required (407)", "reset"]
    .map((said) => connectionCode(new Error(said)));
  assertEquals(codes, ["CERTIFICATE", "PROXY_LOGIN", "ECONNRESET"]);
});

Deno.test("isConnectionError() returns true for every way in which a connection fails or breaks", () => {
  const { errors } = Deno;
  const kinds = [
    ...[TypeError, errors.Http, errors.ConnectionRefused, errors.ConnectionReset, errors.ConnectionAborted],
    ...[errors.BrokenPipe, errors.UnexpectedEof, errors.TimedOut],
  ];
  assertEquals(kinds.filter((Kind) => !isConnectionError(new Kind("x"))), []);
  assertEquals([new Error("x"), new errors.NotFound("x"), "x"].filter(isConnectionError), []);
});

Deno.test("networkError() quotes the network if it does not know the problem", () => {
  const error = networkError("reach Entra ID", "https://x.example", new Error("oddity 7"));
  assertEquals(error.details, ["The network said: oddity 7"]);
});

Deno.test("networkSays() joins the distinct messages of up to five causes", () => {
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
