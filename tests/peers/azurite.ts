import { createCertificate } from "../../src/emulator/certificate.ts";
import { peerPath, skippedWithout } from "./peer.ts";

const FILE = "azurite/node_modules/azurite/dist/src/blob/main.js";
const PROGRAM = peerPath(FILE);
/** The public account and key of every Azurite. */
const ACCOUNT = "devstoreaccount1";
const KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

/** Why tests with Azurite are skipped; empty if it is installed. */
export const skipped = skippedWithout(FILE);

/** Blob storage on this machine. */
export interface Azurite extends AsyncDisposable {
  /** URL of the account, without a trailing slash. */
  readonly url: string;
  readonly fetch: (request: Request) => Promise<Response>;
  /** Creates a container and returns its SAS URL, as Azure ML does for an upload. */
  container(name: string): Promise<string>;
  /** Creates a token for storage or another audience. */
  token(audience?: string): string;
}

/** Starts Azurite in memory with TLS. @param loopback Its certificate (default: a new one). */
export async function startAzurite(
  loopback?: Awaited<ReturnType<typeof createCertificate>>,
): Promise<Azurite> {
  const folder = await Deno.makeTempDir();
  const { authority, certificate, key } = loopback ?? await createCertificate(new Date());
  await Deno.writeTextFile(`${folder}/cert.pem`, certificate);
  await Deno.writeTextFile(`${folder}/key.pem`, key, { mode: 0o600 });
  const port = freePort();
  const process = new Deno.Command("node", {
    args: [
      PROGRAM,
      ...["--blobHost", "127.0.0.1", "--blobPort", String(port), "--inMemoryPersistence"],
      ...["--skipApiVersionCheck", "--disableTelemetry", "--silent", "--oauth", "basic"],
      ...["--cert", `${folder}/cert.pem`, "--key", `${folder}/key.pem`],
    ],
    cwd: folder,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const client = Deno.createHttpClient({ caCerts: [authority] });
  const send = (request: Request) => fetch(request, { client });
  const url = `https://127.0.0.1:${port}/${ACCOUNT}`;
  await answering(send, url).catch((thrown) => {
    process.kill("SIGKILL");
    throw thrown;
  });
  return {
    url,
    fetch: send,
    async container(name) {
      const sas = await signed(name);
      const answer = await send(
        new Request(`${url}/${name}?restype=container&${await signedAccount()}`, { method: "PUT" }),
      );
      await answer.body?.cancel();
      if (answer.status !== 201) throw new Error(`Azurite answered ${answer.status} to a new container`);
      return `${url}/${name}?${sas}`;
    },
    token: (audience = "https://storage.azure.com") => {
      const now = Math.floor(Date.now() / 1000);
      const claims = {
        aud: audience,
        iss: "https://sts.windows.net/t/",
        nbf: now - 60,
        iat: now - 60,
        exp: now + 3600,
      };
      return [{ alg: "none", typ: "JWT" }, claims, "x"].map((part) =>
        btoa(JSON.stringify(part)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")
      ).join(".");
    },
    async [Symbol.asyncDispose]() {
      process.kill("SIGKILL");
      await process.status;
      client.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  return port;
}

async function answering(send: Azurite["fetch"], url: string): Promise<void> {
  for (let attempt = 0;; attempt++) {
    try {
      await (await send(new Request(url))).body?.cancel();
      return;
    } catch (thrown) {
      if (attempt === 300) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

const VERSION = "2021-12-02";
const time = (ms: number) => new Date(Date.now() + ms).toISOString().replace(/\.\d+Z$/, "Z");

/** Signs a SAS of a container as documented. */
async function signed(container: string): Promise<string> {
  const [permissions, start, expiry] = ["racwl", time(-300_000), time(3_600_000)];
  const text = [
    ...[permissions, start, expiry, `/blob/${ACCOUNT}/${container}`, "", "", "https", VERSION, "c", "", ""],
    ...["", "", "", "", ""],
  ].join("\n");
  const query = {
    sv: VERSION,
    spr: "https",
    st: start,
    se: expiry,
    sr: "c",
    sp: permissions,
    sig: await hmac(text),
  };
  return new URLSearchParams(query).toString();
}

/** Signs a SAS of the account that can create containers. */
async function signedAccount(): Promise<string> {
  const [start, expiry] = [time(-300_000), time(3_600_000)];
  const text = [ACCOUNT, "rwlc", "b", "sco", start, expiry, "", "https", VERSION, "", ""].join("\n");
  const query = { sv: VERSION, ss: "b", srt: "sco", sp: "rwlc", st: start, se: expiry, spr: "https" };
  return new URLSearchParams({ ...query, sig: await hmac(text) }).toString();
}

async function hmac(text: string): Promise<string> {
  const raw = Uint8Array.from(atob(KEY), (char) => char.charCodeAt(0));
  const key = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const signature = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(text));
  return btoa(String.fromCharCode(...new Uint8Array(signature)));
}
