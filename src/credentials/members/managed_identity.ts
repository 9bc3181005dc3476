import {
  createAzureClient,
  createHttpHeaders,
  createPipelineRequest,
  isRestError,
} from "../../azure_http.ts";
import { redact } from "../../redact.ts";
import {
  type Credential,
  type CredentialContext,
  failed,
  notConfigured,
  type Token,
  type Unavailable,
} from "../credential.ts";
import { parseJson } from "./command.ts";

/** The address at which every Azure machine finds its own metadata; nothing else answers there. */
const IMDS = "http://169.254.169.254";
/** The service answers within some milliseconds; networks without it often swallow the packets. */
const PROBE_MS = 800;
const ATTEMPT_MS = 10_000;

/**
 * The identity of the Azure machine or service that this runs on.
 *
 * It is asked for by plain requests: `@azure/identity` reads the process environment for it, and keeps tokens for the
 * whole process. On Azure ML compute it is not used, so that it does not stand in for the user.
 */
export function managedIdentityCredential(ctx: CredentialContext): Credential {
  const { MSI_ENDPOINT, IDENTITY_ENDPOINT, IDENTITY_HEADER, IMDS_ENDPOINT } = ctx.env;
  const name = "managed-identity";
  if (MSI_ENDPOINT) {
    const reason = "it is not used on Azure ML compute (MSI_ENDPOINT is set), where it is not the user's";
    return { name, getToken: async () => notConfigured(reason) };
  }
  if (IDENTITY_ENDPOINT && IDENTITY_HEADER) {
    return { name, getToken: (scope) => askService(ctx, scope, IDENTITY_ENDPOINT, IDENTITY_HEADER) };
  }
  if (IDENTITY_ENDPOINT && IMDS_ENDPOINT) {
    return { name, getToken: async () => notConfigured("that of Azure Arc is not read yet") };
  }
  const host = (ctx.env.AZURE_POD_IDENTITY_AUTHORITY_HOST || IMDS).replace(/\/+$/, "");
  return { name, getToken: (scope) => askImds(ctx, scope, host) };
}

async function askImds(ctx: CredentialContext, scope: string, host: string): Promise<Token | Unavailable> {
  const url = tokenUrl(
    `${host}/metadata/identity/oauth2/token`,
    "2018-02-01",
    scope,
    ctx.env.AZURE_CLIENT_ID,
  );
  // Without the header the real service refuses at once, so this costs nothing and starts nothing.
  const probe = await ask(ctx, url, {}, { timeoutMs: PROBE_MS, maxRetries: 0 });
  if (probe === undefined || probe.status !== 400) {
    const proxy = ctx.env.HTTP_PROXY || ctx.env.http_proxy;
    const hint = proxy && probe !== undefined ? `Add ${new URL(host).hostname} to NO_PROXY` : undefined;
    return notConfigured("this machine has none (no metadata service answers)", hint);
  }
  return readToken(ctx, await ask(ctx, url, { metadata: "true" }, { timeoutMs: ATTEMPT_MS, maxRetries: 3 }));
}

async function askService(
  ctx: CredentialContext,
  scope: string,
  endpoint: string,
  header: string,
): Promise<Token | Unavailable> {
  const url = tokenUrl(endpoint, "2019-08-01", scope, ctx.env.AZURE_CLIENT_ID);
  const options = { timeoutMs: ATTEMPT_MS, maxRetries: 3 };
  return readToken(ctx, await ask(ctx, url, { "x-identity-header": header }, options));
}

function tokenUrl(endpoint: string, version: string, scope: string, clientId: string | undefined): string {
  const url = new URL(endpoint);
  url.searchParams.set("api-version", version);
  url.searchParams.set("resource", scope.replace(/\/\.default$/, ""));
  if (clientId) url.searchParams.set("client_id", clientId);
  return url.href;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** `undefined` where nothing answers. */
async function ask(
  ctx: CredentialContext,
  url: string,
  headers: Record<string, string>,
  { timeoutMs, maxRetries }: { timeoutMs: number; maxRetries: number },
): Promise<Answer | undefined> {
  const request = createPipelineRequest({
    url,
    headers: createHttpHeaders(headers),
    timeout: timeoutMs,
    abortSignal: ctx.signal,
    allowInsecureConnection: true,
  });
  try {
    const { status, bodyAsText } = await createAzureClient({ ...ctx, maxRetries }).sendRequest(request);
    return { status, body: bodyAsText ?? "" };
  } catch (thrown) {
    if (isRestError(thrown)) return undefined;
    throw thrown;
  }
}

function readToken(ctx: CredentialContext, answer: Answer | undefined): Token | Unavailable {
  if (answer === undefined) return failed("the metadata service stopped answering", "Try again");
  const body = parseJson(answer.body) ?? {};
  if (answer.status === 200 && typeof body.access_token === "string") {
    return { token: body.access_token, expiresAt: endOf(ctx, body) };
  }
  const said = redact(String(body.error_description ?? body.error ?? `status ${answer.status}`));
  if (answer.status === 400 && /identity not found/i.test(said)) {
    const clientId = ctx.env.AZURE_CLIENT_ID;
    return clientId
      ? notConfigured(
        `this machine has none with client id "${clientId}"`,
        "Check AZURE_CLIENT_ID, or unset it",
      )
      : notConfigured("this machine has none assigned");
  }
  return failed(`the metadata service said: ${said}`);
}

function endOf({ clock }: CredentialContext, { expires_in, expires_on }: Record<string, unknown>): Date {
  const [left, at] = [Number(expires_in), Number(expires_on)];
  if (left > 0) return new Date(clock.now().getTime() + left * 1000);
  return at > 0 ? new Date(at * 1000) : clock.now();
}
