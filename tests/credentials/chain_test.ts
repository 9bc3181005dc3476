import { deepStrictEqual as assertEquals, rejects, strictEqual } from "node:assert/strict";
import { openChain } from "../../src/credentials/chain.ts";
import { type Credential, failed, notConfigured } from "../../src/credentials/credential.ts";
import { UserError } from "../../src/core/errors.ts";
import { fakeContext } from "../fakes/context.ts";

const { clock } = fakeContext();
const END = new Date("2030-01-01");

function workingCredential(name: Credential["name"], asked: string[] = []): Credential {
  return {
    name,
    getToken: async (scope) => {
      asked.push(scope);
      await clock.sleep(120);
      return { token: `${name} ${scope}`, expiresAt: END };
    },
  };
}

Deno.test("openChain() does not prompt before a token is needed", async () => {
  const asked: string[] = [];
  const warned: string[] = [];
  const azd: Credential = { name: "azd", getToken: async () => failed("its sign-in has ended") };
  const browser = { ...workingCredential("browser", asked), isInteractive: true };
  const chain = openChain([azd, browser], { clock, onWarning: ({ code }) => void warned.push(code) });
  chain.start("a");
  await new Promise((turn) => setTimeout(turn, 0));
  assertEquals([asked, warned], [[], []]);
  strictEqual((await chain.getToken("a")).token, "browser a");
  assertEquals([asked, warned], [["a"], ["auth.passed_over"]]);

  const offered: unknown[] = [];
  const offering = openChain([rejectedCredential(REFUSED), browser], {
    clock,
    offer: async (error) => offered.push(error) > 0,
  });
  offering.start("a");
  await new Promise((turn) => setTimeout(turn, 0));
  assertEquals(offered, []);
  await offering.getToken("a");
  assertEquals(offered, [REFUSED]);

  const refusing = openChain([azd], { clock });
  refusing.start("a");
  await new Promise((turn) => setTimeout(turn, 0));
  await rejects(refusing.getToken("a"), { code: "auth.no_credential" });
});

