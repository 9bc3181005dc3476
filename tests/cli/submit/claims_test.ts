import { deepStrictEqual, deepStrictEqual as assertEquals, match, ok, strictEqual } from "node:assert/strict";
import type { Exit } from "../../../src/core/context.ts";
import { run } from "../../../src/cli/command_line.ts";
import type { Fault } from "../../fakes/emulator/faults.ts";
import { type PersonOptions, personWorld } from "../../credentials/person.ts";
import { GOLDEN_SEED, SIGNED_IN } from "../../fakes/seed.ts";
import { makeWorld, projectFiles, type WorldOptions } from "../world.ts";
import { exited } from "../../fakes/context.ts";

const CLAIMS = '{"access_token":{"acrs":{"essential":true,"values":["p1"]}}}';
const ENCODED = btoa(CLAIMS);
const TENANT = GOLDEN_SEED.tenant!;

/** Creates a user with a project in a tenant that requires multi-factor authentication for writes. */
function person(options: PersonOptions = {}) {
  const { emulator, ...rest } = options;
  const world = personWorld({
    files: projectFiles("tiny"),
    cwd: "/home/user/tiny",
    seed: GOLDEN_SEED,
    emulator: { demandsMfa: true, ...emulator },
    ...rest,
  });
  const asked = () => world.azure.requests.filter(({ url }) => /authorize|devicecode/.test(url));
  const kedroAzureml = (line: string) => run(line.split(" "), world.ctx);
  return { ...world, asked, kedroAzureml };
}

function jobs({ azure }: ReturnType<typeof person>): number {
  return azure.resources("jobs").length;
}

/** Returns stderr with each message on one line, as in a log. */
function stderrWithoutWraps({ ctx }: { readonly ctx: { stderr(): string } }): string {
  return ctx.stderr().replaceAll(/\n +/g, " ");
}

Deno.test("submit with browser sign-in asks for MFA once", async () => {
  const world = person();
  strictEqual(await world.kedroAzureml("submit -j main"), 0, world.ctx.stderr());
  strictEqual(jobs(world), 1);
  const claims = world.opened.map((url) => JSON.parse(new URL(url).searchParams.get("claims") ?? "{}"));
  assertEquals(claims.map((one) => one.access_token), [undefined, JSON.parse(CLAIMS).access_token]);
  strictEqual(new URL(world.opened[1]!).searchParams.get("login_hint"), "ada@emulator.example");
  match(world.ctx.stderr(), /Sign in again: Azure requires multi-factor authentication for this request/);
});

Deno.test("submit with a stored session asks for MFA once", async () => {
  const world = person();
  strictEqual(await world.kedroAzureml("auth login"), 0, world.ctx.stderr());
  strictEqual(await world.kedroAzureml("submit -j main"), 0, world.ctx.stderr());
  assertEquals([jobs(world), world.opened.length], [1, 2]);
  strictEqual(await world.kedroAzureml("submit -j main --no-input --name second"), 0, world.ctx.stderr());
  assertEquals([jobs(world), world.opened.length], [2, 2]);
});

