import { deepStrictEqual as assertEquals, rejects, strictEqual } from "node:assert/strict";
import { cacheTokens } from "../../src/credentials/token_source.ts";
import type { TokenDemand } from "../../src/credentials/credential.ts";

const NOW = new Date("2026-01-01T00:00:00Z");

function cache(lifetimeMs = 3_600_000) {
  const made: [string, TokenDemand][] = [];
  let nowMs = NOW.getTime();
  const getToken = cacheTokens({
    clock: { now: () => new Date(nowMs) },
    repeated: () => new Error("repeated"),
    async getToken(scope, demand) {
      made.push([scope, demand]);
      await Promise.resolve();
      return { token: `T${made.length}`, expiresAt: new Date(nowMs + lifetimeMs) };
    },
  });
  return { getToken, made, pass: (ms: number) => void (nowMs += ms) };
}

Deno.test("cacheTokens() renews a token once for concurrent requests", async () => {
  const { getToken, made } = cache();
  const { token: refused } = await getToken("a");
  const challenge = { claims: "C", refused };
  const tokens = await Promise.all([1, 2, 3].map(() => getToken("a", challenge)));
  assertEquals(tokens.map(({ token }) => token), ["T2", "T2", "T2"]);
  strictEqual((await getToken("a", challenge)).token, "T2");
  assertEquals(made, [["a", { claims: undefined, tenant: undefined }], ["a", {
    claims: "C",
    tenant: undefined,
  }]]);
});

Deno.test("cacheTokens() throws if Azure repeats a claims challenge", async () => {
  const { getToken, made } = cache();
  const first = await getToken("a");
  const second = await getToken("a", { claims: "C", refused: first.token });
  await rejects(getToken("a", { claims: "C", refused: second.token }), /repeated/);
  strictEqual(made.length, 2);
});

Deno.test("cacheTokens() throws at the sixth claims challenge", async () => {
  const { getToken, made } = cache();
  let { token } = await getToken("a");
  const ask = async (at: number) => (await getToken("a", { claims: `nbf ${at}`, refused: token })).token;
  for (let at = 0; at < 5; at++) token = await ask(at);
  await rejects(ask(5), /repeated/);
  strictEqual(made.length, 6);
});

Deno.test("cacheTokens() keeps claims for their audience", async () => {
  const { getToken, made, pass } = cache();
  const { token: refused } = await getToken("a");
  await getToken("a", { claims: "C", tenant: "T", refused });
  await getToken("a");
  await getToken("b");
  pass(3_600_000);
  await getToken("a");
  assertEquals(made.slice(2), [
    ["b", { claims: undefined, tenant: undefined }],
    ["a", { claims: "C", tenant: undefined }],
  ]);
});

Deno.test("cacheTokens() keeps a tenant for all audiences", async () => {
  const { getToken, made } = cache();
  const { token: refused } = await getToken("a");
  await getToken("b");
  await getToken("a", { tenant: "T", refused });
  await getToken("a");
  await getToken("b");
  assertEquals(made.slice(2), [["a", { claims: undefined, tenant: "T" }], ["b", {
    claims: undefined,
    tenant: "T",
  }]]);
});

for (const [first, second] of [[{ claims: "C" }, { tenant: "T" }], [{ tenant: "T" }, { claims: "C" }]]) {
  Deno.test(`cacheTokens() requests the ${Object.keys(first!)} of an earlier challenge again`, async () => {
    const { getToken, made } = cache();
    const { token } = await getToken("a");
    const { token: refused } = await getToken("a", { ...first, refused: token });
    await getToken("a", { ...second, refused });
    assertEquals(made.at(-1), ["a", { claims: "C", tenant: "T" }]);
  });
}

Deno.test("cacheTokens() tries again after a failure", async () => {
  const answers = [new Error("no"), "T1", "T2"];
  let nowMs = NOW.getTime();
  const getToken = cacheTokens({
    clock: { now: () => new Date(nowMs) },
    repeated: () => new Error("repeated"),
    async getToken() {
      const answer = answers.shift()!;
      if (answer instanceof Error) throw answer;
      return { token: answer, expiresAt: new Date(nowMs + 3_600_000) };
    },
  });
  await rejects(getToken("a"), /^Error: no$/);
  strictEqual((await getToken("a")).token, "T1");
  nowMs += 3_600_000;
  strictEqual((await getToken("a")).token, "T2");
});
