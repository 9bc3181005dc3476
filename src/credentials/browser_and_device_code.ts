import { changedError, ExitCode, UserError } from "../core/errors.ts";
import { noBrowserReason, openBrowser } from "../core/browser.ts";
import {
  type Credential,
  type CredentialContext,
  type CredentialOptions,
  describeClaims,
  failed,
  type Interaction,
  notConfigured,
  type Token,
  type TokenDemand,
  type Unavailable,
  variable,
} from "./credential.ts";
import type { CredentialName } from "./chain_order.ts";
import {
  type Account,
  ANY_TENANT,
  createPublicClient,
  DEVELOPER_CLIENT_ID,
  type PublicClient,
  type SignedIn,
  signInEnded,
  type SignInRequest,
} from "./public_client.ts";

/** Credential for a person who signs in with a browser on this machine; tokens are kept in memory only. */
export function browserCredential(ctx: CredentialContext, options: CredentialOptions): Credential {
  return personCredential(ctx, options, "browser", async (interaction, client, request) => {
    const signedIn = await signInByBrowser(ctx, interaction, client, request);
    return "notOpened" in signedIn ? failed(`no browser can be opened: ${signedIn.notOpened}`) : signedIn;
  });
}

/** Credential for a person who enters a code in a browser on any machine; tokens are kept in memory only. */
export function deviceCodeCredential(ctx: CredentialContext, options: CredentialOptions): Credential {
  return personCredential(ctx, options, "device-code", signInByDeviceCode);
}

const NOT_INTERACTIVE = "not interactive (CI, --no-input, --json, or no terminal)";

const RERUN_HINT = "Run the command again";

function personCredential(
  ctx: CredentialContext,
  options: CredentialOptions,
  name: CredentialName & ("browser" | "device-code"),
  signIn: (
    interaction: Interaction,
    client: PublicClient,
    request: SignInRequest,
  ) => Promise<SignedIn | Unavailable>,
): Credential {
  const { cloud, interaction, noPromptReason = NOT_INTERACTIVE, onRetry } = options;
  let known: { readonly client: PublicClient; readonly account: Account } | undefined;

  async function first(present: Interaction, scope: string): Promise<Token | Unavailable> {
    const tenant = options.tenant ?? variable(ctx.env, "AZURE_TENANT_ID") ?? ANY_TENANT;
    const made = { cloud, tenant, clientId: DEVELOPER_CLIENT_ID, credential: name, onRetry };
    const client = await createPublicClient(ctx, made);
    const signedIn = await signIn(present, client, { scope });
    if ("unavailable" in signedIn) return signedIn;
    known = { client, account: signedIn.account };
    return signedIn.token;
  }

  return {
    name,
    isInteractive: true,
    async getToken(scope, { claims, tenant } = {}) {
      if (interaction === undefined) return notConfigured(noPromptReason);
      const noBrowser = name === "browser" ? noBrowserReason(ctx) : undefined;
      if (noBrowser !== undefined) return notConfigured(noBrowser);
      if (known === undefined) return await first(interaction, scope);
      const { client, account } = known;
      if (claims !== undefined || tenant !== undefined) {
        const request = { scope, demand: { claims, tenant }, account, interaction, hint: RERUN_HINT };
        const signedIn = await stepUp(ctx, client, request);
        return "unavailable" in signedIn ? signedIn : signedIn.token;
      }
      return (await client.silently(scope, account.id)).token;
    },
  };
}

/**
 * Gets a token that meets a demand of Azure. If Entra ID issues one without a prompt, because the person has already
 * proved enough, it uses that; otherwise the person signs in again with the same account.
 *
 * @returns The token, or why there is none: the command cannot prompt, or another account signed in.
 * @throws {UserError} `auth.*` when the person or Entra ID declines, `network.*`.
 */
export async function stepUp(
  ctx: CredentialContext,
  client: PublicClient,
  { scope, demand, account, interaction, hint }: {
    readonly scope: string;
    readonly demand: TokenDemand;
    readonly account: Account;
    /** The person at the terminal; `undefined` when the command cannot prompt. */
    readonly interaction: Interaction | undefined;
    /** The command to run when this one cannot prompt. */
    readonly hint: string;
  },
): Promise<SignedIn | Unavailable> {
  try {
    return await client.silently(scope, account.id, { ...demand, fresh: true });
  } catch (thrown) {
    if (!(thrown instanceof UserError) || thrown.exit !== ExitCode.Auth) throw thrown;
    if (interaction === undefined) {
      const reason = thrown.message.replace(/^Cannot sign in with [^:]+: /, "");
      return failed(`${reason}, and this command cannot prompt for it`, hint);
    }
  }
  interaction.tell({ type: "step_up", reason: reasonOf(demand) });
  const signedIn = await signInPerson(ctx, interaction, client, {
    scope,
    demand,
    loginHint: account.username,
  });
  return signedIn.account.id === account.id ? signedIn : failed(
    `"${signedIn.account.username}" signed in, but this command runs as "${account.username}"`,
    `Run the command again and sign in as "${account.username}"`,
  );
}

function reasonOf({ claims, tenant }: TokenDemand): string {
  return claims === undefined
    ? `the subscription belongs to tenant ${tenant}`
    : `Azure requires ${describeClaims(claims)} for this request`;
}

/**
 * Signs a person in with the browser, or with a device code if no browser can be opened.
 *
 * @param options.deviceCode Whether to use a device code even if there is a browser.
 * @throws {UserError} `auth.*` when the person or Entra ID declines.
 */
export async function signInPerson(
  ctx: CredentialContext,
  interaction: Interaction,
  client: PublicClient,
  { deviceCode = false, ...request }: SignInRequest & { readonly deviceCode?: boolean },
): Promise<SignedIn> {
  if (!deviceCode) {
    const reason = noBrowserReason(ctx);
    const result = reason === undefined
      ? await signInByBrowser(ctx, interaction, client, request)
      : { notOpened: reason };
    if (!("notOpened" in result)) return result;
    interaction.tell({ type: "no_browser", reason: result.notOpened });
  }
  return await signInByDeviceCode(interaction, client, request);
}

/**
 * Signs a person in with a code that is entered in a browser on any machine.
 *
 * @throws {UserError} `auth.*` when the person or Entra ID declines; if a Conditional Access policy blocks device
 *   codes, the hint names the alternatives.
 */
async function signInByDeviceCode(
  { tell }: Interaction,
  client: PublicClient,
  request: SignInRequest,
): Promise<SignedIn> {
  try {
    return await client.byDeviceCode(request, (code) => tell({ type: "device_code", code }));
  } catch (thrown) {
    // auth.aadsts53003: The tenant blocks device codes, or another policy blocks the sign-in. Sign in on a
    //   machine with a browser, or use another credential.
    if (!(thrown instanceof UserError) || thrown.code !== "auth.aadsts53003") throw thrown;
    throw changedError(thrown, {
      message:
        "Cannot sign in with device-code: a Conditional Access policy of the tenant blocks device codes",
      hint:
        "Run `kedro-azureml auth login` or `az login` on a machine with a browser, or use a service principal " +
        "(AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET) or a managed identity",
    });
  }
}

/** How long the person may take in the browser. */
const LIMIT_MS = 5 * 60_000;
/** How long the server stays up to deliver the last page. */
const LAST_PAGE_MS = 100;

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
): Promise<SignedIn | { readonly notOpened: string }> {
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
