import { ok, strictEqual } from "node:assert/strict";
import { run } from "../../src/cli/command_line.ts";
import type { ExecOptions } from "../../src/core/context.ts";
import { createCi } from "./ci.ts";
import { APP, createEntra, jwt, PRINCIPAL, SECRET, TENANT } from "./entra.ts";
import { exited, fakeContext, type FakeOptions } from "../fakes/context.ts";

const TOKEN = jwt({ upn: "ada@contoso.com", aud: "x" });

/** Worlds that send a secret, by the kind of secret. */
const WORLDS: Readonly<Record<string, { readonly secrets: readonly string[]; readonly world: FakeOptions }>> =
  {
    "a client secret": { secrets: [SECRET], world: { env: PRINCIPAL } },
    "a client secret with escapes in JSON": {
      secrets: ['a"b\\c~long'],
      world: { env: { ...PRINCIPAL, AZURE_CLIENT_SECRET: 'a"b\\c~long' } },
    },
    "a certificate password": {
      secrets: ["certificate-password"],
      world: {
        env: {
          AZURE_TENANT_ID: TENANT,
          AZURE_CLIENT_ID: APP,
          AZURE_CLIENT_CERTIFICATE_PATH: "/c.pem",
          AZURE_CLIENT_CERTIFICATE_PASSWORD: "certificate-password",
        },
        files: {
          "/c.pem": "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
        },
      },
    },
    "a pipeline token": {
      secrets: ["pipeline-token"],
      world: {
        env: {
          SYSTEM_OIDCREQUESTURI: "https://ci.example.org/assertion",
          SYSTEM_ACCESSTOKEN: "pipeline-token",
          AZURESUBSCRIPTION_CLIENT_ID: APP,
          AZURESUBSCRIPTION_TENANT_ID: TENANT,
          AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: "connection",
        },
      },
    },
    "a token of Azure CLI": {
      secrets: [TOKEN, TOKEN.split(".")[1]!],
      world: {
        exec: async () =>
          exited({
            stdout: JSON.stringify({ accessToken: TOKEN, expires_on: 1_900_000_000 }),
            stderr: TOKEN,
          }),
      },
    },
  };

const ci = await createCi();

/** Outcomes of a request: answered, failed, or echoed back. */
const FATES: Readonly<Record<string, (request: Request) => Promise<Response>>> = {
  "Azure answers": async (request) => {
    if (request.url.startsWith("https://ci.")) {
      return Response.json({ oidcToken: await ci.sign(new Date("2026-01-02T03:04:05Z")) });
    }
    return await createEntra().fetch(request);
  },
  "Entra ID repeats it": async (request) => {
    const echo = await echoOf(request);
    const said = `AADSTS1: ${new URLSearchParams(echo.split("] ").at(-1)).get("client_secret")} ${echo}`;
    return Response.json({ error: "invalid_client", error_description: said }, { status: 400 });
  },
  "a proxy repeats it": async (request) => new Response(await echoOf(request), { status: 502 }),
  "a response with status 200 repeats it": async (request) =>
    new Response(await echoOf(request), { status: 200 }),
  "a network error repeats it": async (request) =>
    Promise.reject(new TypeError(`broke while sending ${await echoOf(request)}`)),
  "a RangeError repeats it": async (request) =>
    Promise.reject(new RangeError(`a defect with ${await echoOf(request)}`)),
};

async function echoOf(request: Request): Promise<string> {
  return `${request.url} ${JSON.stringify([...request.headers])} ${await request.text()}`;
}

for (const [what, { secrets, world }] of Object.entries(WORLDS)) {
  for (const [fate, fetch] of Object.entries(FATES)) {
    Deno.test(`auth status hides ${what} if ${fate}`, async () => {
      const shown: string[] = [];
      for (
        const words of [["auth", "status"], ["auth", "status", "--verbose"], [
          "auth",
          "status",
          "--json",
          "--verbose",
        ]]
      ) {
        const exec = async (program: string, args: readonly string[], options?: ExecOptions) => {
          shown.push(JSON.stringify([program, args, options?.env]));
          return await (world.exec?.(program, args, options) ??
            Promise.resolve(exited({ status: 127, found: false })));
        };
        const ctx = fakeContext({ ...world, fetch, exec });
        await run(words, ctx);
        const printed = ctx.stdout() + ctx.stderr();
        ok(
          /\b(?:environment|azure|github|identity|credential)/.test(printed),
          `nothing is shown: ${printed}`,
        );
        shown.push(printed);
        const before = new Set(Object.keys(world.files ?? {}));
        for (const [path, bytes] of ctx.files) {
          if (!before.has(path)) shown.push(new TextDecoder().decode(bytes));
        }
      }
      const all = shown.join("\n");
      for (const secret of secrets) {
        for (
          const form of [
            secret,
            encodeURIComponent(secret),
            new URLSearchParams({ x: secret }).toString().slice(2),
          ]
        ) {
          ok(
            !all.includes(form),
            `${secret} is shown:\n${all.slice(Math.max(0, all.indexOf(form) - 300)).slice(0, 600)}`,
          );
        }
      }
      strictEqual(/eyJ[\w-]{20,}/.exec(all)?.[0], undefined, "a token or an assertion is shown");
    });
  }
}
