import type { CredentialContext } from "../credential.ts";
import { openBrowser } from "./open_browser.ts";
import type { Interaction } from "../interaction.ts";
import type { PublicClient, SignedIn, SignInRequest } from "./public_client.ts";
import { signInEnded } from "./unfinished.ts";

/** How long the person may take in the browser. */
const LIMIT_MS = 5 * 60_000;
/** How long the server stays up to deliver the last page. */
const LAST_PAGE_MS = 100;

/** A browser that could not be opened. */
export interface NotOpened {
  readonly notOpened: string;
}

/**
 * Signs a person in with the browser: authorization code with PKCE, redirected to a loopback port that is only open
 * during the sign-in. Responses with another state are rejected.
 *
 * @throws {UserError} `auth.*` when the person or Entra ID declines, or after five minutes without a response.
 */
export async function signInByBrowser(
  ctx: CredentialContext,
  interaction: Interaction,
  client: PublicClient,
  request: SignInRequest,
): Promise<SignedIn | NotOpened> {
  const state = ctx.random.uuid();
  const answered = Promise.withResolvers<URLSearchParams>();
  const done = Promise.withResolvers<string>();
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, ctx.signal]);
  const handler = async (received: Request) => {
    const parameters = await readAnswer(received);
    if (parameters === undefined) return page(404, "Not found.");
    if (parameters.get("state") !== state) return page(400, "This response belongs to another sign-in.");
    answered.resolve(parameters);
    return page(200, await done.promise);
  };
  const server = await interaction.serve(handler, { signal }).catch((thrown) => {
    ctx.signal.throwIfAborted();
    if (!Object.values(Deno.errors).some((kind) => thrown instanceof kind)) throw thrown;
    return undefined;
  });
  if (server === undefined) return { notOpened: "this machine does not allow listening on a loopback port" };
  try {
    const redirectUri = `http://localhost:${server.port}`;
    const { url, redeem } = await client.startBrowser({ ...request, redirectUri, state });
    interaction.tell({ type: "browser", url });
    const notOpened = await openBrowser(ctx, url);
    if (notOpened !== undefined) return { notOpened };
    const parameters = await Promise.race([
      answered.promise,
      ctx.clock.sleep(LIMIT_MS, signal).then(() => {
        throw signInEnded("browser", "too_late", "no sign-in in the browser within 5 minutes");
      }),
    ]);
    return await redeem(parameters);
  } catch (thrown) {
    done.resolve("Sign-in failed; see the terminal for details. You can close this window.");
    throw thrown;
  } finally {
    done.resolve("You are signed in. You can close this window and return to the terminal.");
    await ctx.clock.sleep(LAST_PAGE_MS);
    stop.abort();
    await server.finished;
  }
}

/** Entra ID's response, as a form or in the query; `undefined` for any other request of the browser. */
async function readAnswer(request: Request): Promise<URLSearchParams | undefined> {
  const { pathname, searchParams } = new URL(request.url);
  if (pathname !== "/") return undefined;
  if (request.method === "POST") return new URLSearchParams(await request.text());
  return request.method === "GET" && searchParams.has("state") ? searchParams : undefined;
}

function page(status: number, text: string): Response {
  const html = `<!doctype html><meta charset="utf-8"><title>kedro-azureml</title>` +
    `<body style="font-family:sans-serif;margin:4em"><h1>kedro-azureml</h1><p>${text}</p>`;
  return new Response(html, {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "connection": "close",
    },
  });
}
