import type { Seed } from "../../fakes/emulator.ts";
import { run } from "../../../src/cli/command_line.ts";
import { type PersonOptions, personWorld } from "../../credentials/person.ts";
import { assertTranscript, transcriptOf, withoutDurations } from "../transcript.ts";
import { makeWorld, type WorldOptions } from "../world.ts";

const BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs";
const ML = "Microsoft.MachineLearningServices/workspaces";

/** A command line, and the options of the world in which it runs. */
const STATUS: readonly { name: string; line: string; world?: WorldOptions }[] = [
  { name: "prints identity and access", line: "auth status" },
  { name: "--json prints identity and access", line: "auth status --json" },
  { name: "-w fails for a misspelled workspace", line: "auth status -w stagin" },
  { name: "outside a project prints the identity", line: "auth status", world: { cwd: "/home/user" } },
  {
    name: "prints missing roles for jobs and blobs",
    line: "auth status",
    world: { emulator: { deniedActions: [`${ML}/jobs/*`, `${ML}/data/*`, `${BLOBS}/*`] } },
  },
  {
    name: "warns about a missing role for blobs",
    line: "auth status",
    world: { emulator: { deniedActions: [`${BLOBS}/*`] } },
  },
  {
    name: "tries the storage if roles cannot be read",
    line: "auth status",
    world: { emulator: { deniedActions: ["Microsoft.Authorization/*"] } },
  },
  {
    name: "warns about a firewall of the storage",
    line: "auth status",
    world: {
      emulator: {
        faults: [{
          url: /\.blob\./,
          happens: {
            kind: "refuse",
            status: 403,
            code: "AuthorizationFailure",
            message: "This request is not authorized to perform this operation.",
          },
        }],
      },
    },
  },
  {
    name: "suggests `--tenant` for a workspace of another tenant",
    line: "auth status",
    world: {
      emulator: {
        faults: [{
          url: /management\.azure\.com/,
          times: 9,
          happens: {
            kind: "refuse",
            status: 401,
            code: "InvalidAuthenticationTokenTenant",
            message:
              "The access token is from the wrong issuer 'https://sts.windows.net/aaaa/'. It must match the " +
              "tenant 'https://sts.windows.net/bbbb/' associated with this subscription.",
          },
        }],
      },
    },
  },
  {
    name: "fails for a missing workspace",
    line: "auth status",
    world: { emulator: { seed: { workspaces: [] } } },
  },
];

for (const { name, line, world } of STATUS) {
  Deno.test(`auth status ${name}`, async (t) => {
    const text = await transcriptOf(makeWorld(world), [line], {
      isWhole: name === "prints identity and access",
    });
    await assertTranscript(t, withoutDurations(text), import.meta.url);
  });
}

const SESSION = "/home/user/.config/kedro-azureml/auth/session.json";
const WRONG = {
  AZURE_TENANT_ID: "00000000-0000-4000-8000-0000000000a1",
  AZURE_CLIENT_ID: "00000000-0000-4000-8000-0000000000a2",
  AZURE_CLIENT_SECRET: "wrong-secret",
};

/** Command lines that run one after another in one world. */
const LOGIN: readonly { name: string; lines: readonly string[]; world?: PersonOptions }[] = [
  { name: "saves the session", lines: ["auth login", "auth status", "auth logout", "auth logout"] },
  { name: "--json prints the session", lines: ["auth login --device-code --json", "auth logout --json"] },
  { name: "--no-store stores no session", lines: ["auth login --no-store"] },
  {
    name: "over SSH uses a device code",
    lines: ["auth login"],
    world: { env: { SSH_CONNECTION: "10.0.0.1 22", DISPLAY: ":10" } },
  },
  { name: "without a browser prints a URL", lines: ["auth login"], world: { broken: { "xdg-open": 3 } } },
  { name: "fails for a declined sign-in", lines: ["auth login"], world: seeded({ signIn: "declined" }) },
  {
    name: "fails for device codes blocked by policy",
    lines: ["auth login --device-code"],
    world: seeded({ signIn: "blocked" }),
  },
  { name: "fails for an unknown tenant", lines: ["auth login --tenant contoso.example"] },
  {
    name: "in CI suggests a service principal",
    lines: ["auth login --device-code"],
    world: { env: { CI: "true" } },
  },
  { name: "without a terminal suggests --device-code", lines: ["auth login"], world: { interactive: false } },
  {
    name: "warns that AZURE_CLIENT_SECRET takes precedence",
    lines: ["auth login"],
    world: { env: { ...WRONG, DISPLAY: ":0" } },
  },
  {
    name: "--no-store does not warn about AZURE_CLIENT_SECRET",
    lines: ["auth login --no-store"],
    world: { env: { ...WRONG, DISPLAY: ":0" } },
  },
  {
    name: "is suggested for a damaged session",
    lines: ["auth status --credential session"],
    world: { files: { [SESSION]: "{" } },
  },
  { name: "--credential fails for an unknown credential", lines: ["auth status --credential keychain"] },
];

function seeded(seed: Seed): PersonOptions {
  return { seed };
}

/** Replaces values that differ at each sign-in. */
function steady(text: string): string {
  return withoutDurations(text)
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-(?!0{9}0a)[0-9a-f]{12}/g, "UUID")
    .replace(/(code_challenge|nonce)=[\w-]+/g, "$1=RANDOM")
    .replace(/20\d\d-\d\d-\d\d[ T]\d\d:\d\d(:\d\dZ| UTC)?/g, "TIME")
    .replace(/x-client-(SKU|VER|OS|CPU)=[\w.]+/g, "x-client-$1=X")
    .replace(/(code |"userCode":")[0-9A-F]{9}/g, "$1CODE");
}

for (const { name, lines, world } of LOGIN) {
  Deno.test(`auth login ${name}`, async (t) => {
    const { ctx } = personWorld(world);
    const kedroAzureml = (line: string | readonly string[]) => run(String(line).split(" "), ctx);
    await assertTranscript(t, steady(await transcriptOf({ ctx, kedroAzureml }, lines)), import.meta.url);
  });
}
