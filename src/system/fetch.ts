type Env = Readonly<Record<string, string | undefined>>;

/**
 * Makes the one way to the network: one attempt a request.
 *
 * Proxy variables are Deno's own business. `SSL_CERT_FILE` is read here, because Deno looks at it only with
 * `DENO_TLS_CA_STORE=system`.
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
  if (!env.SSL_CERT_FILE) return undefined;
  try {
    return Deno.createHttpClient({ caCerts: [await Deno.readTextFile(env.SSL_CERT_FILE)] });
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return undefined;
    throw thrown;
  }
}
