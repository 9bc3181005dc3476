import { deepStrictEqual as assertEquals, strictEqual } from "node:assert/strict";
import { openWorkspace } from "../../../src/azureml/client/open_workspace.ts";
import { CLOUDS } from "../../../src/core/net/clouds.ts";
import { fakeContext } from "../../fakes/context.ts";
import { WORKSPACE } from "../../fakes/seed.ts";
import { readChallenge } from "../../../src/azureml/errors/problem.ts";

const TENANT = "72f988bf-0000-0000-0000-000000000000";
const CLAIMS = '{"access_token":{"acrs":{"essential":true,"values":["p1"]}}}';
const URI = `authorization_uri="https://login.microsoftonline.com/${TENANT}"`;

function challenge(authenticate: string, code = "RequestDisallowedByPolicy", message = "No") {
  return readChallenge(
    (name) => name === "www-authenticate" ? authenticate : undefined,
    { code, message },
  );
}

Deno.test("readChallenge() decodes claims in base64", () => {
  const text = '{"access_token":{"nbf":{"essential":true,"value":"1?>~ü"}}}';
  const bytes = String.fromCharCode(...new TextEncoder().encode(text));
  const plain = btoa(bytes);
  for (const encoded of [plain, plain.replace(/=+$/, ""), plain.replaceAll("+", "-").replaceAll("/", "_")]) {
    assertEquals(challenge(`Bearer realm="", error="insufficient_claims", claims="${encoded}"`), {
      claims: text,
    });
  }
  assertEquals(challenge(`Bearer error=Insufficient_Claims, claims=${btoa(CLAIMS)}`), { claims: CLAIMS });
  assertEquals(challenge(`Bearer ${URI}, error="insufficient_claims", claims="${btoa(CLAIMS)}"`), {
    claims: CLAIMS,
    tenant: TENANT,
  });
});

Deno.test("readChallenge() returns undefined without valid claims", () => {
  for (
    const header of [
      "",
      `Bearer ${URI}, error="invalid_token"`,
      'Bearer error="insufficient_claims"',
      'Bearer error="insufficient_claims", claims="%%%"',
      `Bearer error="insufficient_claims", claims="${btoa("[]")}"`,
      `Bearer error="invalid_token", claims="${btoa(CLAIMS)}"`,
    ]
  ) strictEqual(challenge(header), undefined, header);
});

Deno.test("readChallenge() returns the required tenant", () => {
  const code = "InvalidAuthenticationTokenTenant";
  const message =
    `The access token is from the wrong issuer 'https://sts.windows.net/b/'. It must match the tenant ` +
    `'https://sts.windows.net/${TENANT}/' associated with this subscription.`;
  assertEquals(challenge("", code, message), { tenant: TENANT });
  const one = message.replace("the tenant '", "one of the tenants '").replace(
    "/' assoc",
    "/,https://x/' assoc",
  );
  assertEquals(challenge("", code, one), { tenant: TENANT });
  assertEquals(challenge(`Bearer ${URI}`, code, ""), { tenant: TENANT });
  strictEqual(challenge('Bearer authorization_uri="https://login.windows.net/common"', code, ""), undefined);
});

Deno.test("ask() gives up after three claims challenges", async () => {
  const sent: (string | null)[] = [];
  const { clock, random, signal } = fakeContext();
  let count = 0;
  const workspace = openWorkspace({
    ...{ env: {}, random, signal, clock, cloud: CLOUDS.AzureCloud!, config: WORKSPACE },
    async fetch(request) {
      sent.push(request.headers.get("authorization"));
      if (sent.length > 20) throw new Error("It never ends");
      const claims = `error="insufficient_claims", claims="${btoa(CLAIMS)}"`;
      return new Response("{}", { status: 401, headers: { "www-authenticate": `Bearer ${URI}, ${claims}` } });
    },
    tokens: { getToken: async () => ({ token: `t${++count}` }) },
  });
  const response = await workspace.ask({
    action: "x",
    method: "GET",
    url: "https://management.azure.com/x",
    scope: "s",
  });
  strictEqual(response.status, 401);
  assertEquals(sent, [1, 2, 3, 4].map((at) => `Bearer t${at}`));
});
