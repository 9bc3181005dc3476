import { untilAborted } from "../../core/async.ts";
import type { Context, Proxy, ServerCertificate } from "../../core/context.ts";
import { changedError, UserError, userErrorOf } from "../../core/errors.ts";
import { createHttpClient, createPipelineRequest, isRestError } from "../../core/net/azure_http.ts";
import { endsWithCommand } from "../../core/net/cloud_hosts.ts";
import { networkError } from "../../core/net/network_error.ts";
import { proxyFor } from "../../core/net/proxy.ts";

type ReachContext = Pick<Context, "env" | "fetch" | "probe" | "clock" | "signal">;

export interface HostTarget {
  readonly id: string;
  readonly title: string;
  readonly url: string;
}

export interface ReachedHost {
  readonly ok: boolean;
  /** Empty if a proxy resolves the name. */
  readonly addresses: readonly string[];
  /** Time on the host's clock; `undefined` if its response has none. */
  readonly date: Date | undefined;
}

const ATTEMPT_MS = 10_000;
/** Time before a certificate's expiry at which the check mentions it. */
const SOON_MS = 14 * 24 * 3_600_000;

/**
 * Checks the connection to a host step by step: its name and port, or the proxy, then TLS. After a failed step, the
 * remaining ones are skipped.
 */
export async function* checkHost(
  ctx: ReachContext,
  target: HostTarget,
): AsyncGenerator<DoctorCheck, ReachedHost> {
  const url = new URL(target.url);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = url.port === "" ? (url.protocol === "http:" ? 80 : 443) : Number(url.port);
  const steps = openSteps(ctx, target);
  let addresses: readonly string[] = [];
  // An emulator within this command has no port that could be open.
  const isWithin = endsWithCommand(`${url.origin}/`);
  const proxy = isWithin
    ? undefined
    : yield* steps.take("proxy", () => proxyFor(url, ctx.env), () => undefined);
  if (proxy === FAILED) return yield* steps.end(["tls"]);
  if (proxy !== undefined) {
    const way = yield* steps.take("proxy", () => throughProxy(ctx, proxy, host, port), summaryOf);
    if (way === FAILED) return yield* steps.end(["tls"]);
  } else if (!isWithin) {
    const resolved = yield* steps.take("name", () => ctx.probe.addresses(host), (all) => all.join(", "));
    if (resolved === FAILED) return yield* steps.end(["tcp", "tls"]);
    addresses = resolved;
    const opened = yield* steps.take(
      "tcp",
      () => ctx.probe.connect(host, port),
      () => `port ${port} is open`,
    );
    if (opened === FAILED) return yield* steps.end(["tls"], addresses);
  }
  const where = { host, port, proxy, url };
  const handshake = yield* steps.take("tls", () => shakeHands(ctx, target, where), ({ summary }) => summary);
  if (handshake === FAILED) return { ok: false, addresses, date: undefined };
  return { ok: true, addresses, date: handshake.date };
}

const STEPS: Readonly<Record<string, string>> = { proxy: "proxy", name: "name", tcp: "TCP", tls: "TLS" };

function openSteps(ctx: ReachContext, { id, title, url }: HostTarget) {
  const check = openChecker(ctx, (thrown) => {
    ctx.signal.throwIfAborted();
    return asUserError(thrown, title, url);
  });
  const nameOf = (step: string): CheckName => [`${id}.${step}`, `${title}: ${STEPS[step]}`];
  return {
    take: <T>(step: string, act: () => Promise<T> | T, describe: (result: T) => string | undefined) =>
      check(
        ...nameOf(step),
        async () => await untilAborted(Promise.resolve(act()), ctx.signal),
        describe,
      ),
    async *end(
      steps: readonly string[],
      addresses: readonly string[] = [],
    ): AsyncGenerator<DoctorCheck, ReachedHost> {
      yield* skipChecks(steps.map(nameOf));
      return { ok: false, addresses, date: undefined };
    },
  };
}

function asUserError(thrown: unknown, title: string, url: string): UserError {
  if (thrown instanceof UserError) return thrown;
  if (thrown instanceof Error) return networkError(`reach ${title}`, url, thrown);
  throw thrown;
}

/** @throws {UserError} `network.proxy*` if the proxy cannot be reached, or refuses the tunnel. */
async function throughProxy({ probe }: ReachContext, proxy: Proxy, host: string, port: number) {
  const action = `reach ${host} through the proxy of ${proxy.from}`;
  let response;
  try {
    response = await probe.tunnel(proxy, host, port);
  } catch (thrown) {
    const { details } = networkError(action, proxy.url, thrown as Error);
    throw new UserError(`Cannot ${action}: ${proxy.host}:${proxy.port} cannot be reached`, {
      // network.proxy: The proxy cannot be reached. Correct the variable that the message names.
      code: "network.proxy",
      details,
      hint: otherProxy(proxy),
    });
  }
  const { status, schemes } = response;
  if (status >= 200 && status < 300) return { proxy };
  throw new UserError(`Cannot ${action}: ${refusalOf(proxy, status, schemes)}`, {
    // network.proxy_refused: The proxy refuses the host. Have it allowed, or add it to NO_PROXY.
    // network.proxy_login: The proxy requires a sign-in. Set user and password in its address.
    code: status === 407 ? "network.proxy_login" : "network.proxy_refused",
    hint: status === 0
      ? otherProxy(proxy)
      : status === 407
      ? loginHint(proxy, schemes)
      : `Have the proxy allow ${host}:${port}, or add it to NO_PROXY`,
    data: { host, status, schemes },
  });
}

