import { ExitCode, UserError } from "../errors.ts";
import { redact } from "../text/redact.ts";

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

/**
 * `ECONNRESET`, which every retry policy tries again; `CERTIFICATE` or `PROXY_LOGIN`, where trying again does not help.
 */
export function connectionCode(error: Error): "ECONNRESET" | "CERTIFICATE" | "PROXY_LOGIN" {
  const said = networkSays(error);
  return CERTIFICATE.test(said) ? "CERTIFICATE" : PROXY_LOGIN.test(said) ? "PROXY_LOGIN" : "ECONNRESET";
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
  const { code, problem, hint } = NETWORK_PROBLEMS.find(({ says }) => says.test(said)) ?? UNKNOWN;
  return new UserError(`Cannot ${action}: ${host} ${problem}`, {
    code: `network.${code}`,
    exit: ExitCode.Unavailable,
    hint,
    details: [`The network said: ${said}`],
    data: { host },
    cause: error,
  });
}

const UNKNOWN = {
  code: "unreachable",
  problem: "could not be reached",
  hint: "Look at the network, HTTPS_PROXY and NO_PROXY; run `kedro-azureml doctor`",
};

const CERTIFICATE = /certificate|UnknownIssuer/i;
const PROXY_LOGIN = /proxy authentication required/i;

/** What the network says, and what it means. */
export interface NetworkProblem {
  /** What the words of the network are told by. */
  readonly says: RegExp;
  /** The part of `network.<code>` after the dot. */
  readonly code: string;
  /** As in "<host> <problem>". */
  readonly problem: string;
  readonly hint: string;
}

/** Every reason for no answer that is known; the first that fits counts. */
export const NETWORK_PROBLEMS: readonly NetworkProblem[] = [
  {
    says: /answered with status/,
    code: "answer",
    problem: "answered, but not in the words of that service",
    hint: "Look at the address and HTTPS_PROXY: something between may answer in its place",
  },
  {
    says: /certificate.*(expired|not ?valid ?yet)/i,
    code: "certificate_time",
    problem: "shows a certificate that is not valid at this time",
    hint:
      "Set this machine's clock where it is wrong; else the certificate must be renewed by who runs that host",
  },
  {
    says: /certificate.*(not ?valid ?for ?name|not valid for name)/i,
    code: "certificate_name",
    problem: "shows a certificate of another host",
    hint: "Look at the address, at DNS and at HTTPS_PROXY: something answers in its place",
  },
  {
    says: CERTIFICATE,
    code: "certificate",
    problem: "shows a certificate that this machine does not trust",
    hint: "Name a PEM file with your organisation's certificate authority with `--ca-file` or SSL_CERT_FILE",
  },
  {
    says: PROXY_LOGIN,
    code: "proxy_login",
    problem: "could not be reached: the proxy does not know who asks, or does not take the password",
    hint: "Write user and password into HTTPS_PROXY, as http://user:password@host:port with %40 for @; " +
      "`kedro-azureml doctor` tells what the proxy wants",
  },
  {
    says: /proxy|tunnel/i,
    code: "proxy",
    problem: "could not be reached through the proxy",
    hint: "Run `kedro-azureml doctor`; look at HTTPS_PROXY, and name hosts that need no proxy in NO_PROXY",
  },
  {
    says: /dns|lookup address|name or service|ENOTFOUND|EAI_AGAIN/i,
    code: "name",
    problem: "is a name that this machine cannot resolve",
    hint:
      "Look at the network connection, and set HTTPS_PROXY where this network has a proxy; behind a private link the " +
      "name needs its private DNS zone",
  },
  {
    says: /InvalidContentType|tls handshake|corrupt message/i,
    code: "tls",
    problem: "does not answer in TLS",
    hint: "Look at the address and HTTPS_PROXY: something between answers in its place",
  },
  {
    says: /unreachable|EHOSTUNREACH|ENETUNREACH/i,
    code: "unreachable",
    problem: "cannot be reached from this network",
    hint: "Look at the network, the firewall, HTTPS_PROXY and NO_PROXY; run `kedro-azureml doctor`",
  },
  {
    says: /refused/i,
    code: "refused",
    problem: "refused the connection",
    hint: "Look at the address, the firewall and HTTPS_PROXY",
  },
  {
    says: /No answer within|timed out|ETIMEDOUT/i,
    code: "timeout",
    problem: "did not answer in time",
    hint: "Look at the firewall and HTTPS_PROXY; try again when the service is less busy",
  },
  {
    says: /reset|closed|broken|eof|ended/i,
    code: "cut",
    problem: "closed the connection",
    hint: "Try again",
  },
];
