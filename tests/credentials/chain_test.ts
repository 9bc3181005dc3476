import { deepStrictEqual as assertEquals, ok, rejects, strictEqual } from "node:assert/strict";
import { openChain } from "../../src/credentials/chain.ts";
import { type Credential, failed, notConfigured } from "../../src/credentials/credential.ts";
import type { UserError } from "../../src/errors.ts";
import { fakeContext } from "../fakes/context.ts";

const { clock } = fakeContext();
const END = new Date("2030-01-01");

function working(name: Credential["name"], asked: string[] = []): Credential {
  return {
    name,
    getToken: async (scope) => {
      asked.push(scope);
      await clock.sleep(120);
      return { token: `${name} ${scope}`, expiresAt: END };
    },
  };
}

Deno.test("the first credential that works is used for every audience", async () => {
  const asked: string[] = [];
  const passed: Credential = { name: "environment", getToken: async () => notConfigured("nothing is set") };
  const chain = openChain([passed, working("azure-cli", asked), working("azd")], clock);

  const tokens = await Promise.all(["a", "b", "a"].map((scope) => chain.getToken(scope)));

  assertEquals(tokens.map(({ token }) => token), ["azure-cli a", "azure-cli b", "azure-cli a"]);
  assertEquals(asked, ["a", "b", "a"]);
  assertEquals(chain.report(), [
    { name: "environment", status: "not_configured", reason: "nothing is set", milliseconds: 0 },
    { name: "azure-cli", status: "used", milliseconds: 120 },
    { name: "azd", status: "not_tried", milliseconds: 0 },
  ]);
});

Deno.test("a credential that failed says so with what to do, rather than `az login`", async () => {
  const chain = openChain([
    { name: "azure-cli", getToken: async () => failed("its sign-in has ended", "Run `az login --tenant t`") },
    { name: "azd", getToken: async () => notConfigured("not installed") },
  ], clock);
  await rejects(chain.getToken("a"), (error: UserError) => {
    assertEquals([error.code, error.hint], ["auth.no_credential", "Run `az login --tenant t`"]);
    assertEquals(error.details, ["azure-cli: its sign-in has ended", "azd: not installed"]);
    return true;
  });
});

Deno.test("what was set up in part is the next thing to do", async () => {
  const chain = openChain([
    { name: "environment", getToken: async () => notConfigured("no secret", "Set AZURE_CLIENT_SECRET") },
    { name: "managed-identity", getToken: async () => notConfigured("none", "Add it to NO_PROXY") },
    { name: "azure-cli", getToken: async () => notConfigured("nobody is signed in", "Run `az login`") },
  ], clock);
  await rejects(chain.getToken("a"), { hint: "Set AZURE_CLIENT_SECRET" });
});

Deno.test("another credential never stands in for one that is in use", async () => {
  const some: Credential = {
    name: "azure-cli",
    getToken: async (scope) =>
      scope === "a/.default" ? { token: "T", expiresAt: END } : failed("no consent", "Ask"),
  };
  const chain = openChain([some, working("azd")], clock);
  await chain.getToken("a/.default");
  await rejects(chain.getToken("b/.default"), (error: UserError) => {
    strictEqual(error.message, "Cannot get a token for b from azure-cli: no consent");
    assertEquals([error.code, error.exit, error.hint], ["auth.audience", 4, "Ask"]);
    return true;
  });
});

Deno.test("after a failure the chain may be tried again", async () => {
  let there = false;
  const late: Credential = {
    name: "azure-cli",
    getToken: async () => there ? { token: "T", expiresAt: END } : notConfigured("not yet"),
  };
  const chain = openChain([late], clock);
  const both = await Promise.allSettled([chain.getToken("a"), chain.getToken("b")]);
  ok(both.every(({ status }) => status === "rejected"));
  there = true;
  strictEqual((await chain.getToken("a")).token, "T");
});
