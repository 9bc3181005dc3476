import { deepStrictEqual, equal, ok } from "node:assert/strict";
import { jsonText, withOldKeys } from "../../../src/cli/command/output.ts";
import { makeWorld } from "../world.ts";

const CHANGELOG = await Deno.readTextFile(new URL("../../../CHANGELOG.md", import.meta.url));

Deno.test("withOldKeys() adds a renamed key's value under its old name", () => {
  deepStrictEqual(withOldKeys({ sizeBytes: 1, other: 2 }, { size: "sizeBytes" }), {
    sizeBytes: 1,
    other: 2,
    size: 1,
  });
});

async function result(line: string): Promise<Record<string, unknown>> {
  const { ctx, kedroAzureml } = makeWorld();
  equal(await kedroAzureml(line), 0, ctx.stderr());
  return JSON.parse(ctx.stdout());
}

/** Asserts that keys have the same value under their old and new names, both in the changelog. */
function checkPairs(found: Record<string, unknown>, pairs: Readonly<Record<string, string>>): void {
  for (const [old, name] of Object.entries(pairs)) {
    ok(name in found && old in found, `${old}, ${name}: ${JSON.stringify(found)}`);
    deepStrictEqual(found[old], found[name], name);
    ok(
      CHANGELOG.includes(`\`${old}\``) && CHANGELOG.includes(`\`${name}\``),
      `CHANGELOG.md: ${old}, ${name}`,
    );
  }
}

Deno.test("auth status --json has renamed keys under both names", async () => {
  // deno-lint-ignore no-explicit-any
  const { cloud, credentials, identity, audiences, workspace } = await result("auth status --json") as any;
  checkPairs(cloud, { resource_manager: "resourceManager" });
  checkPairs(credentials[0], { milliseconds: "durationMs" });
  checkPairs(identity, {
    object_id: "objectId",
    application_id: "applicationId",
    tenant_id: "tenantId",
    expires_at: "expiresAt",
  });
  checkPairs(audiences[0], { expires_at: "expiresAt" });
  checkPairs(workspace, { looked_at: "checked", default_datastore: "defaultDatastore" });
});

Deno.test("doctor --json and auth logout --json have renamed keys under both names", async () => {
  // deno-lint-ignore no-explicit-any
  const { checks } = await result("doctor --json") as any;
  checkPairs(checks[0], { said: "message", milliseconds: "durationMs" });
  checkPairs(await result("auth logout --json"), { session_file: "sessionFile" });
});

Deno.test("jsonText() keeps the order of a Map, even with integer keys", () => {
  const data = {
    a: [new Map([["2", { x: null }], ["__default__", {}], ["1", { y: undefined }]]), undefined],
  };
  equal(jsonText(data), '{"a":[{"2":{"x":null},"__default__":{},"1":{}},null]}');
});

Deno.test("jsonText() otherwise equals JSON.stringify()", () => {
  const data = {
    a: [1, "é\n", null, true, { b: undefined, c: new Date(0) }],
    d: { "2": 1, "1": {} },
    e: 1.5,
  };
  equal(jsonText(data), JSON.stringify(data));
});