function otherProxy({ from }: Proxy): string {
  return `Set ${from} to the proxy of this network, or unset it`;
}

function refusalOf({ user }: Proxy, status: number, schemes: readonly string[]): string {
  if (status === 0) return "it is not an HTTP proxy";
  if (status !== 407) return `it answered with ${status}`;
  if (user !== undefined && takesBasic(schemes)) return "it refused the user and password";
  return `it requires authentication${schemes.length === 0 ? "" : ` (${schemes.join(", ")})`}`;
}

function takesBasic(schemes: readonly string[]): boolean {
  return schemes.length === 0 || schemes.some((scheme) => /^basic$/i.test(scheme));
}

function loginHint({ from, user }: Proxy, schemes: readonly string[]): string {
  if (!takesBasic(schemes)) {
    return "Start a relay that signs in to it, such as `px` or `cntlm`, and use its address";
  }
  return user === undefined
    ? `Add user and password: ${from}=http://user:password@host:port`
    : `Check the user and password in ${from}; write special characters as %40 for @, %23 for #`;
}

function summaryOf({ proxy }: { proxy: Proxy }): string {
  const who = proxy.user === undefined ? "" : `, as ${proxy.user.name}`;
  return `${proxy.host}:${proxy.port} of ${proxy.from}${who}`;
}

/** Sends a request the way all requests are sent; a response of any kind means that TLS works. */
async function shakeHands(ctx: ReachContext, { title, url }: HostTarget, where: {
  readonly host: string;
  readonly port: number;
  readonly proxy: Proxy | undefined;
  readonly url: URL;
}) {
  const request = createPipelineRequest({
    url: `${where.url.origin}/`,
    method: "GET",
    timeout: ATTEMPT_MS,
    abortSignal: ctx.signal,
  });
  const hasChain = where.url.protocol === "https:" && !endsWithCommand(request.url);
  const { host, port, proxy } = where;
  // That they cannot be read is no failure.
  const chain = hasChain ? await ctx.probe.certificates(host, port, proxy).catch(() => []) : [];
  try {
    const response = await createHttpClient(ctx.fetch).sendRequest(request);
    const date = new Date(response.headers.get("date") ?? "");
    return {
      summary: chain.length === 0 ? `reachable (${response.status})` : trusted(chain, ctx.clock.now()),
      date: Number.isNaN(date.getTime()) ? undefined : date,
    };
  } catch (thrown) {
    if (!isRestError(thrown)) throw thrown;
    const error = networkError(`reach ${title}`, url, thrown);
    throw changedError(error, {
      details: [
        ...chain.map((certificate) =>
          `Certificate: "${certificate.subject}", issued by "${certificate.issuer}"${until(certificate)}`
        ),
        ...error.details,
      ],
      data: { ...error.data, certificates: chain },
    });
  }
}

function trusted(chain: readonly ServerCertificate[], now: Date): string {
  const ends = chain.flatMap(({ validTo }) => validTo === undefined ? [] : [validTo.getTime()]);
  const soon = ends.some((end) => end - now.getTime() < SOON_MS) ? ", expires soon" : "";
  const names = [chain[0]!.subject, ...chain.map(({ issuer }) => issuer)];
  return `${[...new Set(names)].join(" < ")}${until(chain[0]!)}${soon}`;
}

function until({ validTo }: ServerCertificate): string {
  return validTo === undefined ? "" : `, until ${validTo.toISOString().slice(0, 10)}`;
}

export interface DoctorCheck {
  /** Stable id for scripts: `target.step`, such as `entra.tls`. */
  readonly id: string;
  /** Title for display, such as "Entra ID: TLS". */
  readonly title: string;
  /** `skipped` if an earlier check that it depends on failed. */
  readonly status: "ok" | "warned" | "failed" | "skipped";
  /** What was found, or why the check was skipped; one line. */
  readonly summary?: string;
  readonly error?: UserError;
  readonly milliseconds: number;
}

export type CheckName = readonly [id: string, title: string];

/** Yields checks as skipped; omit `summary` if the reason is that of the check before. */
export function* skipChecks(checks: readonly CheckName[], summary?: string): Generator<DoctorCheck> {
  for (const [id, title] of checks) {
    yield { id, title, status: "skipped", ...(summary !== undefined && { summary }), milliseconds: 0 };
  }
}

export const FAILED = Symbol("failed");

/**
 * Creates a function that runs a check: it yields the check's result, and returns what the check found. Its parameter
 * `describe` describes that in one line; a check without a description is only yielded if it fails.
 *
 * @param asError Returns the error of a failed check, or throws (default: rethrows everything except a UserError).
 */
export function openChecker(ctx: Pick<Context, "clock">, asError = userErrorOf) {
  return async function* check<T>(
    id: string,
    title: string,
    act: () => Promise<T> | T,
    describe: (result: T) => string | undefined,
  ): AsyncGenerator<DoctorCheck, T | typeof FAILED> {
    const start = ctx.clock.now().getTime();
    const milliseconds = () => ctx.clock.now().getTime() - start;
    try {
      const result = await act();
      const summary = describe(result);
      if (summary !== undefined) yield { id, title, status: "ok", summary, milliseconds: milliseconds() };
      return result;
    } catch (thrown) {
      yield { id, title, status: "failed", error: asError(thrown), milliseconds: milliseconds() };
      return FAILED;
    }
  };
}
