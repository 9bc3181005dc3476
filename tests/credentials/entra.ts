import { frozen } from "../fakes/frozen.ts";
import { fakeContext, type FakeOptions } from "../fakes/context.ts";

export const TENANT = "11111111-1111-4111-8111-111111111111";
export const APP = "22222222-2222-4222-8222-222222222222";
export const SECRET = "s3cr3t~value/with+signs=";

/** Variables of the service principal of {@linkcode createEntra}. */
export const PRINCIPAL = frozen({
  AZURE_TENANT_ID: TENANT,
  AZURE_CLIENT_ID: APP,
  AZURE_CLIENT_SECRET: SECRET,
});

/** Creates an unsigned token. */
export function jwt(claims: Record<string, unknown>): string {
  const part = (value: unknown) => {
    const bytes = new TextEncoder().encode(JSON.stringify(value));
    return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  };
  return `${part({ alg: "none" })}.${part(claims)}.sig`;
}

/** Creates a small Entra ID with real messages; `forms` are the received requests. */
export function createEntra(refuse?: (form: URLSearchParams) => { code: number; text: string } | undefined) {
  const forms: URLSearchParams[] = [];
  const fetch = async (request: Request): Promise<Response> => {
    const url = new URL(request.url);
    const tenant = url.pathname.split("/")[1];
    const base = `${url.origin}/${tenant}`;
    if (url.pathname.endsWith("/openid-configuration")) {
      return Response.json({
        issuer: `${base}/v2.0`,
        authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
        token_endpoint: `${base}/oauth2/v2.0/token`,
        jwks_uri: `${base}/discovery/v2.0/keys`,
      });
    }
    if (!url.pathname.endsWith("/oauth2/v2.0/token")) return new Response("", { status: 404 });
    const form = new URLSearchParams(await request.text());
    forms.push(form);
    const problem = refuse?.(form);
    if (problem !== undefined) {
      return Response.json({
        error: "invalid_client",
        error_description:
          `AADSTS${problem.code}: ${problem.text} Trace ID: t Correlation ID: c Timestamp: now`,
        error_codes: [problem.code],
        correlation_id: "c0ffee",
      }, { status: problem.code === 90002 ? 400 : 401 });
    }
    const audience = form.get("scope")!.replace(/\/\.default.*$/, "");
    const claims = {
      aud: audience,
      oid: "object",
      appid: APP,
      tid: tenant,
      idtyp: "app",
      app_displayname: "ci",
    };
    return Response.json({ token_type: "Bearer", expires_in: 3600, access_token: jwt(claims) });
  };
  return { forms, fetch };
}

/** Creates a world with only the given options configured. */
export function world(options: FakeOptions = {}) {
  return fakeContext({ fetch: createEntra().fetch, ...options });
}
