import { createCertificate, type LoopbackCertificate } from "../src/emulator/certificate.ts";
import { createEmulator, type Emulator } from "../src/emulator/emulator.ts";
import { environmentOf } from "../src/emulator/environment.ts";
import { NAMED } from "./bench_projects.ts";

/** What was sent to the local Azure since the last {@linkcode LocalAzure.reset}. */
export interface Traffic {
  readonly requests: number;
  readonly sentBytes: number;
  /** Requests that had to wait for the answer to an earlier one, as the time that answers took tells it. */
  readonly rounds: number;
}

/** An emulator over HTTPS on the loopback interface, whose answers take a while. */
export interface LocalAzure extends AsyncDisposable {
  /** Variables with which both programs find it and sign in. */
  readonly env: Readonly<Record<string, string>>;
  readonly traffic: () => Traffic;
  /** What it shows, for other servers that the same programs should trust. */
  readonly certificate: LoopbackCertificate;
  /** Counts anew; answers take so many milliseconds from now on. Keeps what was registered where `keeps`. */
  reset(latencyMs: number, keeps?: boolean): void;
}

/** Sends a request to the emulator, or answers it in its place. */
export type Around = (
  request: Request,
  emulator: (request: Request) => Promise<Response>,
) => Promise<Response>;

/**
 * Starts it.
 *
 * @param folder Where the certificate is written.
 * @param around Stands between the programs and the emulator (default: nothing does).
 */
export async function startAzure(
  folder: string,
  around: Around = (request, emulator) => emulator(request),
): Promise<LocalAzure> {
  const loopback = await createCertificate(new Date());
  const { authority, certificate, key } = loopback;
  const caFile = `${folder}/ca.pem`;
  await Deno.writeTextFile(caFile, authority);
  let emulator: Emulator;
  let [latencyMs, requests, sentBytes, rounds] = [0, 0, 0, 0];
  // The depth of the longest chain of answers so far; a request begins after all answers that were given before it.
  let depth = 0;
  const server: Deno.HttpServer<Deno.NetAddr> = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    cert: certificate,
    key,
    onListen() {},
  }, async (request): Promise<Response> => {
    const { url, method, headers } = request;
    const begun = depth + 1;
    const body = await request.arrayBuffer();
    requests++;
    sentBytes += body.byteLength;
    rounds = Math.max(rounds, begun);
    const { pathname } = new URL(url);
    const answer = pathname === "/common/discovery/instance"
      ? Response.json(discovery(origin))
      : await around(
        new Request(url, { method, headers, body: body.byteLength > 0 ? body : null }),
        (sent) => emulator.fetch(sent),
      );
    if (latencyMs > 0) await new Promise((done) => setTimeout(done, latencyMs));
    depth = Math.max(depth, begun);
    return answer;
  });
  const origin = `https://127.0.0.1:${server.addr.port}`;
  const fresh = () =>
    createEmulator({
      origin,
      seed: {
        workspaces: [NAMED.workspace],
        computes: [NAMED.compute],
        environments: [{ name: NAMED.environment, versions: ["1"] }],
        secret: "bench-secret",
      },
    });
  emulator = fresh();
  return {
    env: { ...environmentOf({ origin, caFile, identity: emulator.identity }) },
    certificate: loopback,
    traffic: () => ({ requests, sentBytes, rounds }),
    reset(ms, keeps = false) {
      [latencyMs, requests, sentBytes, rounds, depth] = [ms, 0, 0, 0, 0];
      if (!keeps) emulator = fresh();
    },
    async [Symbol.asyncDispose]() {
      await server.shutdown();
    },
  };
}

/** What the sign-in library for Python asks first. */
function discovery(origin: string) {
  const { host } = new URL(origin);
  return {
    "api-version": "1.1",
    tenant_discovery_endpoint: `${origin}/common/v2.0/.well-known/openid-configuration`,
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  };
}
