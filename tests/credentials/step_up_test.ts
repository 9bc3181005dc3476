import { deepStrictEqual as assertEquals, rejects } from "node:assert/strict";
import { ExitCode, UserError } from "../../src/core/errors.ts";
import type { Interaction, SignInEvent } from "../../src/credentials/credential.ts";
import type { Account, PublicClient, SignedIn } from "../../src/credentials/public_client.ts";
import { stepUp } from "../../src/credentials/browser_and_device_code.ts";
import { fakeContext } from "../fakes/context.ts";

const ADA: Account = { id: "ada", username: "ada@example.org", tenant: "t" };
const BEA: Account = { id: "bea", username: "bea@example.org", tenant: "t" };
const REFUSED = new UserError("Cannot sign in with session: multi-factor authentication is required", {
  code: "auth.aadsts50076",
  exit: ExitCode.Auth,
});

function signedIn(account: Account): SignedIn {
  return { account, token: { token: "T", expiresAt: new Date() } };
}

/** Creates a client that prompts; the user signs in as `account` with a device code. */
function client(account: Account, silently: () => Promise<SignedIn> = () => Promise.reject(REFUSED)) {
  const asked: unknown[] = [];
  const events: SignInEvent[] = [];
  const one: PublicClient = {
    silently: (...args) => {
      asked.push(args);
      return silently();
    },
    startBrowser: () => Promise.reject(new Error("no browser")),
    byDeviceCode: async (request) => {
      asked.push(request);
      return signedIn(account);
    },
    serialize: () => "",
  };
  const interaction: Interaction = {
    tell: (event) => void events.push(event),
    offer: async () => true,
    serve: () => Promise.reject(new Error("no server")),
  };
  return { one, asked, events, interaction };
}

const REQUEST = { scope: "s", demand: { claims: "{}" }, account: ADA, hint: "Run X" };

Deno.test("stepUp() rejects a sign-in as another user", async () => {
  const { one, interaction } = client(BEA);
  const answer = await stepUp(fakeContext({ env: {} }), one, { ...REQUEST, interaction });
  assertEquals(answer, {
    unavailable: '"bea@example.org" signed in, but this command runs as "ada@example.org"',
    because: "failed",
    hint: 'Run the command again and sign in as "ada@example.org"',
  });
});

Deno.test("stepUp() names the subscription's tenant", async () => {
  const { one, events, interaction } = client(ADA);
  const demand = { tenant: "contoso.example" };
  await stepUp(fakeContext({ env: {} }), one, { ...REQUEST, demand, interaction });
  const reason = "the subscription belongs to tenant contoso.example";
  assertEquals(events[0], { type: "step_up", reason });
});

Deno.test("stepUp() does not prompt without a network", async () => {
  const down = new UserError("down", { code: "network.refused", exit: ExitCode.Unavailable });
  const { one, events, interaction } = client(ADA, () => Promise.reject(down));
  await rejects(stepUp(fakeContext({ env: {} }), one, { ...REQUEST, interaction }), { code: down.code });
  assertEquals(events, []);
});
