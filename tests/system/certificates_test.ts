import { deepStrictEqual as assertEquals, ok, rejects, strictEqual } from "node:assert/strict";
import { CLOUDS } from "../../src/core/net/clouds.ts";
import { environmentCredential } from "../../src/credentials/environment.ts";
import { createEmulator } from "../fakes/emulator.ts";
import type { UserError } from "../../src/core/errors.ts";
import { systemFs } from "../../src/system/fs.ts";
import { fakeContext } from "../fakes/context.ts";

/** Has letters that UTF-8, UTF-16 and Latin-1 encode differently. */
const PASSWORD = "pass wörd~9€";

/** Runs openssl in a folder; returns `undefined` if it is missing or fails. */
async function openssl(cwd: string, line: string): Promise<string | undefined> {
  const args = line.split(" ").map((word) => word.replace("PASSWORD", PASSWORD));
  try {
    const made = await new Deno.Command("openssl", { args, cwd }).output();
    return made.success ? new TextDecoder().decode(made.stdout) : undefined;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return undefined;
    throw thrown;
  }
}

/** Files that openssl creates of a key and certificate: its arguments, and whether it has a password. */
const KINDS: Readonly<Record<string, readonly [string, boolean]>> = {
  "a PKCS8 key": ["pkcs8 -topk8 -nocrypt -in key.pem -out made.pem", false],
  "a PKCS1 key": ["rsa -in key.pem -traditional -out made.pem", false],
  "a PKCS1 key with AES": ["rsa -in key.pem -traditional -aes256 -passout pass:PASSWORD -out made.pem", true],
  "a PKCS1 key with 3DES": ["rsa -in key.pem -traditional -des3 -passout pass:PASSWORD -out made.pem", true],
  "a PKCS8 key with AES": [
    "pkcs8 -topk8 -v2 aes-256-cbc -in key.pem -passout pass:PASSWORD -out made.pem",
    true,
  ],
  "a PKCS8 key with scrypt": ["pkcs8 -topk8 -scrypt -in key.pem -passout pass:PASSWORD -out made.pem", true],
  "a PFX file": ["pkcs12 -export -inkey key.pem -in leaf.pem -passout pass:PASSWORD -out made.pfx", true],
  "a legacy PFX file": [
    "pkcs12 -export -legacy -inkey key.pem -in leaf.pem -certfile ca.pem -passout pass:PASSWORD -out made.pfx",
    true,
  ],
  "a PFX file with an empty password": [
    "pkcs12 -export -inkey key.pem -in leaf.pem -passout pass: -out made.pfx",
    false,
  ],
  "an unencrypted PFX file": [
    "pkcs12 -export -inkey key.pem -in leaf.pem -keypbe NONE -certpbe NONE -nomac -passout pass: -out made.pfx",
    false,
  ],
};

interface Made {
  readonly folder: string;
  readonly leaf: string;
}

/** Creates `key.pem`, `leaf.pem`, and `ca.pem` with another kind of key; `undefined` without openssl. */
async function makeAuthority(): Promise<Made | undefined> {
  const folder = await Deno.makeTempDir();
  const lines = [
    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 30 -subj /CN=ca",
    "req -newkey rsa:2048 -nodes -keyout key.pem -out leaf.csr -subj /CN=ci",
    "x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -out leaf.pem",
    "req -x509 -newkey ed25519 -nodes -keyout ed.key -out ed.pem -days 30 -subj /CN=ed",
    "genpkey -algorithm RSA-PSS -out pss.key",
    "req -x509 -key pss.key -out pss.pem -days 30 -subj /CN=pss",
  ];
  for (const line of lines) {
    if (await openssl(folder, line) === undefined) {
      await Deno.remove(folder, { recursive: true });
      return undefined;
    }
  }
  return { folder, leaf: await Deno.readTextFile(`${folder}/leaf.pem`) };
}

/** Signs in with the file to an Entra ID that knows the certificate. */
function signIn({ folder, leaf }: Made, name: string, env: Record<string, string> = {}) {
  const clock = { now: () => new Date(), sleep: async () => {} };
  const azure = createEmulator({ clock, seed: { certificates: [leaf] } });
  const forms: URLSearchParams[] = [];
  const fetch = async (request: Request) => {
    if (request.method === "POST") forms.push(new URLSearchParams(await request.clone().text()));
    return await azure.fetch(request);
  };
  const { tenant, client } = azure.identity;
  const ctx = {
    ...fakeContext({ fetch, fs: systemFs, cwd: folder }),
    clock,
    env: {
      AZURE_TENANT_ID: tenant,
      AZURE_CLIENT_ID: client,
      AZURE_CLIENT_CERTIFICATE_PATH: name,
      ...env,
    },
  };
  const cloud = CLOUDS.AzureCloud!;
  return { forms, token: () => environmentCredential(ctx, { cloud }).getToken(cloud.mlScope) };
}

