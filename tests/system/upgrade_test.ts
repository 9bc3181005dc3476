import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { run } from "../../src/cli/run.ts";
import { VERSION } from "../../src/core/version.ts";
import { exec } from "../../src/system/exec.ts";
import { systemFs } from "../../src/system/fs.ts";
import { fakeContext } from "../fakes/context.ts";
import { damage, releaseFolder } from "./release_folder.ts";

/** What a test has: a release, the installed program, and a function that upgrades it. */
interface Installed {
  readonly release: string;
  readonly program: string;
  upgrade(line: string, options?: Partial<Parameters<typeof fakeContext>[0]>): Promise<Upgraded>;
}

interface Upgraded {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
  /** What the installed program is afterwards. */
  readonly text: string;
  /** The names in its folder. */
  readonly names: readonly string[];
}

/** Installs a program that is only a text, at `place`, and makes a release of version 1.2.3. */
async function withInstalled(use: (installed: Installed) => Promise<void>, place = "bin"): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "upgrade " }));
  const [release, bin] = [join(folder, "release"), join(folder, place)];
  const program = join(bin, "kedro-azureml");
  try {
    await releaseFolder(release);
    await Deno.writeTextFile(
      join(release, "SHA256SUMS"),
      `${"0".repeat(64)}  kedro-azureml-cli-1.2.3.tgz\n`,
      {
        append: true,
      },
    );
    await Deno.mkdir(bin, { recursive: true });
    await Deno.writeTextFile(program, "older");
    await use({
      release,
      program,
      async upgrade(line, options = {}) {
        const ctx = fakeContext({
          cwd: folder,
          fs: systemFs,
          exec,
          program: { path: program, target: Deno.build.target },
          ...options,
        });
        const exit = await run(["upgrade", ...line.split(" ").filter((word) => word !== "")], ctx);
        const names = [...Deno.readDirSync(bin)].map(({ name }) => name);
        return {
          exit,
          out: ctx.stdout(),
          err: ctx.stderr(),
          text: await Deno.readTextFile(program),
          names,
        };
      },
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Serves a folder on a loopback port; `redirects` sends each request to another path first. */
async function withServer(folder: string, use: (origin: string) => Promise<void>): Promise<void> {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async ({ url }) => {
    const { pathname } = new URL(url);
    if (pathname.startsWith("/latest/")) return Response.redirect(url.replace("/latest/", "/files/"), 302);
    const file = await Deno.readFile(join(folder, pathname.replace("/files/", ""))).catch(() => undefined);
    return new Response(file, { status: file === undefined ? 404 : 200 });
  });
  try {
    await use(`http://127.0.0.1:${server.addr.port}`);
  } finally {
    await server.shutdown();
  }
}

const notOnWindows = { ignore: Deno.build.os === "windows" };

Deno.test(
  "upgrade installs the program of a release from a URL, following redirects",
  notOnWindows,
  async () => {
    await withInstalled(async ({ release, program, upgrade }) => {
      await withServer(release, async (origin) => {
        const env = { KEDRO_AZUREML_INSTALL_FROM: `${origin}/latest/` };
        const found = await upgrade("--check", { fetch, env });
        assert.deepEqual([found.exit, found.text], [0, "older"], found.err);
        assert.equal(found.out, `kedro-azureml 1.2.3 is available; ${program} is ${VERSION}\n`);
        assert.deepEqual(JSON.parse((await upgrade("--check --json", { fetch, env })).out), {
          type: "available",
          path: program,
          version: "1.2.3",
          current: VERSION,
        });
        assert.deepEqual(found.names, ["kedro-azureml"]);
        const { exit, out, err, text, names } = await upgrade("", { fetch, env });
        assert.equal(exit, 0, err);
        assert.equal(out, `✓ Upgraded ${program} from ${VERSION} to 1.2.3\n`);
        assert.match(text, /^#!\/bin\/sh/);
        assert.deepEqual(names, ["kedro-azureml"]);
      });
    });
  },
);

Deno.test(
  "upgrade rejects damaged, missing and unnamed releases, and leaves the program unchanged",
  notOnWindows,
  async () => {
    await withInstalled(async ({ release, upgrade }) => {
      const code = async (line: string, options = {}) => {
        const { exit, err, text, names } = await upgrade(`${line} --json`, options);
        assert.deepEqual([text, names], ["older", ["kedro-azureml"]]);
        return [exit, /"code":"([^"]+)"/.exec(err)?.[1]];
      };
      await damage(release);
      assert.deepEqual(await code("--from release"), [5, "upgrade.checksum"]);
      assert.deepEqual(await code("--from nowhere"), [6, "upgrade.download"]);
      assert.deepEqual(await code("--from http://example.org/x"), [6, "upgrade.download"]);
      assert.deepEqual(await code(""), [2, "upgrade.no_source"]);
      assert.equal(
        (await upgrade("")).err,
        "error: No release is known to upgrade from\nhint: Use `--from` with the address that you installed " +
          "it from, or set KEDRO_AZUREML_INSTALL_FROM\n",
      );
      assert.deepEqual(await code("", { program: undefined }), [2, "upgrade.not_installed"]);
      await Deno.writeTextFile(
        join(release, "SHA256SUMS"),
        `${"0".repeat(64)}  kedro-azureml-cli-${VERSION}.tgz\n`,
      );
      const { exit, out } = await upgrade("--from release");
      assert.equal(exit, 0);
      assert.match(out, /is up to date/);
    });
  },
);

for (
  const [name, from, to, requests, problem] of [
    ["over plain HTTP", "http://example.org", "", 0, "only HTTPS is allowed"],
    ["that redirects to plain HTTP", "https://example.org", "http://example.org", 1, "only HTTPS is allowed"],
    ["with more than 5 redirects", "https://example.org", "https://example.net", 6, "more than 5 redirects"],
    ["whose server fails", "https://example.org", "", 1, "the server answered with 500"],
    ["that redirects nowhere", "https://example.org", undefined, 1, "the server answered with 302"],
  ] as const
) {
  Deno.test(`upgrade reads no release ${name}`, notOnWindows, async () => {
    await withInstalled(async ({ upgrade }) => {
      let asked = 0;
      const fetch = async () => {
        asked++;
        return to
          ? Response.redirect(`${to}/SHA256SUMS`)
          : new Response("", { status: to === "" ? 500 : 302 });
      };
      const { exit, err } = await upgrade(`--from ${from}`, { fetch });
      assert.deepEqual([exit, asked], [6, requests]);
      assert.ok(err.includes(`/SHA256SUMS: ${problem}\n`), err);
    });
  });
}

Deno.test("upgrade leaves the program unchanged if tar fails", notOnWindows, async () => {
  await withInstalled(async ({ upgrade }) => {
    const broken = () =>
      Promise.resolve({ status: 2, stdout: "", stderr: "tar: no", found: true, timedOut: false });
    const { exit, err, text, names } = await upgrade("--from release --json", {
      exec: broken,
    });
    assert.deepEqual([exit, text, names], [3, "older", ["kedro-azureml"]]);
    assert.deepEqual(JSON.parse(err.trim().split("\n").at(-1)!).error, {
      code: "upgrade.failed",
      message: "Cannot upgrade: tar: tar: no; the installed program is unchanged",
      exit: 3,
      details: [],
      hint: "Install the release with install.sh or install.ps1 into a folder that you can write to",
    });
  });
});

Deno.test("upgrade leaves the program unchanged if the new one does not run", notOnWindows, async () => {
  await withInstalled(async ({ upgrade }) => {
    const broken: typeof exec = async (program, args, options) =>
      args[0] === "--version"
        ? { status: 126, stdout: "", stderr: "", found: true, timedOut: false }
        : await exec(program, args, options);
    const { exit, err, text, names } = await upgrade("--from release", { exec: broken });
    assert.deepEqual([exit, text, names], [3, "older", ["kedro-azureml"]]);
    assert.match(err, /kedro-azureml: exit status 126; the installed program is unchanged\n/);
  });
});

Deno.test("upgrade says which file of a release is missing or not listed", notOnWindows, async () => {
  await withInstalled(async ({ release, upgrade }) => {
    const error = async () => {
      const { message, hint } =
        JSON.parse((await upgrade("--from release --json")).err.trim().split("\n").at(-1)!)
          .error;
      return [message.replaceAll(release, "RELEASE"), hint];
    };
    const sums = join(release, "SHA256SUMS");
    const listed = await Deno.readTextFile(sums);
    const archive = listed.match(/kedro-azureml-\S+\.tar\.gz/g)!.find((name) =>
      name.includes(Deno.build.target)
    )!;
    await damage(release);
    assert.deepEqual(await error(), [
      `The checksum of ${archive} is not the one in SHA256SUMS`,
      "Run `kedro-azureml upgrade` again",
    ]);
    await Deno.remove(join(release, archive));
    const hint =
      "Check the address of the release and the network, or use `--from` with a folder that has its files";
    assert.deepEqual(await error(), [`Cannot read RELEASE/${archive}: file not found`, hint]);
    await Deno.writeTextFile(sums, listed.replaceAll(archive, "other.tar.gz"));
    assert.deepEqual(await error(), [
      `SHA256SUMS of RELEASE does not list ${archive}`,
      "Check that the release has a file for this system",
    ]);
  });
});

Deno.test(
  "upgrade renames the running program on Windows, which cannot be replaced",
  notOnWindows,
  async () => {
    await withInstalled(async ({ release, upgrade }) => {
      const target = "x86_64-pc-windows-msvc";
      const archive = `kedro-azureml-${target}.zip`;
      await Deno.writeTextFile(join(release, archive), "zip");
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode("zip")))
        .toHex();
      await Deno.writeTextFile(join(release, "SHA256SUMS"), `${digest}  ${archive}\n`);
      const started: string[] = [];
      const windows = async (program: string, args: readonly string[]) => {
        started.push(program);
        if (args[0] === "-xf") await Deno.writeTextFile(`${args[3]}/${args[4]}`, "newer");
        return { status: 0, stdout: "1.2.3\n", stderr: "", found: true, timedOut: false };
      };
      const program = join(release, "../bin/kedro-azureml");
      const { exit, err, text, names } = await upgrade("--from release", {
        exec: windows,
        platform: "windows",
        env: { SystemRoot: "/Windows" },
        program: { path: program, target },
      });
      assert.equal(exit, 0, err);
      assert.equal(started[0], "/Windows/System32/tar.exe");
      assert.deepEqual([text, names.toSorted()], ["newer", ["kedro-azureml", "kedro-azureml.old.exe"]]);
    });
  },
);

