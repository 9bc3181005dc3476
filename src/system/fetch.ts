import { ExitCode, UserError } from "../errors.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** Variables that name a PEM file with further certificate authorities; all that are set count. */
const CA_FILES = ["SSL_CERT_FILE", "DENO_CERT", "NODE_EXTRA_CA_CERTS"] as const;

/**
 * Makes the one way to the network: one attempt a request, on connections that are kept.
 *
 * Deno itself reads `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, in both cases of letters. The certificate
 * authorities are read here at the first request, because Deno looks at some of the variables on some versions only.
 *
 * @throws {UserError} `network.ca_file` from the result, when such a file cannot be read.
 */
export function createFetch(env: Env): (request: Request) => Promise<Response> {
  let client: Promise<Deno.HttpClient | undefined> | undefined;
  return async (request) => {
    client ??= createClient(env);
    const made = await client;
    return await fetch(request, made === undefined ? {} : { client: made });
  };
}

async function createClient(env: Env): Promise<Deno.HttpClient | undefined> {
  const files = new Map<string, string>();
  for (const name of CA_FILES) {
    const path = env[name];
    if (path && !files.has(path)) files.set(path, name);
  }
  if (files.size === 0) return undefined;
  const caCerts = await Promise.all([...files].map(([path, name]) => readCa(path, name)));
  return Deno.createHttpClient({ caCerts });
}

/** Whether TLS takes every certificate of a PEM text; it takes a text without any, too. */
function isUsable(text: string): boolean {
  try {
    Deno.createHttpClient({ caCerts: [text] }).close();
    return text.includes("-----BEGIN CERTIFICATE-----");
  } catch (thrown) {
    if (thrown instanceof TypeError) return false;
    throw thrown;
  }
}

async function readCa(path: string, name: string): Promise<string> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (thrown) {
    const missing = thrown instanceof Deno.errors.NotFound;
    throw caError(path, missing ? "there is no such file" : "it cannot be read", name, thrown);
  }
  if (isUsable(text)) return text;
  throw caError(path, "it is not a list of certificates in PEM", name);
}

function caError(path: string, problem: string, name: string, cause?: unknown): UserError {
  return new UserError(`Cannot read the certificate authorities in "${path}": ${problem}`, {
    code: "network.ca_file",
    exit: ExitCode.Config,
    hint: `Set ${name} to a PEM file with your organisation's certificate authority, or unset it`,
    cause,
  });
}
