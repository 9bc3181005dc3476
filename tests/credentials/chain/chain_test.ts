import { deepStrictEqual as assertEquals, ok, rejects, strictEqual } from "node:assert/strict";
import { openChain } from "../../../src/credentials/chain/chain.ts";
import { type Credential, failed, notConfigured } from "../../../src/credentials/credential.ts";
import { UserError } from "../../../src/core/errors.ts";
import { fakeContext } from "../../fakes/context.ts";

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
  const chain = openChain([passed, working("azure-cli", asked), working("azd")], { clock });

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
  ], { clock });
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
  ], { clock });
  await rejects(chain.getToken("a"), { hint: "Set AZURE_CLIENT_SECRET" });
});

Deno.test("who needs no secret knows better what to do", async () => {
  const chain = openChain([
    { name: "environment", getToken: async () => notConfigured("no secret", "Set AZURE_CLIENT_SECRET") },
    { name: "github-oidc", getToken: async () => notConfigured("no right", "Add `id-token: write`") },
  ], { clock });
  await rejects(chain.getToken("a"), { hint: "Add `id-token: write`" });
});

Deno.test("where one credential may be used only, nothing else is advised but to allow others", async () => {
  for (
    const [hint, said] of [["Run `azd auth login`", "Run `azd auth login`"], [undefined, 'Set up "azd"']]
  ) {
    const chain = openChain([
      { name: "azd", getToken: async () => notConfigured("nobody", hint) },
    ], { clock, narrowed: "azd" });
    await rejects(chain.getToken("a"), {
      hint: `${said}, or omit \`--credential\` and AZURE_TOKEN_CREDENTIALS to try the others`,
    });
  }
});

Deno.test("another credential never stands in for one that is in use", async () => {
  const some: Credential = {
    name: "azure-cli",
    getToken: async (scope) =>
      scope === "a/.default" ? { token: "T", expiresAt: END } : failed("no consent", "Ask"),
  };
  const chain = openChain([some, working("azd")], { clock });
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
  const chain = openChain([late], { clock });
  const both = await Promise.allSettled([chain.getToken("a"), chain.getToken("b")]);
  ok(both.every(({ status }) => status === "rejected"));
  there = true;
  strictEqual((await chain.getToken("a")).token, "T");
});

/** A clock that stands still until it is told to go on. */
function stopwatch() {
  let now = 0;
  const waiting = new Set<{ readonly at: number; readonly done: () => void }>();
  const sleep = (ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const one = { at: now + ms, done: resolve };
      waiting.add(one);
      signal?.addEventListener("abort", () => {
        waiting.delete(one);
        reject(signal.reason);
      });
    });
  return {
    now: () => new Date(now),
    sleep,
    /** Goes on to a time, from one wait to the next. */
    async until(ms: number) {
      for (; now < ms; now++) {
        for (const one of waiting) if (one.at <= now) one.done();
        await new Promise((resolve) => queueMicrotask(() => resolve(undefined)));
        for (let turn = 0; turn < 20; turn++) await Promise.resolve();
      }
    },
  };
}

/** Answers after so long. */
function slow(
  watch: ReturnType<typeof stopwatch>,
  credential: Partial<Credential> & Pick<Credential, "name">,
  answer: { readonly afterMs: number; readonly token: boolean },
  log: string[],
): Credential {
  return {
    ...credential,
    async getToken(_scope, { signal } = {}) {
      log.push(`${credential.name} at ${watch.now().getTime()}`);
      await watch.sleep(answer.afterMs, signal);
      return answer.token ? { token: credential.name, expiresAt: END } : failed("it hung");
    },
  };
}

Deno.test("members that hang cost as long as the slowest of them, and the order holds", async () => {
  const watch = stopwatch();
  const log: string[] = [];
  const chain = openChain([
    slow(watch, { name: "managed-identity", headStartMs: 300 }, { afterMs: 800, token: false }, log),
    slow(watch, { name: "azure-cli", headStartMs: 1000 }, { afterMs: 2500, token: false }, log),
    slow(watch, { name: "azure-powershell", headStartMs: 0 }, { afterMs: 2500, token: false }, log),
    slow(watch, { name: "azd" }, { afterMs: 400, token: true }, log),
  ], { clock: watch });
  const token = chain.getToken("a");
  await watch.until(4000);
  strictEqual((await token).token, "azd");
  assertEquals(log, ["managed-identity at 0", "azure-cli at 300", "azure-powershell at 1300", "azd at 1301"]);
  assertEquals(chain.report().map(({ status }) => status), ["failed", "failed", "failed", "used"]);
});

Deno.test("one that is slow but works goes before a quicker one after it, which is left", async () => {
  const watch = stopwatch();
  const log: string[] = [];
  const chain = openChain([
    slow(watch, { name: "azure-cli", headStartMs: 1000 }, { afterMs: 4000, token: true }, log),
    slow(watch, { name: "azd" }, { afterMs: 10, token: true }, log),
  ], { clock: watch });
  const token = chain.getToken("a");
  await watch.until(5000);
  strictEqual((await token).token, "azure-cli");
  assertEquals(log, ["azure-cli at 0", "azd at 1000"]);
  assertEquals(chain.report().map(({ status }) => status), ["used", "not_tried"]);
});

Deno.test("nobody is asked while a credential may still answer", async () => {
  const watch = stopwatch();
  const log: string[] = [];
  const chain = openChain([
    slow(watch, { name: "azure-cli", headStartMs: 1000 }, { afterMs: 3000, token: false }, log),
    slow(watch, { name: "azd", headStartMs: 0 }, { afterMs: 5000, token: false }, log),
    slow(watch, { name: "browser", isInteractive: true }, { afterMs: 10, token: true }, log),
  ], { clock: watch });
  const token = chain.getToken("a");
  await watch.until(7000);
  strictEqual((await token).token, "browser");
  assertEquals(log, ["azure-cli at 0", "azd at 1000", "browser at 6000"]);
});

const REFUSED = new UserError("Cannot sign in with environment: the secret is wrong", {
  code: "auth.aadsts7000215",
  exit: 4,
});

function refusing(error: UserError): Credential {
  return { name: "environment", getToken: () => Promise.reject(error) };
}

const browser: Credential = { ...working("browser"), isInteractive: true };

Deno.test("a credential that is set up and refused is told, and a person may sign in instead", async () => {
  const offered: unknown[] = [];
  const asked: string[] = [];
  const chain = openChain([refusing(REFUSED), working("azure-cli", asked), browser], {
    clock,
    offer: async (error) => offered.push(error) > 0,
  });
  strictEqual((await chain.getToken("a")).token, "browser a");
  assertEquals([offered, asked], [[REFUSED], []]);
  assertEquals(chain.report().map(({ status }) => status), ["failed", "not_tried", "used"]);
});

Deno.test("without a person, or one who does not want to, its reason ends the chain", async () => {
  for (const offer of [undefined, async () => false]) {
    const chain = openChain([refusing(REFUSED), working("azure-cli"), browser], { clock, offer });
    await rejects(chain.getToken("a"), (error) => error === REFUSED);
  }
});

Deno.test("a person is not offered what a network that is down would refuse too", async () => {
  const down = new UserError("Cannot sign in with environment: no network", {
    code: "network.name",
    exit: 6,
  });
  const chain = openChain([refusing(down), browser], {
    clock,
    offer: () => Promise.reject(new Error("It was offered")),
  });
  await rejects(chain.getToken("a"), (error) => error === down);
});