for (
  const [place, command] of [
    ["lib/node_modules/@kedro-azureml/cli-linux-x64/bin", "npm install --global @kedro-azureml/cli@latest"],
    [".npm/_npx/1/node_modules/@kedro-azureml/cli-linux-x64/bin", "npx @kedro-azureml/cli@latest"],
    ["pipx/venvs/kedro-azureml-cli/bin", "pipx upgrade kedro-azureml-cli"],
    ["uv/tools/kedro-azureml-cli/bin", "uv tool upgrade kedro-azureml-cli"],
    [".cache/uv/archive-v0/x/bin", "uvx --from kedro-azureml-cli@latest kedro-azureml"],
    ["Cellar/kedro-azureml/0.1.0/bin", "brew upgrade kedro-azureml"],
    ["scoop/apps/kedro-azureml/current", "scoop update kedro-azureml"],
    ["WinGet/Packages/kedro-azureml_x", "winget upgrade kedro-azureml"],
  ]
) {
  Deno.test(`upgrade prints \`${command}\` for a program in ${place}`, notOnWindows, async () => {
    await withInstalled(async ({ upgrade }) => {
      const { exit, out, text } = await upgrade("--from release");
      assert.deepEqual([exit, text], [0, "older"]);
      assert.ok(out.endsWith(`To upgrade it, run:\n  ${command}\n`), out);
    }, place!);
  });
}

