import { fileURLToPath } from "node:url";
import { equal, ok } from "node:assert/strict";
import { createCertificate } from "../../src/emulator/certificate.ts";
import { createEmulator } from "../fakes/emulator.ts";
import { environmentOf } from "../../src/app/emulator/use.ts";
import { serve } from "../../src/system/serve.ts";
import { TINY_SEED } from "../fakes/seed.ts";
import { REAL_CLOCK, REAL_RANDOM } from "./served.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Secrets that the user's shell has. */
const SECRETS = {
  AZURE_CLIENT_SECRET: crypto.randomUUID(),
  AZURE_CLIENT_CERTIFICATE_PASSWORD: crypto.randomUUID(),
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: crypto.randomUUID(),
  SYSTEM_ACCESSTOKEN: crypto.randomUUID(),
  AZURE_PASSWORD: crypto.randomUUID(),
  MY_API_TOKEN: crypto.randomUUID(),
};

/** Writes the command lines of all processes, and the environments of all but this program, which got the secrets. */
const LOOK = `for process in /proc/[0-9]*; do
  tr '\\0' '\\n' <$process/cmdline
  [ $process = /proc/$PPID ] || tr '\\0' '\\n' <$process/environ
done >>"$SEEN/\${0##*/}.seen" 2>/dev/null`;

/** Scripts of the programs: `az` prints a token, the others fail. */
const PROGRAMS = {
  az: 'for resource; do :; done; cat "$SEEN/$(printf %s "$resource" | tr -c a-z0-9 _)"',
  azd: "exit 1",
  pwsh: "exit 1",
  git: "exit 1",
};

const LINES = [
  ["auth status", 0],
  ["auth status --credential azd", 4],
  ["auth status --credential azure-powershell", 4],
  ["submit main --allow dataset.not_uploaded", 0],
] as const;

Deno.test("az, azd and git receive no secrets", {
  ignore: Deno.build.os !== "linux",
  sanitizeOps: false,
  sanitizeResources: false,
}, async () => {
  const folder = await Deno.makeTempDir();
  const control = new AbortController();
  try {
    const { authority, certificate, key } = await createCertificate(new Date());
    await Deno.writeTextFile(`${folder}/ca.pem`, authority);
    const { port } = await serve((request) => azure.fetch(request), {
      port: 0,
      tls: { certificate, key },
      signal: control.signal,
    });
    const origin = `https://127.0.0.1:${port}`;
    const azure = createEmulator({ origin, clock: REAL_CLOCK, random: REAL_RANDOM, seed: TINY_SEED });
    for (const [name, script] of Object.entries(PROGRAMS)) {
      await Deno.writeTextFile(`${folder}/${name}`, `#!/bin/sh\n${LOOK}\n${script}\n`, { mode: 0o755 });
    }
    const tokens = [origin, "https://ml.azure.com", "https://storage.azure.com"].map((resource) => {
      const token = azure.issueToken(resource);
      const answer = { accessToken: token, expires_on: 4_000_000_000, tenant: azure.identity.tenant };
      const file = resource.replaceAll(/[^a-z0-9]/g, "_");
      Deno.writeTextFileSync(`${folder}/${file}`, JSON.stringify(answer));
      return token;
    });
    const project = `${folder}/tiny`;
    await new Deno.Command("cp", { args: ["-r", `${ROOT}tests/golden/projects/tiny`, project] }).output();
    await Deno.mkdir(`${project}/.git/refs`, { recursive: true });
    await Deno.writeTextFile(`${project}/.git/HEAD`, "ref: refs/heads/main\n");

    const { AZURE_CLIENT_SECRET: _, AZURE_TENANT_ID: __, ...env } = environmentOf({
      origin,
      caFile: `${folder}/ca.pem`,
      identity: azure.identity,
    });
    for (const [line, exit] of LINES) {
      const { code, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "-A",
          "--no-check",
          `--lock=${ROOT}deno.lock`,
          `--config=${ROOT}deno.json`,
          `${ROOT}main.ts`,
          ...line.split(" "),
        ],
        cwd: project,
        clearEnv: true,
        env: {
          ...env,
          ...SECRETS,
          PATH: `${folder}:/usr/bin:/bin`,
          HOME: folder,
          SEEN: folder,
          DENO_DIR: Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`,
        },
      }).output();
      equal(code, exit, `${line}: ${new TextDecoder().decode(stderr)}`);
    }

    const secrets = [...tokens.map((token) => token.split(".")[1]!), ...Object.values(SECRETS)];
    for (const name of Object.keys(PROGRAMS)) {
      const seen = await Deno.readTextFile(`${folder}/${name}.seen`);
      ok(seen.includes("main.ts"), `${name} was not started`);
      equal(secrets.some((secret) => seen.includes(secret)), false, `${name} saw a secret`);
    }
  } finally {
    control.abort();
    await Deno.remove(folder, { recursive: true });
  }
});
