import { deepStrictEqual as assertEquals, strictEqual } from "node:assert/strict";
import { readIdentity } from "../../../src/credentials/entra/identity.ts";
import { jwt } from "../entra.ts";

/** Claims of a token for Resource Manager. */
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

Deno.test("readIdentity() reads a user with a non-ASCII name", () => {
  assertEquals(readIdentity(jwt(USER)), {
    name: "žofie@contoso.com",
    kind: "user",
    objectId: "o",
    applicationId: "az",
    tenantId: "t",
    expiresAt: new Date(9000),
  });
});

Deno.test("readIdentity() distinguishes a service principal from a managed identity", () => {
  strictEqual(readIdentity(jwt(APP)).kind, "service principal");
  strictEqual(readIdentity(jwt({ ...APP, xms_mirid: "/subscriptions/s" })).kind, "managed identity");
});

Deno.test("readIdentity() returns an unknown identity for a token that is not a JWT", () => {
  for (const token of ["", "opaque", "a.b.c", jwt([] as unknown as Record<string, unknown>)]) {
    strictEqual(readIdentity(token).objectId, undefined);
    strictEqual(readIdentity(token).kind, "unknown");
  }
});
