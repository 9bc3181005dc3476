import {
  createAzureClient,
  createHttpHeaders,
  createPipelineRequest,
  isRestError,
} from "../core/net/azure_http.ts";
import { ownSecrets, redact } from "../core/secrets.ts";
import {
  type Credential,
  type CredentialContext,
  type CredentialOptions,
  failed,
  notConfigured,
  type Token,
  type Unavailable,
  unusable,
} from "./credential.ts";
import { parseOutput } from "./azure_tools.ts";
import { trimEnd } from "../core/format.ts";

/**
 * Options for a service that is known to exist. It returns 404 or 410 while it is being updated, 410 for up to 70 s;
 * azure-identity retries both (`imds.py`).
 */
const PATIENT = { attemptMs: 10_000, maxRetries: 5, extraTransient: { 404: 800, 410: 3000 } };

/** The Azure Instance Metadata Service; this link-local address is the same on every Azure machine. */
const IMDS = "http://169.254.169.254";
/** The service responds within milliseconds; other networks often drop the packets. */
const PROBE = { attemptMs: 800, maxRetries: 0 };
/** On a machine with a managed identity, this keeps later credentials from being tried. */
const HEAD_START_MS = 300;

/**
 * Credential for the managed identity of the Azure machine or service that this runs on.
 *
 * It sends its own requests, because `@azure/identity` reads the process environment and caches tokens for the whole
 * process. It is not used on Azure ML compute, so that it does not take the place of the user.
 */
export function managedIdentityCredential(
  ctx: CredentialContext,
  { isOnly }: Pick<CredentialOptions, "isOnly"> = {},
): Credential {
  const { MSI_ENDPOINT, MSI_SECRET, IDENTITY_ENDPOINT, IDENTITY_HEADER, IMDS_ENDPOINT } = ctx.env;
  const { AZURE_POD_IDENTITY_AUTHORITY_HOST, IDENTITY_SERVER_THUMBPRINT } = ctx.env;
  const name = "managed-identity";
  // App Service and Functions also set MSI_ENDPOINT, for older clients.
  if (!IDENTITY_ENDPOINT && MSI_ENDPOINT && MSI_SECRET) {
    const reason =
      "it is not used on Azure ML compute (MSI_ENDPOINT and MSI_SECRET are set): it is not the user's";
    return unusable(name, notConfigured(reason));
  }
  if (IDENTITY_ENDPOINT && IDENTITY_SERVER_THUMBPRINT) {
    return unusable(
      name,
      notConfigured("it is not used on Service Fabric (IDENTITY_SERVER_THUMBPRINT is set)"),
    );
  }
  const endpoints = IDENTITY_ENDPOINT ? { IDENTITY_ENDPOINT } : { MSI_ENDPOINT };
  const wrong = Object.entries({ ...endpoints, AZURE_POD_IDENTITY_AUTHORITY_HOST })
    .find(([, address]) => address && !URL.canParse(address));
  if (wrong !== undefined) {
    const [variable, address] = wrong;
    return unusable(name, failed(`${variable} is not a URL: "${address}"`, `Unset ${variable}`));
  }
  if (IDENTITY_ENDPOINT && IDENTITY_HEADER) {
    return { name, getToken: (scope) => askService(ctx, scope, IDENTITY_ENDPOINT, IDENTITY_HEADER) };
  }
  if (IDENTITY_ENDPOINT && IMDS_ENDPOINT) {
    return { name, getToken: (scope) => askArc(ctx, scope, IDENTITY_ENDPOINT) };
  }
  if (!IDENTITY_ENDPOINT && MSI_ENDPOINT) {
    return { name, getToken: (scope) => askCloudShell(ctx, scope, MSI_ENDPOINT) };
  }
  const host = trimEnd(AZURE_POD_IDENTITY_AUTHORITY_HOST || IMDS, "/");
  const probes = !isOnly;
  return { name, headStartMs: HEAD_START_MS, getToken: (scope) => askImds(ctx, { scope, host, probes }) };
}

async function askImds(
  ctx: CredentialContext,
  { scope, host, probes }: {
    readonly scope: string;
    readonly host: string;
    readonly probes: boolean;
  },
): Promise<Token | Unavailable> {
  const url = tokenUrl(
    `${host}/metadata/identity/oauth2/token`,
    "2018-02-01",
    scope,
    ctx.env.AZURE_CLIENT_ID,
  );
  // The real service rejects a request without the `metadata` header at once, so this is cheap and has no side
  // effects.
  const probe = probes ? await ask(ctx, url, {}, PROBE) : undefined;
  const proxy = ctx.env.HTTP_PROXY || ctx.env.http_proxy;
  // Other clouds run services at this address, which return 404; a proxy returns a server error.
  const isThere = probe !== undefined &&
    ([400, 410, 429].includes(probe.status) || probe.status >= 500 && !proxy);
  if (probes && !isThere) {
    const hint = proxy && probe !== undefined ? `Add ${new URL(host).hostname} to NO_PROXY` : undefined;
    return notConfigured("this machine has no managed identity (no metadata service answers)", hint);
  }
  const response = await ask(ctx, url, { metadata: "true" }, PATIENT);
  if (response === undefined && !probes) return failed("no metadata service answers on this machine");
  return readToken(ctx, response);
}

/**
 * Azure Arc requires proof that the program can read a file that it names and only its own group may read. Older agents
 * ignore which identity is asked for, so their answer must name it, as azure-identity 1.27 requires (`azure_arc.py`).
 */
