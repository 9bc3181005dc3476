import type { Seed } from "../../fakes/emulator.ts";
import { run } from "../../../src/cli/command_line.ts";
import { type PersonOptions, personWorld } from "../../credentials/person.ts";
import { assertTranscript, transcriptOf, withoutDurations } from "../transcript.ts";
import { makeWorld, type WorldOptions } from "../world.ts";

const BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs";
const ML = "Microsoft.MachineLearningServices/workspaces";

/** A command line, and the options of the world in which it runs. */
const STATUS: readonly { name: string; line: string; world?: WorldOptions }[] = [
  { name: "identity and access", line: "auth status" },
  { name: "as JSON", line: "auth status --json" },
  { name: "another workspace", line: "auth status -w staging" },
  { name: "an unknown workspace", line: "auth status -w stagin" },
  { name: "outside a project", line: "auth status", world: { cwd: "/home/user" } },
  {
    name: "no role for jobs and blobs",
    line: "auth status",
    world: { emulator: { deniedActions: [`${ML}/jobs/*`, `${ML}/data/*`, `${BLOBS}/*`] } },
  },
  {
    name: "no role for blobs",
    line: "auth status",
    world: { emulator: { deniedActions: [`${BLOBS}/*`] } },
  },
  {
    name: "unreadable roles",
    line: "auth status",
    world: { emulator: { deniedActions: ["Microsoft.Authorization/*"] } },
  },
  {
    name: "storage behind a firewall",
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
    name: "a workspace of another tenant",
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
    name: "a missing workspace",
    line: "auth status",
    world: { emulator: { seed: { workspaces: [] } } },
  },
];

for (const { name, line, world } of STATUS) {
  Deno.test(`auth status matches its transcript: ${name}`, async (t) => {
    const text = await transcriptOf(makeWorld(world), [line], { isWhole: name === "identity and access" });
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
  { name: "log in, show, log out", lines: ["auth login", "auth status", "auth logout", "auth logout"] },
  { name: "as JSON", lines: ["auth login --device-code --json", "auth logout --json"] },
  { name: "without storing the session", lines: ["auth login --no-store"] },
  {
    name: "over SSH",
    lines: ["auth login"],
    world: { env: { SSH_CONNECTION: "10.0.0.1 22", DISPLAY: ":10" } },
  },
  { name: "a missing browser", lines: ["auth login"], world: { broken: { "xdg-open": 3 } } },
  { name: "a declined sign-in", lines: ["auth login"], world: seeded({ signIn: "declined" }) },
  {
    name: "device codes blocked by policy",
    lines: ["auth login --device-code"],
    world: seeded({ signIn: "blocked" }),
  },
  { name: "another tenant", lines: ["auth login --tenant contoso.example"] },
  { name: "in CI", lines: ["auth login --device-code"], world: { env: { CI: "true" } } },
  { name: "without a terminal", lines: ["auth login"], world: { interactive: false } },
  {
    name: "together with a service principal",
    lines: ["auth login"],
    world: { env: { ...WRONG, DISPLAY: ":0" } },
  },
  {
    name: "without storing the session, together with a service principal",
    lines: ["auth login --no-store"],
    world: { env: { ...WRONG, DISPLAY: ":0" } },
  },
  {
    name: "a damaged session",
    lines: ["auth status --credential session"],
    world: { files: { [SESSION]: "{" } },
  },
  { name: "an unknown credential", lines: ["auth status --credential keychain"] },
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
  Deno.test(`auth login matches its transcript: ${name}`, async (t) => {
    const { ctx } = personWorld(world);
    const kedroAzureml = (line: string | readonly string[]) => run(String(line).split(" "), ctx);
    await assertTranscript(t, steady(await transcriptOf({ ctx, kedroAzureml }, lines)), import.meta.url);
  });
}