const made = await makeAuthority();
const ignore = made === undefined;
const skipped = ignore ? " (skipped: there is no openssl)" : "";
if (made !== undefined) {
  globalThis.addEventListener("unload", () => Deno.removeSync(made!.folder, { recursive: true }));
}

for (const [kind, [line, hasPassword]] of Object.entries(KINDS)) {
  Deno.test(`environment credential signs in with ${kind}${skipped}`, { ignore }, async (t) => {
    if (await openssl(made!.folder, line) === undefined) {
      return void await t.step({
        name: "skipped: this version of openssl does not support it",
        // deno-lint-ignore tests/always-ignored
        ignore: true,
        fn() {},
      });
    }
    const file = line.endsWith("pfx") ? "made.pfx" : "both.pem";
    if (file === "both.pem") {
      const texts = ["ed.key", "made.pem", "ca.pem", "leaf.pem"].map((name) =>
        Deno.readTextFileSync(`${made!.folder}/${name}`)
      );
      Deno.writeTextFileSync(
        `${made!.folder}/both.pem`,
        `0: Certificate\nBag Attributes\n  friendlyName: x\n${texts.join("\n")}`,
      );
    }
    const right = { AZURE_CLIENT_CERTIFICATE_PASSWORD: PASSWORD };
    const { token } = await signIn(made!, file, hasPassword ? right : {}).token() as { token: string };
    ok(token.startsWith("ey"));
    if (!hasPassword) return;
    for (const env of [{}, { AZURE_CLIENT_CERTIFICATE_PASSWORD: "not it" }]) {
      await rejects(signIn(made!, file, env).token(), (error: UserError) => {
        assertEquals([error.code, error.exit], ["auth.certificate_password", 4]);
        const problem = Object.keys(env).length > 0 ? "wrong password" : "the file needs a password";
        strictEqual(error.message, `Cannot sign in with the certificate "${file}": ${problem}`);
        strictEqual(
          error.hint,
          "Set AZURE_CLIENT_CERTIFICATE_PASSWORD to the password of the file",
        );
        ok(!Deno.inspect(error, { depth: 20 }).includes("not it"));
        return true;
      });
    }
  });
}

/** Keys with an encryption that no other program uses by default any more. */
const OUTDATED: Readonly<Record<string, string>> = {
  "PKCS1 with DES":
    "rsa -in key.pem -traditional -des -provider legacy -provider default -passout pass:PASSWORD",
  "PKCS8 with 3DES": "pkcs8 -topk8 -v2 des3 -in key.pem -passout pass:PASSWORD",
  "PKCS8 with PBE": "pkcs8 -topk8 -v1 PBE-SHA1-3DES -in key.pem -passout pass:PASSWORD",
};

for (const [kind, line] of Object.entries(OUTDATED)) {
  Deno.test(`environment credential suggests converting a key in ${kind}${skipped}`, { ignore }, async () => {
    const key = await openssl(made!.folder, line);
    if (key === undefined) return;
    await Deno.writeTextFile(`${made!.folder}/outdated.pem`, key + made!.leaf);
    const env = { AZURE_CLIENT_CERTIFICATE_PASSWORD: PASSWORD };
    await rejects(signIn(made!, "outdated.pem", env).token(), {
      code: "auth.certificate_kind",
      message: 'Cannot sign in with the certificate "outdated.pem": its key uses an outdated encryption',
      hint: "Encrypt it again: `openssl pkcs8 -topk8 -v2 aes-256-cbc -in old.pem -out new.pem`; " +
        "if it is encrypted with DES, add `-provider legacy -provider default`",
    });
  });
}

Deno.test(`AZURE_CLIENT_SEND_CERTIFICATE_CHAIN sends the certificate chain${skipped}`, {
  ignore,
}, async () => {
  const { folder } = made!;
  const read = (name: string) => Deno.readTextFileSync(`${folder}/${name}`);
  Deno.writeTextFileSync(`${folder}/chain.pem`, read("ca.pem") + read("key.pem") + read("leaf.pem"));
  const bare = (pem: string) => pem.replaceAll(/-----[^-]+-----|\s/g, "");
  const chain = [bare(read("leaf.pem")), bare(read("ca.pem"))];
  for (const [written, sent] of [["true", chain], ["1", chain], ["0", undefined]] as const) {
    const { token, forms } = signIn(made!, `${folder}/chain.pem`, {
      AZURE_CLIENT_SEND_CERTIFICATE_CHAIN: written,
    });
    await token();
    const [head = ""] = forms[0]!.get("client_assertion")!.split(".");
    const { x5c, alg } = JSON.parse(atob(head.replaceAll("-", "+").replaceAll("_", "/")));
    assertEquals([alg, x5c], ["PS256", sent]);
  }
  await rejects(signIn({ folder, leaf: read("ca.pem") }, "chain.pem").token(), {
    code: "auth.aadsts700027",
  });
});
