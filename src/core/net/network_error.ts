import { UserError } from "../errors.ts";
import { redact } from "../secrets.ts";

/** Whether a connection could not be made or broke; `fetch` throws `TypeError` for that. */
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

/** Classifies a connection error: only `ECONNRESET` is retried. */
export function connectionCode(error: Error): "ECONNRESET" | "CERTIFICATE" | "PROXY_LOGIN" {
  const messages = networkSays(error);
  return CERTIFICATE.test(messages)
    ? "CERTIFICATE"
    : PROXY_LOGIN.test(messages)
    ? "PROXY_LOGIN"
    : "ECONNRESET";
}

/** The messages of an error and its causes, without secrets and without the URL. */
export function networkSays(error: Error): string {
  const messages: string[] = [];
  for (let cause: unknown = error; cause instanceof Error && messages.length < 5; cause = cause.cause) {
    const text = cause.message.replace(/^error sending request .*client error \(\w+\): /, "");
    if (text !== "fetch failed" && !messages.some((message) => message.includes(text))) messages.push(text);
  }
  return redact(messages.join(": ")) || "fetch failed";
}

/**
 * Explains why a host did not respond, and what to check.
 *
 * @param action What was attempted, as in "Cannot <action>".
 * @param error The network's error; its messages are redacted.
 */
export function networkError(action: string, url: string, error: Error): UserError {
  const { host } = new URL(url);
  const messages = networkSays(error);
  const kind = NETWORK_PROBLEMS.find(({ says }) => says.test(messages));
  const { code, problem, hint } = kind ?? UNKNOWN;
  // As `fetch` names it, without a login.
  const [proxy = "proxy"] = /\bproxy \S+:\d+ of \w+/.exec(messages) ?? [];
  return new UserError(`Cannot ${action}: ${host} ${problem.replace("proxy", proxy)}`, {
    code,
    hint,
    ...(kind === undefined && { details: [`The network said: ${messages}`] }),
    data: { host, reason: messages },
    cause: error,
  });
}

const UNKNOWN = {
  code: "network.unreachable",
  problem: "could not be reached",
  hint: "Check the network, HTTPS_PROXY and NO_PROXY; run `kedro-azureml doctor`",
};

const CERTIFICATE = /certificate|UnknownIssuer/i;
const PROXY_LOGIN = /proxy authentication required/i;

interface NetworkProblem {
  readonly says: RegExp;
  readonly code: string;
  /** Completes the sentence "<host> <problem>". */
  readonly problem: string;
  readonly hint: string;
}

/** Known reasons for a missing response; the first match counts. */
export const NETWORK_PROBLEMS: readonly NetworkProblem[] = [
  {
    says: /answered with status/,
    code: "network.answer",
    problem: "returned an unexpected response",
    hint: "Check the address and HTTPS_PROXY: a proxy may be answering instead",
  },
  {
    says: /certificate.*(expired|not ?valid ?yet)/i,
    code: "network.certificate_time",
    problem: "has a certificate that is expired or not valid yet",
    hint: "Check this machine's clock; if it is right, the host's certificate must be renewed",
  },
  {
    says: /certificate.*(not ?valid ?for ?name|not valid for name)/i,
    code: "network.certificate_name",
    problem: "has a certificate for another host",
    hint: "Check the address, DNS and HTTPS_PROXY: another host may be answering instead",
  },
  {
    says: CERTIFICATE,
    code: "network.certificate",
    problem: "has a certificate that this machine does not trust",
    hint: "Use `--ca-file` or SSL_CERT_FILE with a PEM file of your organization's certificate authority",
  },
  {
    says: PROXY_LOGIN,
    code: "network.proxy_login",
    problem: "could not be reached: the proxy requires a user name and password, or rejected them",
    hint:
      "Set HTTPS_PROXY to http://user:password@host:port, with %40 for @; `kedro-azureml doctor` shows what the proxy requires",
  },
  {
    says: /proxy|tunnel/i,
    code: "network.proxy",
    problem: "could not be reached through the proxy",
    hint: "Run `kedro-azureml doctor`; check HTTPS_PROXY, and list hosts that need no proxy in NO_PROXY",
  },
  {
    says: /dns|lookup address|name or service|ENOTFOUND|EAI_AGAIN/i,
    code: "network.name",
    problem: "cannot be resolved by DNS",
    hint:
      "Check the network connection, and set HTTPS_PROXY if this network has a proxy; a private endpoint needs its private DNS zone",
  },
  {
    says: /InvalidContentType|tls handshake|corrupt message/i,
    code: "network.tls",
    problem: "does not speak TLS",
    hint: "Check the address and HTTPS_PROXY: a proxy may be answering instead",
  },
  {
    says: /unreachable|EHOSTUNREACH|ENETUNREACH/i,
    code: "network.unreachable",
    problem: "cannot be reached from this network",
    hint: "Check the network, the firewall, HTTPS_PROXY and NO_PROXY; run `kedro-azureml doctor`",
  },
  {
    says: /refused/i,
    code: "network.refused",
    problem: "refused the connection",
    hint: "Check the address, the firewall and HTTPS_PROXY",
  },
  {
    says: /No answer within|timed out|ETIMEDOUT/i,
    code: "network.timeout",
    problem: "did not answer in time",
    hint: "Check the firewall and HTTPS_PROXY, or try again later",
  },
  {
    says: /reset|closed|broken|eof|ended/i,
    code: "network.cut",
    problem: "closed the connection",
    hint: "Try again",
  },
];

/** Azure's services name a request for support in one of these headers. */
const REQUEST_IDS = ["x-ms-request-id", "x-ms-correlation-request-id", "mise-correlation-id"];

/** The id of a request that support asks for. @param header Returns a response header by its lowercase name. */
export function requestIdOf(header: (name: string) => string | undefined): string | undefined {
  return REQUEST_IDS.map((name) => header(name)).find((id) => id !== undefined);
}