Deno.test("openChain() with --credential shows that credential's hint", async () => {
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

Deno.test("openChain() prefers the hint of a credential without a secret", async () => {
  const unset = (name: Credential["name"], hint: string): Credential => ({
    name,
    getToken: async () => notConfigured("it is not set up", hint),
  });
  const [secret, github, cli] = [
    unset("environment", "E"),
    unset("github-oidc", "G"),
    unset("azure-cli", "C"),
  ];
  await rejects(openChain([secret, github, cli], { clock }).getToken("a"), { hint: "G" });
  await rejects(openChain([secret, cli], { clock }).getToken("a"), { hint: "E" });
});

Deno.test("openChain() keeps its credential for all audiences", async () => {
  const some: Credential = {
    name: "azure-cli",
    getToken: async (scope) =>
      scope === "a/.default" ? { token: "T", expiresAt: END } : failed("no consent", "Ask"),
  };
  const chain = openChain([some, workingCredential("azd")], { clock });
  await chain.getToken("a/.default");
  await rejects(chain.getToken("b/.default"), (error: UserError) => {
    strictEqual(error.message, "Cannot get a token for b from azure-cli: no consent");
    assertEquals([error.code, error.exit, error.hint], ["auth.audience", 4, "Ask"]);
    assertEquals(error.data, { credential: "azure-cli", audience: "b" });
    return true;
  });
});

/** Creates a clock that only advances with `until()`. */
function createManualClock() {
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
    /** Advances to a time, from one wait to the next. */
    async until(ms: number) {
      for (; now < ms; now++) {
        for (const one of waiting) if (one.at <= now) one.done();
        await new Promise((resolve) => queueMicrotask(() => resolve(undefined)));
        for (let turn = 0; turn < 20; turn++) await Promise.resolve();
      }
    },
  };
}

/** Creates a credential that answers after some time. */
function slowCredential(
  watch: ReturnType<typeof createManualClock>,
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

Deno.test("openChain() waits for an earlier credential that is slow", async () => {
  const watch = createManualClock();
  const log: string[] = [];
  const chain = openChain([
    slowCredential(watch, { name: "azure-cli", headStartMs: 1000 }, { afterMs: 4000, token: true }, log),
    slowCredential(watch, { name: "azd" }, { afterMs: 10, token: true }, log),
  ], { clock: watch });
  const token = chain.getToken("a");
  await watch.until(5000);
  strictEqual((await token).token, "azure-cli");
  assertEquals(log, ["azure-cli at 0", "azd at 1000"]);
  assertEquals(chain.report().map(({ status }) => status), ["used", "not_tried"]);
});

Deno.test("openChain() does not prompt while a credential is pending", async () => {
  const watch = createManualClock();
  const log: string[] = [];
  const chain = openChain([
    slowCredential(watch, { name: "azure-cli", headStartMs: 1000 }, { afterMs: 3000, token: false }, log),
    slowCredential(watch, { name: "azd", headStartMs: 0 }, { afterMs: 5000, token: false }, log),
    slowCredential(watch, { name: "browser", isInteractive: true }, { afterMs: 10, token: true }, log),
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

function rejectedCredential(error: UserError): Credential {
  return { name: "environment", getToken: () => Promise.reject(error) };
}

const browser: Credential = { ...workingCredential("browser"), isInteractive: true };

Deno.test("openChain() offers a browser sign-in after a rejected secret", async () => {
  const offered: unknown[] = [];
  const asked: string[] = [];
  const warnings: unknown[] = [];
  const chain = openChain([rejectedCredential(REFUSED), workingCredential("azure-cli", asked), browser], {
    clock,
    offer: async (error) => offered.push(error) > 0,
    onWarning: (warning) => warnings.push(warning),
  });
  strictEqual((await chain.getToken("a")).token, "browser a");
  assertEquals([offered, asked, warnings], [[REFUSED], [], []]);
  strictEqual(chain.report()[0]!.reason, "the secret is wrong");
  assertEquals(chain.report().map(({ status }) => status), ["failed", "not_tried", "used"]);
});

Deno.test("openChain() offers a browser sign-in once", async () => {
  const declined = new UserError("Cannot sign in with browser: it was declined", { code: "auth.declined" });
  const down = new UserError("Cannot sign in with environment: no network", {
    code: "network.name",
    exit: 6,
  });
  const offer = () => Promise.reject(new Error("It was offered"));
  for (
    const [error, members] of [
      [declined, [{ ...browser, getToken: () => Promise.reject(declined) }]],
      [down, [rejectedCredential(down), browser]],
    ] as const
  ) {
    await rejects(openChain(members, { clock, offer }).getToken("a"), (thrown) => thrown === error);
  }
});

Deno.test("openChain() stops the remaining credentials", async () => {
  const watch = createManualClock();
  const log: string[] = [];
  let stopped: AbortSignal | undefined;
  const azd: Credential = {
    name: "azd",
    async getToken(_scope, { signal } = {}) {
      stopped = signal;
      await watch.sleep(100);
      return { token: "late", expiresAt: END };
    },
  };
  const refused: Credential = {
    name: "azure-cli",
    headStartMs: 10,
    getToken: () => watch.sleep(50).then(() => Promise.reject(REFUSED)),
  };
  const person = slowCredential(
    watch,
    { name: "browser", isInteractive: true },
    { afterMs: 200, token: true },
    log,
  );
  const chain = openChain([refused, azd, person], { clock: watch, offer: async () => true });
  const token = chain.getToken("a");
  await watch.until(400);
  strictEqual((await token).token, "browser");
  strictEqual(stopped?.aborted, true);
  assertEquals(chain.report().map(({ status }) => status), ["failed", "not_tried", "used"]);
});

Deno.test("openChain() warns once about a skipped credential", async () => {
  const warnings: unknown[] = [];
  // It warns by itself.
  const session: Credential = { name: "session", getToken: async () => failed("it has ended") };
  const azd: Credential = { name: "azd", getToken: async () => failed("its sign-in has ended", "Sign in") };
  const hidden: Credential = {
    name: "device-code",
    isInteractive: true,
    getToken: async () => notConfigured("no"),
  };
  const onWarning = (warning: unknown) => void warnings.push(warning);
  const chain = openChain([session, azd, hidden, browser], { clock, onWarning });
  await chain.getToken("a");
  assertEquals(warnings, [
    { code: "auth.passed_over", message: "Skipped azd: its sign-in has ended", hint: "Sign in" },
  ]);
});

Deno.test("openChain() rejects another tenant for a service principal", async () => {
  const asked: string[] = [];
  const chain = openChain([workingCredential("environment", asked)], { clock });
  await rejects(chain.getToken("a", { tenant: "other" }), {
    code: "auth.tenant_required",
    message: 'Azure requires a token from tenant "other": the subscription belongs to tenant "other", and ' +
      "environment signs in to another one",
  });
  assertEquals(asked, ["a"]);
});
