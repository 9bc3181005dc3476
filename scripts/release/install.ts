/**
 * Installs the release in `dist/release/` in each way that docs/install.md names for this system, from that folder
 * alone, and runs what was installed. `uv` and `pipx` come from the Python registry; npm comes with Node.js.
 */

import { join, resolve } from "node:path";
import process from "node:process";
import { VERSION } from "../../src/core/version.ts";
import { outputOf, say } from "../shared/run_program.ts";

const FOLDER = resolve("dist/release");
const PACKAGE = "kedro-azureml-cli";
const INDEX = ["--no-index", "--find-links", FOLDER];

/** The folders and variables of one check: nothing of the user's own is read or changed. */
interface Place {
  readonly folder: string;
  readonly env: Record<string, string>;
}

/** Ways to install; each returns what the installed program prints for `--version`. */
const WAYS: Readonly<Record<string, (place: Place) => Promise<string>>> = {
  "install.sh": async ({ folder, env }) => {
    const to = join(folder, "own bin");
    await outputOf("sh", [join(FOLDER, "install.sh"), "--from", FOLDER, "--to", to], { env });
    return await outputOf(join(to, "kedro-azureml"), ["--version"], { env });
  },
  "pip": async ({ folder, env }) => {
    await outputOf(join(folder, "bin/pip"), ["install", "--quiet", ...INDEX, PACKAGE], { env });
    return await outputOf(join(folder, "bin/kedro-azureml"), ["--version"], { env });
  },
  "uvx": ({ folder, env }) =>
    outputOf(join(folder, "bin/uvx"), [...INDEX, "--from", PACKAGE, "kedro-azureml", "--version"], { env }),
  "pipx": async ({ folder, env }) => {
    const [wheel] = [...Deno.readDirSync(FOLDER)].filter(({ name }) =>
      name.endsWith(`_${Deno.build.arch}.whl`) &&
      name.includes(Deno.build.os === "darwin" ? "macosx" : "linux")
    );
    await outputOf(join(folder, "bin/pipx"), ["install", join(FOLDER, wheel!.name)], { env });
    return await outputOf(join(env.PIPX_BIN_DIR!, "kedro-azureml"), ["--version"], { env });
  },
  "npx": async ({ env }) => {
    // npm refuses packages of other systems that are named, and skips those that others depend on.
    const own = `${PACKAGE}-${process.platform}-${process.arch}-${VERSION}.tgz`;
    const packages = [...Deno.readDirSync(FOLDER)].filter(({ name }) =>
      name === `${PACKAGE}-${VERSION}.tgz` || name === own
    );
    const named = packages.map(({ name }) => `--package=${join(FOLDER, name)}`);
    return await outputOf("npx", ["--offline", "--yes", ...named, "--", "kedro-azureml", "--version"], {
      env,
    });
  },
};

async function openPlace(): Promise<Place> {
  const folder = await Deno.makeTempDir();
  await outputOf("python3", ["-m", "venv", folder]);
  await outputOf(join(folder, "bin/pip"), ["install", "--quiet", "uv==0.13.9", "pipx==1.18.4"]);
  return {
    folder,
    env: {
      ...Deno.env.toObject(),
      HOME: folder,
      UV_CACHE_DIR: join(folder, "uv"),
      PIPX_HOME: join(folder, "pipx"),
      PIPX_BIN_DIR: join(folder, "pipx_bin"),
      npm_config_cache: join(folder, "npm"),
      npm_config_update_notifier: "false",
    },
  };
}

/** Tries each way and returns the names of those that failed. */
async function tryAll(place: Place): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const [name, install] of Object.entries(WAYS)) {
    const printed = await install(place).catch((thrown: Error) => thrown.message);
    const isRight = printed.trim() === VERSION;
    say(isRight ? `  ok ${name}` : `  FAILED ${name}: ${printed}`);
    if (!isRight) failed.push(name);
  }
  return failed;
}

/**
 * Installs what `dist/release/` holds for this system.
 *
 * @throws {Error} if a way to install fails, or does not give this version.
 */
export async function installRelease(): Promise<void> {
  say(`Installing from ${FOLDER}`);
  const place = await openPlace();
  try {
    const failed = await tryAll(place);
    if (failed.length > 0) throw new Error(`Cannot install with ${failed.join(", ")}`);
  } finally {
    await Deno.remove(place.folder, { recursive: true });
  }
}
