import { match, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { type Ended, outputOf, runProgram } from "../../scripts/shared/run_program.ts";
import { damage, releaseFolder } from "./release_folder.ts";

const needsShell = { ignore: Deno.build.os === "windows" };

/** A release in a folder, and what runs its install.sh, with programs of a folder before those of the machine. */
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

Deno.test("install.sh installs what SHA256SUMS lists, and replaces an older one", needsShell, async () => {
  await withRelease(async (_, to, install) => {
    await Deno.mkdir(to);
    await Deno.writeTextFile(join(to, "kedro-azureml"), "older");
    const { code, stdout, stderr } = await install();
    strictEqual(code, 0, stderr);
    match(stdout, /^Installed kedro-azureml 1\.2\.3 to .*\/to\/kedro-azureml$/m);
    strictEqual(await outputOf(join(to, "kedro-azureml"), ["a b"]), "<a b>");
  });
});

Deno.test(
  "install.sh refuses an archive with another checksum, and installs nothing",
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

Deno.test("install.sh refuses an archive that SHA256SUMS does not list", needsShell, async () => {
  await withRelease(async (release, to, install) => {
    await Deno.writeTextFile(join(release, "SHA256SUMS"), "");
    const { code, stderr } = await install();
    strictEqual(code, 1);
    match(stderr, /SHA256SUMS does not/);
    strictEqual(await isThere(join(to, "kedro-azureml")), false);
  });
});

Deno.test({
  name: "install.sh says in a sentence that musl will not do",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await withRelease(async (release, _, install) => {
      await Deno.writeTextFile(join(release, "ldd"), "#!/bin/sh\necho 'musl libc (x86_64)' >&2\nexit 1\n", {
        mode: 0o755,
      });
      const { code, stderr } = await install(release);
      strictEqual(code, 1);
      match(stderr, /^error: .*musl.*glibc 2\.27/);
    });
  },
});
