import { deepStrictEqual as assertEquals, strictEqual } from "node:assert/strict";
import { readIdentity } from "../../src/credentials/identity.ts";
import { jwt } from "./entra.ts";

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

Deno.test("readIdentity() decodes a non-ASCII user name", () => {
  assertEquals(readIdentity(jwt(USER)), {
    name: "žofie@contoso.com",
    kind: "user",
    objectId: "o",
    applicationId: "az",
    tenantId: "t",
    expiresAt: new Date(9000),
  });
});

Deno.test("readIdentity() recognizes a managed identity", () => {
  strictEqual(readIdentity(jwt(APP)).kind, "service principal");
  strictEqual(readIdentity(jwt({ ...APP, xms_mirid: "/subscriptions/s" })).kind, "managed identity");
});

Deno.test("readIdentity() returns kind unknown for an opaque token", () => {
  for (const token of ["", "opaque", "a.b.c", jwt([] as unknown as Record<string, unknown>)]) {
    strictEqual(readIdentity(token).objectId, undefined);
    strictEqual(readIdentity(token).kind, "unknown");
  }
});

Deno.test("readIdentity() recognizes users and service principals", () => {
  const kind = (claims: Record<string, unknown>) => readIdentity(jwt(claims)).kind;
  strictEqual(kind({ scp: "x" }), "user");
  strictEqual(kind({ upn: "x" }), "user");
  strictEqual(kind({ appid: "a", scp: "x" }), "user");
  strictEqual(kind({ appid: "a", upn: "x" }), "user");
  strictEqual(kind({ appid: "a" }), "service principal");
  strictEqual(kind({ idtyp: "app", upn: "x" }), "service principal");
  strictEqual(kind({ idtyp: "user" }), "unknown");
});
