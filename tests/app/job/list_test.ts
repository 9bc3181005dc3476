import { deepEqual } from "node:assert/strict";
import { creatorNames } from "../../../src/app/job/list.ts";
import type { Identity } from "../../../src/credentials/identity.ts";
import { jwt } from "../../credentials/entra.ts";

const IDS = { objectId: "OID", applicationId: "APP", tenantId: "t", expiresAt: new Date(0) };

Deno.test("job list --mine knows all names and ids of the identity", () => {
  const names = (identity: object | undefined, claims: Record<string, unknown> = {}) =>
    [...creatorNames(identity as Identity | undefined, jwt(claims))].sort();
  deepEqual(names({ ...IDS, kind: "user", name: "Ada@x.com" }, { name: "Ada Lovelace" }), [
    "ada lovelace",
    "ada@x.com",
    "oid",
  ]);
  deepEqual(names({ ...IDS, kind: "service principal", name: "ci" }, { name: "not used" }), [
    "app",
    "ci",
    "oid",
  ]);
  deepEqual(names({ kind: "unknown", objectId: "OID" }), ["oid"]);
  deepEqual(names(undefined), []);
});
