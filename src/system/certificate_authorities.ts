import { ExitCode, UserError } from "../core/errors.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** Variables that name a PEM file with further certificate authorities; all that are set count. */
const CA_FILES = ["KEDRO_AZUREML_CA_FILE", "SSL_CERT_FILE", "DENO_CERT", "NODE_EXTRA_CA_CERTS"] as const;

/** What Deno itself would read when it makes a client, each on some versions only and in an order of its own. */
const DENO_READS = [
  ...["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"],
  ...["NO_PROXY", "no_proxy"],
  ...["SSL_CERT_FILE", "SSL_CERT_DIR", "DENO_CERT", "NODE_EXTRA_CA_CERTS", "DENO_TLS_CA_STORE"],
] as const;

/**
 * Reads the certificate authorities that are trusted besides Mozilla's and the machine's own.
 *
 * @returns PEM texts.
 * @throws {UserError} `network.ca_file` when such a file cannot be read, or holds something else.
 */
export async function readAuthorities(env: Env): Promise<string[]> {
  const files = new Map<string, string>();
  for (const name of CA_FILES) {
    const path = env[name];
    if (path && !files.has(path)) files.set(path, name);
  }
  return await Promise.all([...files].map(([path, name]) => readCa(path, name)));
}

/**
 * Makes a client that trusts Mozilla's authorities, those of the machine's own store, and `caCerts`, and that knows no
 * proxy but that of its options. `DENO_TLS_CA_STORE` still says which of the two stores count.
 *
 * Deno reads its variables as it makes a client, so they are put aside meanwhile; nothing else runs in between, and
 * programs that are started see them as they were.
 */
export function createClient(options: Deno.CreateHttpClientOptions): Deno.HttpClient {
  const kept = DENO_READS.map((name) => [name, Deno.env.get(name)] as const);
  for (const [name] of kept) Deno.env.delete(name);
  Deno.env.set("DENO_TLS_CA_STORE", new Map(kept).get("DENO_TLS_CA_STORE") || "mozilla,system");
  try {
    return Deno.createHttpClient(options);
  } finally {
    Deno.env.delete("DENO_TLS_CA_STORE");
    for (const [name, value] of kept) {
      if (value !== undefined) Deno.env.set(name, value);
    }
  }
}

/** Whether TLS takes every certificate of a PEM text; it takes a text without any, too. */
function isUsable(text: string): boolean {
  try {
    createClient({ caCerts: [text] }).close();
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
    throw caError(path, missing ? "file not found" : "the file cannot be read", name, thrown);
  }
  if (isUsable(text)) return text;
  throw caError(path, "it is not a list of certificates in PEM", name);
}

function caError(path: string, problem: string, name: string, cause?: unknown): UserError {
  const where = name === "KEDRO_AZUREML_CA_FILE" ? "--ca-file (or KEDRO_AZUREML_CA_FILE)" : name;
  return new UserError(`Cannot read the certificate authorities in "${path}": ${problem}`, {
    code: "network.ca_file",
    exit: ExitCode.Config,
    hint: `Set ${where} to a PEM file with your organization's certificate authority, or unset it`,
    cause,
  });
}
