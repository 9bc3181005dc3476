import { match, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { type Ended, outputOf, runProgram } from "../../scripts/shared/run_program.ts";
import { damage, releaseFolder } from "./release_folder.ts";

const needsShell = { ignore: Deno.build.os === "windows" };

/** Creates a release, and a function that runs its install.sh with other programs first on PATH. */
async function withRelease(
  use: (release: string, to: string, install: (programs?: string) => Promise<Ended>) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "install " });
  const [release, to] = [join(folder, "release"), join(folder, "to")];
  try {
    await releaseFolder(release);
    await use(release, to, (programs) => {
      const path = [...programs === undefined ? [] : [programs], Deno.env.get("PATH")].join(":");
      return runProgram("sh", ["install.sh", "--from", release, "--to", to], { env: { PATH: path } });
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

Deno.test(
  "install.sh replaces an older version",
  needsShell,
  async () => {
    await withRelease(async (_, to, install) => {
      await Deno.mkdir(to);
      await Deno.writeTextFile(join(to, "kedro-azureml"), "older");
      const { code, stdout, stderr } = await install();
      strictEqual(code, 0, stderr);
      match(stdout, /^Installed kedro-azureml 1\.2\.3 to .*\/to\/kedro-azureml$/m);
      strictEqual(await outputOf(join(to, "kedro-azureml"), ["a b"]), "<a b>");
    });
  },
);

Deno.test(
  "install.sh rejects a changed archive",
  needsShell,
  async () => {
    await withRelease(async (release, to, install) => {
      await damage(release);
      const { code, stderr } = await install();
      strictEqual(code, 1);
      match(stderr, /checksum/);
      strictEqual(await isThere(join(to, "kedro-azureml")), false);
    });
  },
);

Deno.test("install.sh rejects http from other machines", needsShell, async () => {
  for (const from of ["http://release.example/x", "http://localhost:1@release.example/x"]) {
    const { code, stderr } = await runProgram("sh", ["install.sh", "--from", from, "--to", "/nowhere"], {});
    strictEqual(code, 1);
    match(stderr, /^error: Cannot install from .*: it is not encrypted\n/);
  }
});

Deno.test("install.sh rejects an archive that SHA256SUMS lacks", needsShell, async () => {
  await withRelease(async (release, to, install) => {
    await Deno.writeTextFile(join(release, "SHA256SUMS"), "");
    const { code, stderr } = await install();
    strictEqual(code, 1);
    match(stderr, /SHA256SUMS does not/);
    strictEqual(await isThere(join(to, "kedro-azureml")), false);
  });
});

Deno.test(
  "install.sh rejects musl",
  { ignore: Deno.build.os !== "linux" },
  async () => {
    await withRelease(async (release, _, install) => {
      await Deno.writeTextFile(join(release, "ldd"), "#!/bin/sh\necho 'musl libc (x86_64)' >&2\nexit 1\n", {
        mode: 0o755,
      });
      const { code, stderr } = await install(release);
      strictEqual(code, 1);
      match(stderr, /^error: .*musl.*glibc 2\.27/);
    });
  },
);

Deno.test(
  "install.sh does not replace a folder",
  needsShell,
  async () => {
    await withRelease(async (_, to, install) => {
      const elsewhere = join(to, "elsewhere");
      await Deno.mkdir(elsewhere, { recursive: true });
      await Deno.symlink("elsewhere", join(to, "kedro-azureml"));
      const { code, stderr } = await install();
      strictEqual(code, 0, stderr);
      strictEqual([...Deno.readDirSync(elsewhere)].length, 0);
      strictEqual(await outputOf(join(to, "kedro-azureml"), ["a b"]), "<a b>");
      await Deno.remove(join(to, "kedro-azureml"));
      await Deno.mkdir(join(to, "kedro-azureml"));
      const refused = await install();
      strictEqual(refused.code, 1);
      match(refused.stderr, /is a folder/);
    });
  },
);
