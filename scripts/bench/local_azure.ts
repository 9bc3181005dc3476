import { createServer } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Buffer } from "node:buffer";
import type { AddressInfo } from "node:net";
import { createCertificate } from "../../src/emulator/certificate.ts";
import { createSwitched, type SwitchedEmulator } from "../../tests/fakes/emulator.ts";
import { environmentOf } from "../../src/app/emulator/use.ts";
import { NAMED } from "./projects.ts";

/** What was sent to the local Azure since the last {@linkcode LocalAzure.reset}. */
export interface Traffic {
  readonly requests: number;
  /** Requests that had to wait for the answer to an earlier one, as the time that answers took tells it. */
  readonly rounds: number;
}

/** Milliseconds that each answer takes, or the times and limits that were recorded of Azure. */
export type Latency = number | "azure";

/** An emulator over HTTPS on the loopback interface, whose answers take a while. */
export interface LocalAzure extends AsyncDisposable {
  /** Variables with which both programs find it and sign in. */
  readonly env: Readonly<Record<string, string>>;
  readonly traffic: () => Traffic;
  /** Counts anew; answers take so long from now on. Keeps what was registered where `keeps`. */
  reset(latency: Latency, keeps?: boolean): void;
}

/** Starts it. @param folder Where the certificate is written. */
export async function startAzure(folder: string): Promise<LocalAzure> {
  const { authority, certificate, key } = await createCertificate(new Date());
  const caFile = `${folder}/ca.pem`;
  await Deno.writeTextFile(caFile, authority);
  let emulator: SwitchedEmulator;
  let latency: Latency = 0;
  let [requests, rounds] = [0, 0];
  // The depth of the longest chain of answers so far; a request begins after all answers that were given before it.
  let depth = 0;
  // Not `Deno.serve()`: in Deno 2.9 each answer over TLS waits 40 ms for an acknowledgement, as Azure's do not.
  const server = createServer(
    { cert: certificate, key },
    (incoming, outgoing) => void answer(incoming, outgoing),
  );
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const begun = depth + 1;
    const body = Buffer.concat(await Array.fromAsync(incoming));
    requests++;
    rounds = Math.max(rounds, begun);
    const response = await answerOf(incoming, body);
    const answered = new Uint8Array(await response.arrayBuffer());
    if (latency !== "azure" && latency > 0) await sleep(latency);
    depth = Math.max(depth, begun);
    const length = String(answered.byteLength);
    outgoing.writeHead(response.status, {
      "content-length": length,
      ...Object.fromEntries(response.headers),
    });
    outgoing.end(answered);
  }

  async function answerOf({ url, method, headers }: IncomingMessage, body: Uint8Array<ArrayBuffer>) {
    if (url!.startsWith("/common/discovery/instance?")) return Response.json(discovery(origin));
    const sent = {
      method: method!,
      headers: headers as HeadersInit,
      body: body.byteLength > 0 ? body : null,
    };
    return await emulator.fetch(new Request(`${origin}${url}`, sent));
  }

  const fresh = () =>
    createSwitched({
      origin,
      clock: { now: () => new Date(), sleep },
      random: { uuid: () => crypto.randomUUID(), number: () => Math.random() },
      ...(latency === "azure" && { limits: true, serviceTimes: true }),
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
    traffic: () => ({ requests, rounds }),
    reset(wanted, keeps = false) {
      latency = wanted;
      [requests, rounds, depth] = [0, 0, 0];
      if (!keeps) emulator = fresh();
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

function sleep(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
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
