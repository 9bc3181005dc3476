import { fakeContext, type FakeOptions } from "../fakes/context.ts";

export const TENANT = "11111111-1111-4111-8111-111111111111";
export const APP = "22222222-2222-4222-8222-222222222222";
export const SECRET = "s3cr3t~value/with+signs=";

/** Variables of a service principal that {@linkcode createEntra} knows. */
export const PRINCIPAL = { AZURE_TENANT_ID: TENANT, AZURE_CLIENT_ID: APP, AZURE_CLIENT_SECRET: SECRET };

/** An unsigned token, which is all that needs to be read here. */
export function jwt(claims: Record<string, unknown>): string {
  const part = (value: unknown) => {
    const bytes = new TextEncoder().encode(JSON.stringify(value));
    return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  };
  return `${part({ alg: "none" })}.${part(claims)}.sig`;
}

/** A small Entra ID in the words of the real one; `forms` holds what it was asked. */
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

/** A world in which nothing but the given is configured. */
export function world(options: FakeOptions = {}) {
  return fakeContext({ fetch: createEntra().fetch, ...options });
}