Deno.test("submit without a terminal prints the auth login command for MFA", async () => {
  const world = person();
  strictEqual(await world.kedroAzureml("auth login"), 0);
  strictEqual(await world.kedroAzureml("submit -j main --no-input"), 4);
  match(world.ctx.stderr(), /error: Azure requires multi-factor authentication for this request/);
  const hint = /hint: Run `kedro-azureml (auth login [^`]+)`/.exec(stderrWithoutWraps(world))![1]!;
  strictEqual(hint, `auth login --tenant ${TENANT} --claims-challenge ${ENCODED}`);
  strictEqual(await world.kedroAzureml(hint), 0, world.ctx.stderr());
  strictEqual(await world.kedroAzureml("submit -j main --no-input"), 0, world.ctx.stderr());
  strictEqual(jobs(world), 1);
});

/** Creates a fault that rejects writes with a claims challenge. */
function claimsFault(times = 1000): Fault {
  return {
    method: "PUT",
    url: /^https:\/\/management\.azure\.com\//,
    times,
    happens: {
      kind: "refuse",
      status: 401,
      code: "RequestDisallowedByPolicy",
      message:
        "Resource was disallowed by policy. Reasons: 'Users must use MFA for Create/Update operations.'.",
      headers: {
        "www-authenticate":
          `Bearer realm="", authorization_uri="https://login.microsoftonline.com/${TENANT}", ` +
          `error="insufficient_claims", claims="${ENCODED}"`,
      },
    },
  };
}

Deno.test("submit gives up when Azure repeats its claims challenge", async () => {
  const world = person({ emulator: { faults: [claimsFault()] } });
  strictEqual(await world.kedroAzureml("submit -j main"), 4);
  assertEquals([world.opened.length, jobs(world)], [2, 0]);
  match(stderrWithoutWraps(world), /it refused the new token that browser got for that, too/);
});

function principal(options: WorldOptions) {
  const world = makeWorld({ env: SIGNED_IN, ...options });
  const puts = () =>
    world.azure.requests.filter(({ method, url }) => method === "PUT" && /azure\.com/.test(url));
  return { ...world, puts };
}

Deno.test("submit by a service principal completes without MFA", async () => {
  const world = principal({ emulator: { demandsMfa: true } });
  strictEqual(await world.kedroAzureml("submit -j main"), 0, world.ctx.stderr());
  strictEqual(world.azure.resources("jobs").length, 1);
});

Deno.test("submit by a service principal fails without retries if the challenge persists", async () => {
  const world = principal({ emulator: { faults: [claimsFault()] } });
  strictEqual(await world.kedroAzureml("submit -j main --json"), 4);
  const { error } = JSON.parse(world.ctx.stderr().trim().split("\n").at(-1)!);
  strictEqual(error.code, "auth.claims_required");
  match(error.message, /environment is not a person and cannot complete a prompt/);
  ok(world.puts().length <= 8, `${world.puts().length} requests`);
});

/** Creates a user of Azure CLI whose tokens come from `tokens`, by tenant. */
function azureCli(tokens: (tenant: string | undefined) => string | undefined, faults: readonly Fault[]) {
  const calls: (readonly string[])[] = [];
  const world = principal({
    env: {},
    emulator: { faults },
    async exec(program, args): Promise<Exit> {
      const exit = exited({ found: program === "az" });
      if (program !== "az") return { ...exit, status: 127 };
      calls.push(args);
      const at = args.indexOf("--tenant");
      const accessToken = tokens(at < 0 ? undefined : args[at + 1]) ??
        world.azure.issueToken(args[args.indexOf("--resource") + 1]!);
      return { ...exit, stdout: JSON.stringify({ accessToken, expires_on: 4_000_000_000 }) };
    },
  });
  return { ...world, calls };
}

Deno.test("submit with Azure CLI prints the az login command for a claims challenge", async () => {
  const world = azureCli(() => undefined, [claimsFault()]);
  strictEqual(await world.kedroAzureml("submit -j main"), 4);
  const command = `az login --tenant ${TENANT} --scope https://management.azure.com/.default ` +
    `--claims-challenge ${ENCODED}`;
  ok(stderrWithoutWraps(world).includes(`hint: Run \`${command}\``), world.ctx.stderr());
});

/** Resource Manager rejects the tenant of the token. */
const WRONG_TENANT: Fault = {
  url: /^https:\/\/management\.azure\.com\//,
  times: 1,
  happens: {
    kind: "refuse",
    status: 401,
    code: "InvalidAuthenticationTokenTenant",
    message:
      `The access token is from the wrong issuer 'https://sts.windows.net/b/'. It must match the tenant ` +
      `'https://sts.windows.net/${TENANT}/' associated with this subscription.`,
  },
};

Deno.test("submit with Azure CLI requests tokens for the demanded tenant", async () => {
  const world = azureCli(() => undefined, [WRONG_TENANT]);
  strictEqual(await world.kedroAzureml("submit -j main"), 0, world.ctx.stderr());
  const named = world.calls.findIndex((args) => args.includes("--tenant"));
  const [before, after] = [world.calls.slice(0, named), world.calls.slice(named)];
  // Each audience is requested once before Azure names the tenant, and once afterwards.
  const audiences = (calls: typeof world.calls) => calls.map((args) => args[args.indexOf("--resource") + 1]);
  deepStrictEqual(audiences(before), ["https://management.azure.com", "https://ml.azure.com"]);
  deepStrictEqual(audiences(after), audiences(before));
  ok(after.every((args) => args.includes("--tenant")), JSON.stringify(world.calls));
});

Deno.test("submit by a service principal of another tenant names the variable to set", async () => {
  const world = principal({ emulator: { faults: [WRONG_TENANT] } });
  strictEqual(await world.kedroAzureml("submit -j main"), 4);
  match(world.ctx.stderr(), new RegExp(`error: Azure requires a token from tenant "${TENANT}"`));
  match(world.ctx.stderr(), new RegExp(`hint: Set AZURE_TENANT_ID to ${TENANT}`));
});
