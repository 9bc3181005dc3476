import { deepStrictEqual as assertEquals, strictEqual } from "node:assert/strict";
import { readIdentity } from "../../../src/credentials/entra/identity.ts";
import { jwt } from "../entra.ts";

/** Claims as Entra ID puts them into tokens for Resource Manager. */
const USER = {
  aud: "x",
  oid: "o",
  tid: "t",
  appid: "az",
  upn: "žofie@contoso.com",
  scp: "user_impersonation",
  exp: 9,
};
const APP = { aud: "x", oid: "o", tid: "t", appid: "app", idtyp: "app", exp: 9 };

Deno.test("readIdentity() reads a user, whose name may hold any letter", () => {
  assertEquals(readIdentity(jwt(USER)), {
    name: "žofie@contoso.com",
    kind: "user",
    objectId: "o",
    applicationId: "az",
    tenantId: "t",
    expiresAt: new Date(9000),
  });
});

Deno.test("readIdentity() tells a service principal from a managed identity", () => {
  strictEqual(readIdentity(jwt(APP)).kind, "service principal");
  strictEqual(readIdentity(jwt({ ...APP, xms_mirid: "/subscriptions/s" })).kind, "managed identity");
});

Deno.test("readIdentity() knows nothing of a token that is no JWT, and does not fail", () => {
  for (const token of ["", "opaque", "a.b.c", jwt([] as unknown as Record<string, unknown>)]) {
    strictEqual(readIdentity(token).objectId, undefined);
    strictEqual(readIdentity(token).kind, "unknown");
  }
});
