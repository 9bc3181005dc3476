/**
 * Writes all that is released to `dist/release/`, from the executables in `dist/`: archives, wheels and npm packages of
 * each system, the licenses of all that they embed, a bill of materials (CycloneDX 1.6), and the checksums of every
 * file. `--tag v1.2.3` refuses where that is not the program's version, or an executable is missing; `--install`
 * then installs from there in each way, and runs what was installed.
 */

import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { VERSION } from "../../src/core/version.ts";
import { type Component, components } from "./components.ts";
import { tarGz, zip } from "./archive.ts";
import { makeNpm, makeNpmOfTarget } from "./npm.ts";
import { archiveOf, builtName, executableOf, type Target, TARGETS } from "../shared/targets.ts";
import { makeWheel } from "./wheel.ts";
import { orExit, say } from "../shared/run_program.ts";
import { sha256 } from "../shared/bundle.ts";

const FOLDER = "dist/release";

const LICENSES = "THIRD_PARTY_LICENSES.txt";
const MATERIALS = "kedro-azureml.cdx.json";
const CHECKSUMS = "SHA256SUMS";

/** The address of the repository, without a slash at its end, if the workflow that makes a release tells it. */
function repository(): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: name } = Deno.env.toObject();
  return server && name ? `${server}/${name}` : undefined;
}

/** The text of {@linkcode LICENSES}; a text that several components share stands there once. */
export function licensesText(all: readonly Component[]): string {
  const byText = Map.groupBy(
    all.flatMap(({ texts, ...component }) => texts.map((text) => ({ component, text: text.trim() }))),
    ({ text }) => text,
  );
  const list = all.map(({ name, version, license }) => `${name} ${version}: ${license.split("\n")[0]}`);
  const texts = [...byText].map(([text, uses]) =>
    `${"=".repeat(80)}\n${
      uses.map(({ component: { name, version } }) => `${name} ${version}`).join("\n")
    }\n\n${text}\n`
  );
  return `kedro-azureml ${VERSION} contains the following works of others.\n\n${list.join("\n")}\n\n${
    texts.join("\n")
  }`;
}

/** The bill of materials as CycloneDX has it. */
export function billOfMaterials(all: readonly Component[]): Record<string, unknown> {
  const program = `pkg:generic/kedro-azureml@${VERSION}`;
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      component: {
        "type": "application",
        "bom-ref": program,
        "name": "kedro-azureml",
        version: VERSION,
        purl: program,
      },
    },
    components: all.map(({ name, version, purl, license }) => ({
      "type": "library",
      "bom-ref": purl,
      name,
      version,
      purl,
      licenses: [{ license: { name: license.split("\n")[0] } }],
    })),
    dependencies: [{ ref: program, dependsOn: all.map(({ purl }) => purl) }],
  };
}

/** Lines as `sha256sum --check` takes them, of every file in a folder but the list itself. */
export async function checksums(folder: string): Promise<string> {
  const files = [...Deno.readDirSync(folder)].filter(({ name, isFile }) => isFile && name !== CHECKSUMS);
  const lines = files.map(({ name }) => name).sort().map(async (name) => {
    return `${await sha256(await Deno.readFile(`${folder}/${name}`))}  ${name}\n`;
  });
  return (await Promise.all(lines)).join("");
}

/** All that belongs to a release, by file name; each is made when it is asked for, as the executables are large. */
async function* releaseFiles(
  targets: readonly Target[],
): AsyncIterable<readonly [string, Uint8Array | string]> {
  const all = await components(".cache/wheels");
  const [license, description] = await Promise.all(
    ["LICENSE", "README.md"].map((name) => Deno.readTextFile(name)),
  );
  const of = { version: VERSION, repository: repository() };
  const licenses = licensesText(all);
  yield [LICENSES, licenses];
  yield [MATERIALS, JSON.stringify(billOfMaterials(all), null, 2) + "\n"];
  for (const target of targets) {
    say(`Packing ${target.name}`);
    const executable = await Deno.readFile(`dist/${builtName(target)}`);
    yield [archiveOf(target), await archive(target, { executable, license: license!, licenses })];
    const wheel = await makeWheel({
      ...of,
      target,
      executable,
      licenses: { LICENSE: license!, [LICENSES]: licenses },
      description: description!,
    });
    yield [wheel.name, wheel.bytes];
    const npm = makeNpmOfTarget({ ...of, target, executable, license: license!, licenses });
    yield [npm.name, npm.bytes];
  }
  const launcher = await Deno.readTextFile("scripts/release/npm_launcher.cjs");
  const npm = makeNpm({ ...of, license: license!, launcher, readme: description! });
  yield [npm.name, npm.bytes];
  for (const name of ["install.sh", "install.ps1"]) yield [name, await Deno.readFile(name)];
}

/** What install.sh and install.ps1 fetch. */
async function archive(
  target: Target,
  { executable, license, licenses }: { executable: Uint8Array; license: string; licenses: string },
): Promise<Uint8Array> {
  const files = {
    [executableOf(target)]: { bytes: executable, runs: true },
    LICENSE: { text: license },
    [LICENSES]: { text: licenses },
  };
  return target.os === "win32" ? await zip(files) : tarGz(files);
}

/** The targets whose executables lie in `dist/`; a build for this machine counts as one of its own target. */
async function builtTargets(): Promise<readonly Target[]> {
  const own = TARGETS.find(({ name }) => name === Deno.build.target);
  if (own !== undefined && existsSync(`dist/${executableOf(own)}`)) {
    await Deno.copyFile(`dist/${executableOf(own)}`, `dist/${builtName(own)}`);
  }
  return TARGETS.filter((target) => existsSync(`dist/${builtName(target)}`));
}

async function release(tag: string | undefined): Promise<void> {
  if (tag !== undefined && tag !== `v${VERSION}`) {
    throw new Error(`Cannot release "${tag}": src/core/version.ts says v${VERSION}`);
  }
  const targets = await builtTargets();
  const absent = TARGETS.filter((target) => !targets.includes(target)).map(builtName);
  if (absent.length > 0 && tag !== undefined) throw new Error(`dist/ does not have ${absent.join(", ")}`);
  if (absent.length > 0) say(`Not in dist/, and left out: ${absent.join(", ")}`);
  await Deno.remove(FOLDER, { recursive: true }).catch(() => {});
  await Deno.mkdir(FOLDER, { recursive: true });
  for await (const [name, content] of releaseFiles(targets)) {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    await Deno.writeFile(`${FOLDER}/${name}`, bytes);
    say(`  ${name} (${(bytes.length / 1e6).toFixed(1)} MB)`);
  }
  await Deno.writeTextFile(`${FOLDER}/${CHECKSUMS}`, await checksums(FOLDER));
}

if (import.meta.main) {
  const options = { tag: { type: "string" }, install: { type: "boolean" } } as const;
  const { values: { tag, install } } = parseArgs({ options });
  await orExit(release(tag));
  if (install) {
    say(`Installing from ${FOLDER}`);
    const script = new Deno.Command("sh", { args: ["scripts/release/install.sh", VERSION] }).spawn();
    Deno.exit((await script.status).code);
  }
}