async function askArc(ctx: CredentialContext, scope: string, endpoint: string): Promise<Token | Unavailable> {
  const clientId = ctx.env.AZURE_CLIENT_ID;
  const url = tokenUrl(endpoint, "2020-06-01", scope, clientId);
  const challenge = await ask(ctx, url, { metadata: "true" }, PATIENT);
  if (challenge?.status !== 401) return readToken(ctx, challenge);
  const path = /^Basic realm=(.+)$/i.exec(challenge.challenge ?? "")?.[1]?.replaceAll('"', "") ?? "";
  const isArcs = ctx.platform === "windows"
    ? /^[a-z]:\\ProgramData\\AzureConnectedMachineAgent\\Tokens\\[^\\]+\.key$/i.test(path)
    : /^\/var\/opt\/azcmagent\/tokens\/[^/]+\.key$/.test(path);
  if (!isArcs) return failed("Azure Arc named a file outside its own folder");
  const key = await ctx.fs.readText(path).catch(() => undefined);
  if (key === undefined) {
    return failed(
      `no permission to read "${path}"`,
      "Add your user to the group `himds` and sign in to this machine again",
    );
  }
  const response = await ask(ctx, url, { metadata: "true", authorization: `Basic ${key}` }, PATIENT);
  const answered = String(parseOutput(response?.body ?? "")?.client_id).toLowerCase();
  if (response?.status === 200 && clientId && answered !== clientId.toLowerCase()) {
    return failed(
      `Azure Arc did not return the identity with client id "${clientId}"`,
      "Unset AZURE_CLIENT_ID to use the machine's own identity",
    );
  }
  return readToken(ctx, response);
}

async function askService(
  ctx: CredentialContext,
  scope: string,
  endpoint: string,
  header: string,
): Promise<Token | Unavailable> {
  const url = tokenUrl(endpoint, "2019-08-01", scope, ctx.env.AZURE_CLIENT_ID);
  return readToken(ctx, await ask(ctx, url, { "x-identity-header": header }, PATIENT));
}

/** In Cloud Shell, the identity is the user who opened it. */
async function askCloudShell(
  ctx: CredentialContext,
  scope: string,
  endpoint: string,
): Promise<Token | Unavailable> {
  const body = new URLSearchParams({ resource: scope.replace(/\/\.default$/, "") });
  const headers = { "metadata": "true", "content-type": "application/x-www-form-urlencoded" };
  return readToken(ctx, await ask(ctx, endpoint, headers, { ...PATIENT, body: String(body) }));
}

function tokenUrl(endpoint: string, version: string, scope: string, clientId: string | undefined): string {
  const url = new URL(endpoint);
  url.searchParams.set("api-version", version);
  url.searchParams.set("resource", scope.replace(/\/\.default$/, ""));
  if (clientId) url.searchParams.set("client_id", clientId);
  return url.href;
}

type Answer = NonNullable<Awaited<ReturnType<typeof ask>>>;

/** Sends a request; `undefined` if nothing responds. */
async function ask(
  ctx: CredentialContext,
  url: string,
  headers: Record<string, string>,
  { attemptMs, maxRetries, extraTransient, body }: {
    /** Timeout of one attempt in milliseconds; a timeout is not retried. */
    readonly attemptMs: number;
    readonly maxRetries: number;
    readonly extraTransient?: Readonly<Record<number, number>>;
    /** Body to send with POST (default: GET without a body). */
    readonly body?: string;
  },
) {
  const request = createPipelineRequest({
    url,
    headers: createHttpHeaders(headers),
    timeout: attemptMs,
    abortSignal: ctx.signal,
    allowInsecureConnection: true,
    ...(body !== undefined && { method: "POST", body }),
  });
  try {
    const client = createAzureClient({ ...ctx, maxRetries, maxTimeoutRetries: 0, extraTransient });
    const { status, headers, bodyAsText } = await client.sendRequest(request);
    return {
      status,
      /** Value of the `www-authenticate` header. */
      challenge: headers.get("www-authenticate"),
      body: bodyAsText ?? "",
    };
  } catch (thrown) {
    ctx.signal.throwIfAborted();
    if (isRestError(thrown)) return undefined;
    throw thrown;
  }
}

function readToken(ctx: CredentialContext, response: Answer | undefined): Token | Unavailable {
  if (response === undefined) return failed("the metadata service stopped answering", "Try again");
  const body = parseOutput(response.body) ?? {};
  if (response.status === 200 && typeof body.access_token === "string") {
    return { token: body.access_token, expiresAt: endOf(ctx, body) };
  }
  if (response.status === 200) return failed("the metadata service did not return a token");
  const problem = redact(
    // App Service, Functions and Container Apps write `message`.
    String(body.error_description ?? body.message ?? body.error ?? `status ${response.status}`),
    ownSecrets(ctx.env),
  );
  if (response.status === 400 && /identity (?:not )?found/i.test(problem)) {
    const clientId = ctx.env.AZURE_CLIENT_ID;
    return clientId
      ? notConfigured(
        `this machine has no managed identity with client id "${clientId}"`,
        "Check AZURE_CLIENT_ID, or unset it",
      )
      : notConfigured("no managed identity is assigned to this machine");
  }
  return failed(`the metadata service said: ${problem}`);
}

function endOf({ clock }: CredentialContext, { expires_in, expires_on }: Record<string, unknown>): Date {
  const seconds = Number(expires_in);
  return new Date(seconds > 0 ? clock.now().getTime() + seconds * 1000 : (Number(expires_on) || 0) * 1000);
}
