import { deepEqual, equal, match } from "node:assert/strict";
import type { Context } from "../../src/core/context.ts";
import type { SignInEvent } from "../../src/credentials/credential.ts";
import { signInByBrowser } from "../../src/credentials/browser_and_device_code.ts";
import type { PublicClient, SignedIn } from "../../src/credentials/public_client.ts";
import { exited, fakeContext, type FakeOptions } from "../fakes/context.ts";

const SIGNED_IN: SignedIn = {
  token: { token: "T", expiresAt: new Date(0) },
  account: { id: "ada", username: "ada@example.org", tenant: "t" },
};

/**
 * Signs in while the browser sends requests to the loopback server.
 *
 * @param browse Sends the requests, given the state of the sign-in.
 */
async function signIn(
  browse: (
    send: (path: string, form?: Record<string, string>) => Promise<Response>,
    state: string,
  ) => Promise<void>,
  { redeem = async () => SIGNED_IN, serve, ...options }: FakeOptions & {
    readonly redeem?: (answer: URLSearchParams) => Promise<SignedIn>;
  } = {},
) {
  let [handler, isStopped] = [undefined as Parameters<Context["serve"]>[0] | undefined, false];
  type BrowserRequest = Parameters<PublicClient["startBrowser"]>[0];
  const asked: BrowserRequest[] = [];
  const events: SignInEvent[] = [];
  const browsed: Promise<void>[] = [];
  const ctx = fakeContext({ env: { DISPLAY: ":0" }, ...options });
  const send = async (path: string, form?: Record<string, string>) =>
    await handler!(
      new Request(`http://localhost:5151${path}`, {
        ...(form && { method: "POST", body: new URLSearchParams(form) }),
      }),
    );
  const client = {
    startBrowser: async (request: BrowserRequest) => {
      asked.push(request);
      return { url: "https://login.example/", redeem };
    },
  } as unknown as PublicClient;
  const exec: Context["exec"] = options.exec ?? (async () => {
    browsed.push(browse(send, asked[0]!.state));
    return exited();
  });
  const interaction = {
    tell: (event: SignInEvent) => void events.push(event),
    offer: async () => true,
    serve: serve ?? (async (given, { signal }) => {
      handler = given;
      const finished = Promise.withResolvers<void>();
      signal.addEventListener("abort", () => finished.resolve());
      return { port: 5151, finished: finished.promise.then(() => void (isStopped = true)) };
    }) as Context["serve"],
  };
  // Nobody waits five minutes here, unless a test says that the person does.
  const clock = {
    ...ctx.clock,
    sleep: (ms: number, signal?: AbortSignal) =>
      ms < 1000 || options.answers !== undefined ? ctx.clock.sleep(ms) : new Promise<void>((_, reject) => {
        signal?.addEventListener("abort", () => reject(signal.reason));
      }),
  };
  const result = await signInByBrowser({ ...ctx, exec, clock }, interaction, client, { scope: "s" })
    .catch((thrown) => ({ thrown }));
  await Promise.all(browsed);
  return { result, asked, events, sleeps: ctx.sleeps, isStopped: () => isStopped };
}

Deno.test("signInByBrowser() shows that the user is signed in", async () => {
  const pages: string[] = [];
  const redeemed: string[] = [];
  const { result, asked, events, sleeps, isStopped } = await signIn(async (send, state) => {
    const answer = await send("/", { state, code: "c" });
    pages.push(await answer.text());
    equal(answer.headers.get("content-type"), "text/html; charset=utf-8");
    equal(answer.headers.get("cache-control"), "no-store");
  }, {
    redeem: async (answer) => {
      redeemed.push(answer.get("code")!);
      return SIGNED_IN;
    },
  });
  deepEqual([result, redeemed, isStopped()], [SIGNED_IN, ["c"], true]);
  deepEqual([asked[0]!.scope, asked[0]!.redirectUri], ["s", "http://localhost:5151"]);
  deepEqual(events, [{ type: "browser", url: "https://login.example/" }]);
  deepEqual(sleeps, [100]);
  match(pages[0]!, /You are signed in\./);
});

Deno.test("signInByBrowser() ignores requests of other pages", async () => {
  const told: string[] = [];
  const { result } = await signIn(async (send, state) => {
    const note = async (answer: Response) =>
      told.push(`${answer.status} ${(await answer.text()).match(/<p>(.*)<\/p>/)![1]}`);
    for (const path of ["/favicon.ico", `/other?state=${state}`, "/", "/?code=c"]) {
      await note(await send(path));
    }
    await note(await send("/?state=other&code=c"));
    await note(await send("/", { state: "x" }));
    await send("/", { state, code: "c" });
  });
  const [other, foreign] = ["404 Not found.", "400 This response belongs to another sign-in."];
  deepEqual([told, result], [[other, other, other, other, foreign, foreign], SIGNED_IN]);
});

Deno.test("signInByBrowser() shows a failed sign-in", async () => {
  const pages: string[] = [];
  const error = new Error("refused");
  const { result, isStopped } = await signIn(async (send, state) => {
    pages.push(await (await send("/", { state })).text());
  }, { redeem: () => Promise.reject(error) });
  deepEqual([result, isStopped()], [{ thrown: error }, true]);
  match(pages[0]!, /Sign-in failed; see the terminal/);
});

Deno.test("signInByBrowser() gives up after five minutes", async () => {
  const { result, sleeps, isStopped } = await signIn(async () => {}, { answers: [] });
  const { thrown } = result as { readonly thrown: { readonly code: string; readonly message: string } };
  deepEqual([thrown.code, thrown.message], [
    "auth.too_late",
    "Cannot sign in with browser: no sign-in in the browser within 5 minutes",
  ]);
  deepEqual([sleeps.filter((ms) => ms > 2000), isStopped()], [[300_000], true]);
});

Deno.test("signInByBrowser() says why no browser opened", async () => {
  const exec = async () => exited({ status: 127, found: false });
  const { result, isStopped } = await signIn(async () => {}, { exec });
  deepEqual(result, { notOpened: "`xdg-open` not found, `x-www-browser` not found" });
  equal(isStopped(), true);
});

Deno.test("signInByBrowser() says that it cannot listen on a port", async () => {
  const serve = () => Promise.reject(new Deno.errors.PermissionDenied("listen"));
  const { result } = await signIn(async () => {}, { serve });
  deepEqual(result, { notOpened: "this machine does not allow listening on a loopback port" });
});
