import type { Seed } from "../../../src/emulator/world/options.ts";
import { run } from "../../../src/cli/run.ts";
import { type PersonOptions, personWorld } from "../../credentials/person.ts";
import { assertTranscript } from "../assert_transcript.ts";

const SESSION = "/home/user/.config/kedro-azureml/auth/session.json";
const WRONG = {
  AZURE_TENANT_ID: "00000000-0000-4000-8000-0000000000a1",
  AZURE_CLIENT_ID: "00000000-0000-4000-8000-0000000000a2",
  AZURE_CLIENT_SECRET: "wrong-secret",
};

/** What a user types, one after the other in one world. */
const cases: readonly { name: string; lines: readonly string[]; world?: PersonOptions }[] = [
  { name: "in, who, out", lines: ["auth login", "auth status", "auth logout", "auth logout"] },
  { name: "the same as JSON", lines: ["auth login --device-code --json", "auth logout --json"] },
  { name: "nothing is kept", lines: ["auth login --no-store"] },
  {
    name: "over SSH",
    lines: ["auth login"],
    world: { env: { SSH_CONNECTION: "10.0.0.1 22", DISPLAY: ":10" } },
  },
  { name: "a browser that does not open", lines: ["auth login"], world: { broken: { "xdg-open": 3 } } },
  { name: "declined", lines: ["auth login"], world: seeded({ signIn: "declined" }) },
  {
    name: "device codes are blocked",
    lines: ["auth login --device-code"],
    world: seeded({ signIn: "blocked" }),
  },
  { name: "another tenant", lines: ["auth login --tenant contoso.example"] },
  { name: "in CI", lines: ["auth login --device-code"], world: { env: { CI: "true" } } },
  { name: "without a terminal", lines: ["auth login"], world: { interactive: false } },
  { name: "beside a service principal", lines: ["auth login"], world: { env: { ...WRONG, DISPLAY: ":0" } } },
  {
    name: "a damaged session",
    lines: ["auth status --credential session"],
    world: { files: { [SESSION]: "{" } },
  },
  { name: "a credential that there is not", lines: ["auth status --credential keychain"] },
];

function seeded(seed: Seed): PersonOptions {
  return { seed };
}

/** What is different at each sign-in. */
function foreseeable(text: string): string {
  return text.replace(/\(\d+ ms\)/g, "(N ms)")
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-(?!0{9}0a)[0-9a-f]{12}/g, "UUID")
    .replace(/(code_challenge|nonce)=[\w-]+/g, "$1=RANDOM")
    .replace(/20\d\d-\d\d-\d\d[ T]\d\d:\d\d(:\d\dZ| UTC)?/g, "TIME")
    .replace(/x-client-(SKU|VER|OS|CPU)=[\w.]+/g, "x-client-$1=X")
    .replace(/(code |"user_code":")[0-9A-F]{9}/g, "$1CODE");
}

for (const { name, lines, world } of cases) {
  Deno.test(`login transcript: ${name}`, async (t) => {
    const { ctx } = personWorld(world);
    const exits: number[] = [];
    for (const line of lines) exits.push(await run(line.split(" "), ctx));
    const transcript = `$ ${lines.join("\n$ ")}\n${ctx.stdout()}--- stderr\n${ctx.stderr()}--- exit ${
      exits.join(", ")
    }\n`;
    await assertTranscript(t, foreseeable(transcript), import.meta.url);
  });
}