Deno.test(
  "upgrade prints the pip command if it was installed as a wheel in a virtual environment",
  notOnWindows,
  async () => {
    await withInstalled(async ({ upgrade, program }) => {
      await Deno.mkdir(
        join(program, "../../lib/python3.12/site-packages/kedro_azureml_cli-0.1.0.dist-info"),
        {
          recursive: true,
        },
      );
      const command = `${join(program, "../python")} -m pip install --upgrade kedro-azureml-cli`;
      const { out } = await upgrade("--from release");
      assert.equal(out, `${program} was installed with pip. To upgrade it, run:\n  ${command}\n`);
      assert.deepEqual(JSON.parse((await upgrade("--from release --json")).out), {
        type: "managed",
        path: program,
        current: VERSION,
        name: "pip",
        command,
      });
    }, "venv/bin");
  },
);

for (
  const [what, path] of [
    ["beside another library", "lib/python3.12/site-packages/kedro_azureml.py"],
    ["beside a file in place of libraries", "lib"],
    ["whose wheel belongs to another folder", "lib/node/kedro_azureml_cli-0.1.0.dist-info/x"],
  ] as const
) {
  Deno.test(`upgrade replaces a program ${what}`, notOnWindows, async () => {
    await withInstalled(async ({ upgrade, program }) => {
      const file = join(program, "../..", path);
      await Deno.mkdir(dirname(file), { recursive: true });
      await Deno.writeTextFile(file, "");
      const { exit, err, out } = await upgrade("--from release --check");
      assert.equal(exit, 0, err);
      assert.equal(out, `kedro-azureml 1.2.3 is available; ${program} is ${VERSION}\n`);
    }, "venv/bin");
  });
}
