import { ClientSecretCredential } from "@azure/identity";
import { strictEqual } from "node:assert/strict";
import { createAzureClient } from "../../../src/core/net/azure_http.ts";
import { fakeContext } from "../../fakes/context.ts";

/** Creates a service that fails twice before it answers a request: busy, then a broken connection. */
function createFlakyService(answer: (request: Request) => Response) {
  const attempts = new Map<string, number>();
  const sent: string[] = [];
  return {
    sent,
    fetch: async (request: Request) => {
      const attempt = (attempts.get(request.url) ?? 0) + 1;
      attempts.set(request.url, attempt);
      if (attempt === 1) return new Response("", { status: 503, headers: { "retry-after": "2" } });
      if (attempt === 2) throw new TypeError("error sending request: connection reset");
      sent.push(`${request.method} ${await request.text()}`);
      return answer(request);
    },
  };
}

Deno.test("@azure/identity gets a token through createAzureClient() after the service fails twice", async () => {
  const authority = "https://login.example.org/tenant";
  const service = createFlakyService(({ url }) =>
    Response.json(
      url.includes("openid-configuration")
        ? {
          issuer: `${authority}/v2.0`,
          authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
          token_endpoint: `${authority}/oauth2/v2.0/token`,
          jwks_uri: `${authority}/discovery/v2.0/keys`,
        }
        : { token_type: "Bearer", expires_in: 3600, access_token: "TOKEN" },
    )
  );
  const ctx = fakeContext({ fetch: service.fetch });
  const credential = new ClientSecretCredential(
    "tenant",
    "app",
    "secret",
    {
      httpClient: createAzureClient(ctx),
      retryOptions: { maxRetries: 0 },
      authorityHost: "https://login.example.org",
      disableInstanceDiscovery: true,
    } as ConstructorParameters<typeof ClientSecretCredential>[3],
  );
  strictEqual((await credential.getToken("https://management.azure.com/.default")).token, "TOKEN");
});
