import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { tarGz, zip } from "../../scripts/release/archive.ts";
import { makeNpm, makeNpmOfTarget } from "../../scripts/release/npm.ts";
import { TARGETS } from "../../scripts/shared/targets.ts";
import { makeWheel } from "../../scripts/release/wheel.ts";
import { type Ended, outputOf, runProgram } from "../../scripts/shared/run_program.ts";

const HERE = TARGETS.find(({ name }) => name === Deno.build.target)!;
const OF = { version: "1.2.3", repository: "https://example.com/some/where", target: HERE };

/** Replaces the executable: prints its arguments and exits 7, or waits for a signal. */
const PROGRAM = `#!/bin/sh
[ "$1" != wait ] || { trap 'echo got TERM; exit 143' TERM; echo ready; while :; do sleep 0.1; done; }
printf '<%s>' "$@"
exit 7
`;
const executable = new TextEncoder().encode(PROGRAM);

/** Windows does not run shell scripts. */
const needsShell = { ignore: Deno.build.os === "windows" };

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "packages " });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function place(
  folder: string,
  made: { readonly name: string; readonly bytes: Uint8Array },
): Promise<string> {
  await Deno.writeFile(join(folder, made.name), made.bytes);
  return join(folder, made.name);
}

async function wheelIn(folder: string): Promise<string> {
  const licenses = { LICENSE: "ours\n", "THIRD_PARTY_LICENSES.txt": "theirs\n" };
  return await place(folder, await makeWheel({ ...OF, executable, licenses, description: "# Text\n" }));
}

/** Installs requirements from the folder into a new virtual environment. */
async function pipInstall(folder: string, requirements: string): Promise<Ended> {
  const venv = join(folder, "venv");
  await outputOf("python3", ["-m", "venv", venv]);
  await Deno.writeTextFile(join(folder, "requirements.txt"), requirements);
  const from = ["--no-index", "--find-links", folder, "-r", join(folder, "requirements.txt")];
  return await runProgram(join(venv, "bin/python"), ["-m", "pip", "install", "--quiet", ...from]);
}

Deno.test(
  "wheel installs with its hash and without an index",
  needsShell,
  async () => {
    await inFolder(async (folder) => {
      const bytes = await Deno.readFile(await wheelIn(folder));
      const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
      const { code, stderr } = await pipInstall(folder, `kedro-azureml-cli==1.2.3 --hash=sha256:${hash}\n`);
      strictEqual(code, 0, stderr);
      const program = join(folder, "venv/bin/kedro-azureml");
      deepStrictEqual(await runProgram(program, ["a b", "c"]), { code: 7, stdout: "<a b><c>", stderr: "" });
      const python = join(folder, "venv/bin/python");
      const shown = await outputOf(python, ["-m", "pip", "show", "--files", "kedro-azureml-cli"]);
      const files = shown.split("Files:\n")[1]!.split("\n").map((line) => line.trim());
      deepStrictEqual(files.filter((name) => name.endsWith(".py")), [], "there is Python code in the wheel");
      match(shown, /^Version: 1\.2\.3$/m);
    });
  },
);

Deno.test("wheel with another hash is rejected by pip", needsShell, async () => {
  await inFolder(async (folder) => {
    await wheelIn(folder);
    const { code, stderr } = await pipInstall(
      folder,
      `kedro-azureml-cli==1.2.3 --hash=sha256:${"0".repeat(64)}\n`,
    );
    strictEqual(code, 1);
    match(stderr, /DO NOT MATCH/);
  });
});

/** Installs both npm packages, or only the launcher's, without a registry. */
async function npmInstall(folder: string, { alone = false }: { alone?: boolean } = {}): Promise<string> {
  const launcher = await Deno.readTextFile("scripts/release/npm_launcher.cjs");
  const packages = [
    makeNpm({ ...OF, license: "ours\n", launcher, readme: "" }),
    ...alone ? [] : [makeNpmOfTarget({ ...OF, executable, license: "ours\n", licenses: "theirs\n" })],
  ];
  const files = await Promise.all(packages.map((made) => place(folder, made)));
  await Deno.writeTextFile(join(folder, "package.json"), "{}");
  const env = { npm_config_cache: join(folder, "cache"), npm_config_update_notifier: "false" };
  await outputOf("npm", ["install", "--offline", "--no-audit", "--no-fund", ...files], { cwd: folder, env });
  return join(folder, "node_modules/.bin/kedro-azureml");
}

Deno.test(
  "npm packages install and run the program",
  needsShell,
  async () => {
    await inFolder(async (folder) => {
      const program = await npmInstall(folder);
      const { code, stdout } = await runProgram(program, ["a b", "c"]);
      deepStrictEqual([code, stdout], [7, "<a b><c>"]);
    });
  },
);

Deno.test("npm command exits with the program's code after SIGTERM", needsShell, async () => {
  await inFolder(async (folder) => {
    const program = await npmInstall(folder);
    const child = new Deno.Command(program, { args: ["wait"], stdout: "piped" }).spawn();
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    strictEqual((await reader.read()).value, "ready\n");
    child.kill("SIGTERM");
    strictEqual((await reader.read()).value, "got TERM\n");
    reader.releaseLock();
    strictEqual((await child.status).code, 143);
  });
});

Deno.test("npm command names the missing package of its platform", needsShell, async () => {
  await inFolder(async (folder) => {
    const program = await npmInstall(folder, { alone: true });
    const { code, stderr } = await runProgram(program, ["--version"]);
    strictEqual(code, 1);
    match(
      stderr,
      new RegExp(`^error: The package @kedro-azureml/cli-${HERE.os}-${HERE.cpu} is not installed$`, "m"),
    );
    match(stderr, /^hint: .*--omit=optional/m);
  });
});

Deno.test(
  "release archives have the same bytes each time",
  needsShell,
  async () => {
    const files = { "bin/run": { bytes: executable, runs: true }, "text": { text: "ä\n" } };
    deepStrictEqual(tarGz(files), tarGz(files));
    deepStrictEqual(await zip(files), await zip(files));
    await inFolder(async (folder) => {
      await Deno.writeFile(join(folder, "a.tar.gz"), tarGz(files));
      await outputOf("tar", ["-xzf", "a.tar.gz"], { cwd: folder });
      strictEqual((await runProgram(join(folder, "bin/run"), ["x"])).stdout, "<x>");
      strictEqual(await Deno.readTextFile(join(folder, "text")), "ä\n");
    });
  },
);
