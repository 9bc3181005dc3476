import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { dirname } from "node:path";
import { packUnpacking } from "../../scripts/build/unpacking.ts";
import { type Ended, runProgram } from "../../scripts/shared/run_program.ts";

/** Replaces Deno: prints the arguments of the program, one per line, and runs the first. */
const PROGRAM = `#!/bin/sh
case $* in *unpack.js*) exit 0 ;; esac
while [ "\${1##*/}" != main.js ]; do shift; done
shift
for word in "$@"; do printf '<%s>\\n' "$word"; done
case \${1-} in
umask) umask ;;
flags) echo "\${DENO_V8_FLAGS-none}" ;;
exit) exit "$2" ;;
stdin) cat ;;
where) echo "$0" ;;
sleep) exec sleep 60 ;;
esac
`;

const ignore = Deno.build.os !== "linux";

/** Runs a program on a terminal of its own; part of util-linux. */
const SCRIPT = "/usr/bin/script";

const hasTerminal = await Deno.stat(SCRIPT).then(() => true, () => false);

/** Packs the program above into its own folder, which is removed after the test. */
async function withPacked(test: (packed: string, folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "unpacking ü " });
  try {
    await Deno.mkdir(`${folder}/stage/app`, { recursive: true });
    await Deno.mkdir(`${folder}/tmp`);
    await Deno.writeTextFile(`${folder}/stage/deno`, PROGRAM, { mode: 0o755 });
    await Deno.writeTextFile(`${folder}/stage/unpack.js`, "");
    await Deno.writeTextFile(`${folder}/stage/app/main.js`, "");
    const packed = `${folder}/kedro-azureml`;
    await packUnpacking(`${folder}/stage`, packed);
    await test(packed, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function start(
  packed: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<Ended> {
  const path = Deno.env.get("PATH") ?? "/usr/bin:/bin";
  return await runProgram(packed, args, { env: { PATH: path, ...env }, clearEnv: true });
}

/** Returns the folder below which the program was unpacked. */
function ranBelow({ stdout }: Ended): string | undefined {
  return stdout.match(/^(\/.*)\/kedro-azureml[^/]*\/[0-9a-f]{64}\/deno$/m)?.[1];
}

Deno.test(
  { name: "self-unpacking file returns the exit code", ignore },
  async () => {
    await withPacked(async (packed, folder) => {
      const words = ["exit", "7", "", "a b", "*", "$HOME", 'q"', "line\nline", "--", "-e"];
      const ended = await start(packed, words, { HOME: folder });
      deepStrictEqual(ended, { code: 7, stdout: words.map((word) => `<${word}>\n`).join(""), stderr: "" });
    });
  },
);

Deno.test(
  { name: "self-unpacking file says on a terminal that it unpacks", ignore: ignore || !hasTerminal },
  async () => {
    await withPacked(async (packed, folder) => {
      const args = ["-qec", `'${packed}' once`, "/dev/null"];
      const first = await start(SCRIPT, args, { HOME: folder });
      strictEqual(first.stdout, "Unpacking kedro-azureml (once)\r\n<once>\r\n");
      const second = await start(SCRIPT, args, { HOME: folder });
      strictEqual(second.stdout, "<once>\r\n");
    });
  },
);

Deno.test(
  { name: "self-unpacking file passes signals to the program", ignore },
  async () => {
    await withPacked(async (packed, folder) => {
      const child = new Deno.Command(packed, { args: ["sleep"], env: { HOME: folder }, stdout: "piped" })
        .spawn();
      const reader = child.stdout.getReader();
      await reader.read();
      child.kill("SIGTERM");
      strictEqual((await child.status).signal, "SIGTERM");
      await reader.cancel();
    });
  },
);

Deno.test({ name: "self-unpacking file unpacks once", ignore }, async () => {
  await withPacked(async (packed, folder) => {
    strictEqual(ranBelow(await start(packed, ["where"], { HOME: folder })), `${folder}/.cache`);
    const cache = `${folder}/.cache/kedro-azureml`;
    strictEqual((await Deno.stat(cache)).mode! & 0o777, 0o700);
    const [first] = [...Deno.readDirSync(cache)];
    const unpackedAt = (await Deno.stat(`${cache}/${first!.name}/deno`)).ino;
    await start(packed, [], { HOME: folder });
    deepStrictEqual([...Deno.readDirSync(cache)].map(({ name }) => name), [first!.name]);
    strictEqual((await Deno.stat(`${cache}/${first!.name}/deno`)).ino, unpackedAt);
  });
});

Deno.test(
  { name: "self-unpacking file starts 40 times at once", ignore },
  async () => {
    await withPacked(async (packed, folder) => {
      const starts = Array.from({ length: 40 }, (_, i) => start(packed, ["exit", `${i}`], { HOME: folder }));
      const ended = await Promise.all(starts);
      deepStrictEqual(ended.map(({ code }) => code), ended.map((_, i) => i));
      strictEqual([...Deno.readDirSync(`${folder}/.cache/kedro-azureml`)].length, 1);
    });
  },
);

Deno.test(
  { name: "self-unpacking file continues after a killed process", ignore },
  async () => {
    await withPacked(async (packed, folder) => {
      const cache = `${folder}/.cache/kedro-azureml`;
      const ended = await start(packed, ["where"], { HOME: folder });
      const id = ranBelow(ended) && ended.stdout.match(/[0-9a-f]{64}/)![0];
      await Deno.remove(`${cache}/${id}`, { recursive: true });
      await Deno.symlink("4194303", `${cache}/.unpacking-${id}`);
      strictEqual(ranBelow(await start(packed, ["where"], { HOME: folder })), `${folder}/.cache`);
      deepStrictEqual([...Deno.readDirSync(cache)].map(({ name }) => name), [id]);
    });
  },
);

Deno.test(
  { name: "self-unpacking file replaces a missing file", ignore },
  async () => {
    await withPacked(async (packed, folder) => {
      const ended = await start(packed, ["where"], { HOME: folder });
      const unpacked = ended.stdout.match(/^(\/.*)\/deno$/m)![1]!;
      await Deno.remove(`${unpacked}/app/main.js`);
      strictEqual(ranBelow(await start(packed, ["where"], { HOME: folder })), `${folder}/.cache`);
      await Deno.stat(`${unpacked}/app/main.js`);
      strictEqual([...Deno.readDirSync(`${folder}/.cache/kedro-azureml`)].length, 1);
    });
  },
);

Deno.test(
  {
    name: "self-unpacking file keeps the umask",
    ignore,
  },
  async () => {
    await withPacked(async (packed, folder) => {
      const env = { HOME: folder, DENO_V8_FLAGS: "--max-old-space-size=1" };
      const masked = ["-c", 'umask 027; "$0" umask; "$0" flags', packed];
      const { stdout } = await runProgram("/bin/sh", masked, {
        env: { PATH: "/usr/bin:/bin", ...env },
        clearEnv: true,
      });
      deepStrictEqual(stdout.match(/^\d+$|^none$/gm), ["0027", "none"]);
    });
  },
);

Deno.test({ name: "self-unpacking file runs no programs of the working folder", ignore }, async () => {
  await withPacked(async (packed, folder) => {
    for (const name of ["id", "ls", "mkdir", "tail", "tar"]) {
      await Deno.writeTextFile(`${folder}/${name}`, "#!/bin/sh\necho own\nexit 1\n", { mode: 0o755 });
    }
    const env = { PATH: ".:/usr/bin:/bin", HOME: folder };
    const { stdout } = await runProgram(packed, ["exit", "0"], { cwd: folder, env, clearEnv: true });
    strictEqual(stdout, "<exit>\n<0>\n");
  });
});

Deno.test({ name: "self-unpacking file does not create a missing HOME", ignore }, async () => {
  await withPacked(async (packed, folder) => {
    const env = { HOME: `${folder}/missing`, TMPDIR: `${folder}/tmp` };
    strictEqual(ranBelow(await start(packed, ["where"], env)), `${folder}/tmp`);
  });
});

Deno.test({ name: "self-unpacking file exits 3 if it is truncated", ignore }, async () => {
  await withPacked(async (packed, folder) => {
    const bytes = await Deno.readFile(packed);
    await Deno.writeFile(packed, bytes.subarray(0, -1));
    const { code, stdout, stderr } = await start(packed, [], { HOME: folder });
    deepStrictEqual([code, stdout], [3, ""]);
    match(stderr, /^error: Cannot unpack the program: the file is not whole\nhint: Download it again/);
    deepStrictEqual([...Deno.readDirSync(`${folder}/.cache/kedro-azureml`)], []);
  });
});

Deno.test(
  { name: "self-unpacking file falls back to the temporary folder", ignore },
  async () => {
    await withPacked(async (packed, folder) => {
      const TMPDIR = `${folder}/tmp`;
      for (const env of [{}, { HOME: "" }, { HOME: "/proc" }, { HOME: "relative" }]) {
        strictEqual(ranBelow(await start(packed, ["where"], { TMPDIR, ...env })), TMPDIR);
      }
      strictEqual(
        ranBelow(await start(packed, ["where"], { TMPDIR, XDG_CACHE_HOME: `${folder}/x` })),
        `${folder}/x`,
      );
    });
  },
);

Deno.test(
  { name: "self-unpacking file rejects a folder that others can write", ignore },
  async () => {
    await withPacked(async (packed, folder) => {
      const TMPDIR = `${folder}/tmp`;
      const cache = `${folder}/.cache/kedro-azureml`;
      await Deno.mkdir(cache, { recursive: true, mode: 0o770 });
      await Deno.chmod(cache, 0o770);
      strictEqual(ranBelow(await start(packed, ["where"], { TMPDIR, HOME: folder })), TMPDIR);
      await Deno.remove(cache);
      await Deno.symlink(TMPDIR, cache);
      strictEqual(ranBelow(await start(packed, ["where"], { TMPDIR, HOME: folder })), TMPDIR);
    });
  },
);

Deno.test(
  { name: "self-unpacking file rejects files of another user", ignore: ignore || Deno.uid() !== 0 },
  async () => {
    await withPacked(async (packed, folder) => {
      const env = { TMPDIR: `${folder}/tmp`, HOME: folder };
      const { stdout } = await start(packed, ["where"], env);
      const program = stdout.match(/^\/.*\/deno$/m)![0];
      await Deno.chown(dirname(program), 1, 1);
      await Deno.writeTextFile(program, "#!/bin/sh\necho foreign\n");
      const again = await start(packed, ["where"], env);
      strictEqual(ranBelow(again), `${folder}/.cache`);
      // Such a link can lead to any folder of this user's, such as a clone.
      const own = dirname(program);
      await Deno.remove(own, { recursive: true });
      await Deno.mkdir(`${folder}/clone/app`, { recursive: true });
      await Deno.writeTextFile(`${folder}/clone/app/main.js`, "");
      await Deno.writeTextFile(`${folder}/clone/deno`, "#!/bin/sh\necho foreign\n", { mode: 0o755 });
      await Deno.symlink(`${folder}/clone`, own);
      strictEqual(ranBelow(await start(packed, ["where"], env)), `${folder}/.cache`);
    });
  },
);

Deno.test(
  { name: "self-unpacking file lists the folders that it cannot use", ignore },
  async () => {
    await withPacked(async (packed) => {
      const { code, stderr } = await start(packed, [], { HOME: "/proc", TMPDIR: "/proc" });
      strictEqual(code, 3);
      match(
        stderr,
        /^error: Cannot unpack the program: no folder will do:\n {2}\/proc\/\.cache\/kedro-azureml: it is not/,
      );
      match(stderr, /\nhint: Set XDG_CACHE_HOME to a folder/);
    });
  },
);
