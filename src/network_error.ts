import { ExitCode, UserError } from "./errors.ts";
import { redact } from "./redact.ts";

/** Whether what was thrown says that a connection could not be made, or broke; `fetch` throws `TypeError` then. */
export function isConnectionError(thrown: unknown): thrown is Error {
  return thrown instanceof TypeError || CONNECTION_ERRORS.some((kind) => thrown instanceof kind);
}

const CONNECTION_ERRORS = [
  Deno.errors.Http,
  Deno.errors.ConnectionRefused,
  Deno.errors.ConnectionReset,
  Deno.errors.ConnectionAborted,
  Deno.errors.BrokenPipe,
  Deno.errors.UnexpectedEof,
  Deno.errors.TimedOut,
];

/** `ECONNRESET`, which every retry policy tries again, or `CERTIFICATE`, where trying again does not help. */
export function connectionCode(error: Error): "ECONNRESET" | "CERTIFICATE" {
  return CERTIFICATE.test(networkSays(error)) ? "CERTIFICATE" : "ECONNRESET";
}

/** What the network said: the messages of an error and of its causes, without secrets and without the address. */
export function networkSays(error: Error): string {
  const said: string[] = [];
  for (let at: unknown = error; at instanceof Error && said.length < 5; at = at.cause) {
    const text = at.message.replace(/^error sending request .*client error \(\w+\): /, "");
    if (text !== "fetch failed" && !said.some((one) => one.includes(text))) said.push(text);
  }
  return redact(said.join(": ")) || "fetch failed";
}

/**
 * Says in words why there was no answer, and what to look at.
 *
 * @param action What was being done, as in "Cannot <action>".
 * @param error What the network said; nothing secret is left of it.
 */
export function networkError(action: string, url: string, error: Error): UserError {
  const { host } = new URL(url);
  const said = networkSays(error);
  const found = PROBLEMS.find(([pattern]) => pattern.test(said));
  const [, code, problem, hint] = found ??
    [
      undefined,
      "unreachable",
      "could not be reached",
      "Look at the network, HTTPS_PROXY and NO_PROXY; run `kedro-azureml doctor`",
    ];
  return new UserError(`Cannot ${action}: ${host} ${problem}`, {
    code: `network.${code}`,
    exit: ExitCode.Unavailable,
    hint,
    details: [`The network said: ${said}`],
    data: { host },
    cause: error,
  });
}

const CERTIFICATE = /certificate|UnknownIssuer/i;

/** What the network says, and what it means. */
const PROBLEMS: readonly (readonly [RegExp, string, string, string])[] = [
  [
    /answered with status/,
    "answer",
    "answered, but not in the words of that service",
    "Look at the address and HTTPS_PROXY: something between may answer in its place",
  ],
  [
    /certificate.*(expired|not ?valid ?yet)/i,
    "certificate_time",
    "shows a certificate that is not valid at this time",
    "Set this machine's clock where it is wrong; else the certificate must be renewed by who runs that host",
  ],
  [
    /certificate.*(not ?valid ?for ?name|not valid for name)/i,
    "certificate_name",
    "shows a certificate of another host",
    "Look at the address, at DNS and at HTTPS_PROXY: something answers in its place",
  ],
  [
    CERTIFICATE,
    "certificate",
    "shows a certificate that this machine does not trust",
    "Name a PEM file with your organisation's certificate authority with `--ca-file` or SSL_CERT_FILE",
  ],
  [
    /proxy|tunnel/i,
    "proxy",
    "could not be reached through the proxy",
    "Run `kedro-azureml doctor`; look at HTTPS_PROXY, and name hosts that need no proxy in NO_PROXY",
  ],
  [
    /dns|lookup address|name or service|ENOTFOUND/i,
    "name",
    "is a name that this machine cannot resolve",
    "Look at the network connection, and set HTTPS_PROXY where this network has a proxy; behind a private link the " +
    "name needs its private DNS zone",
  ],
  [
    /InvalidContentType|tls handshake|corrupt message/i,
    "tls",
    "does not answer in TLS",
    "Look at the address and HTTPS_PROXY: something between answers in its place",
  ],
  [
    /unreachable|EHOSTUNREACH|ENETUNREACH/i,
    "unreachable",
    "cannot be reached from this network",
    "Look at the network, the firewall, HTTPS_PROXY and NO_PROXY; run `kedro-azureml doctor`",
  ],
  [/refused/i, "refused", "refused the connection", "Look at the address, the firewall and HTTPS_PROXY"],
  [
    /No answer within|timed out|ETIMEDOUT/i,
    "timeout",
    "did not answer in time",
    "Look at the firewall and HTTPS_PROXY; try again when the service is less busy",
  ],
  [/reset|closed|broken|eof|ended/i, "cut", "closed the connection", "Try again"],
];
