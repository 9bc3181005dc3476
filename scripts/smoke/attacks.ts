import { join } from "node:path";
import { CALLED, PRELUDE, PRINTS, ROADS } from "./roads.ts";
import type { Place } from "./checks.ts";
import { runProgram } from "../shared/run_program.ts";
import { copyFolder } from "./run.ts";

/** What lies outside of the project and must not be seen: by path below the project's parent, each with a secret of its own. */
const CANARIES: Readonly<Record<string, string>> = {
  "outside/canary.json": '{"AccessToken": {"secret": "CANARY-JSON"}}',
  "outside/canary": '{"secret": "CANARY-NAMELESS"}',
  "outside/.env": "globalThis.SECRET='CANARY-ENV'\n",
  "outside/canary.js": "export const secret = 'CANARY-JS';\n",
  "outside/canary.txt": "CANARY-TEXT\n",
  "outside/base/azureml.yml": "workspace: {__default__: {name: CANARY-CONFIGURATION}}\n",
  "outside/local/.gitkeep": "",
};

/** A secret of the command line and of the environment. */
const GIVEN = "CANARY-GIVEN";

/** What is run where nothing else is said. */
const COMPILE = ["compile", "-j", "main", "--env-var", `TOKEN=${GIVEN}`, "-o", "-"];

/** What a CI service or a terminal takes for a command. */
// deno-lint-ignore no-control-regex -- these are what must not pass
const COMMAND = /^\s*::\w|##vso\[|##\[|[\x00-\x08\x0b-\x1f\x7f-\x9f]/m;

/**
 * Lets the code of a project attack, once for each road that it may take out of the sandbox.
 *
 * @returns What went wrong, one line each; nothing when all held.
 */
export async function runAttacks(
  place: Place,
  say: (line: string) => void,
  only: readonly string[] = [],
): Promise<readonly string[]> {
  const parent = join(place.outside, "..");
  const attacked = { inside: join(place.project, "..", "attacked"), outside: join(parent, "attacked") };
  await copyFolder(place.outside, attacked.outside);
  for (const [path, text] of Object.entries(CANARIES)) {
    await Deno.mkdir(join(parent, path, ".."), { recursive: true });
    await Deno.writeTextFile(join(parent, path), text);
  }
  await link("../outside/canary.json", join(attacked.outside, "link.json"));
  const registry = join(attacked.outside, "src/bikes/pipeline_registry.py");
  const good = await Deno.readTextFile(registry);
  const problems: string[] = [];
  const before = await names(parent);
  for (const [name, road] of Object.entries(ROADS)) {
    if (only.length > 0 && !only.some((part) => name.includes(part))) continue;
    const outside = join(place.project, "..", "outside").replaceAll("\\", "/");
    await Deno.writeTextFile(
      registry,
      `${PRELUDE.replaceAll("OUTSIDE", outside)}\n${road}\n${CALLED}\n${good}`,
    );
    const startedAt = performance.now();
    const wrong = await attack(place, attacked.inside, PRINTS.has(name) ? [[], ["--json"]] : [[]]);
    const took = Math.round(performance.now() - startedAt);
    say(wrong === undefined ? `  ok ${name} (${took} ms)` : `  FAILED ${name}: ${wrong}`);
    if (wrong !== undefined) problems.push(name);
  }
  await Deno.writeTextFile(registry, good);
  const absolute = (word: string) => word.startsWith("attacked/") ? join(place.project, "..", word) : word;
  for (const [name, planted] of Object.entries(FILES)) {
    if (only.length > 0 && !only.some((part) => name.includes(part))) continue;
    const restore = await plant(attacked.outside, planted, join(place.project, "..", "outside"));
    const how = { command: planted.command.map(absolute), refused: planted.refused };
    const wrong = await attack(place, attacked.inside, [["--json"]], how);
    say(wrong === undefined ? `  ok ${name}` : `  FAILED ${name}: ${wrong}`);
    if (wrong !== undefined) problems.push(name);
    await restore();
  }
  const written = (await names(parent)).filter((path) => !before.includes(path));
  for (const path of written) say(`  FAILED an attack wrote ${path}`);
  for (const path of ["attacked", "outside"]) await Deno.remove(join(parent, path), { recursive: true });
  return [...problems, ...written];
}

async function attack(
  place: Place,
  project: string,
  options: readonly (readonly string[])[],
  { command, refused }: { readonly command: readonly string[]; readonly refused?: string } = {
    command: COMPILE,
  },
): Promise<string | undefined> {
  const [first, ...words] = place.command;
  for (const json of options) {
    const args = [...words, "-C", project, ...json, ...command];
    const env = { ...place.env, CI: "true", MY_TOKEN: GIVEN };
    const { code, stdout, stderr } = await runProgram(first, args, { env, clearEnv: true });
    const said = `${stdout}\n${stderr}`.replaceAll(`TOKEN: ${GIVEN}`, "").replaceAll(
      `"TOKEN":"${GIVEN}"`,
      "",
    );
    const seen = /CANARY-\w+/.exec(said)?.[0];
    if (seen !== undefined) return `it read ${seen}`;
    const obeyed = COMMAND.exec(said);
    if (obeyed !== null) {
      return `it printed ${JSON.stringify(said.slice(obeyed.index, obeyed.index + 60))}`;
    }
    if (refused !== undefined && !said.includes(`"${refused}"`)) {
      return `it was not refused: ${said.slice(0, 500)}`;
    }
    if (![0, 3].includes(code)) return `the program ended with ${code}: ${said.slice(0, 500)}`;
  }
}

/** What somebody else's branch may bring besides code. */
interface Planted {
  /** A file of the project, what of it is replaced, and with what. */
  readonly replace?: readonly [file: string, what: RegExp, text: string];
  readonly link?: readonly [path: string, to: string];
  /** What is then run. */
  readonly command: readonly string[];
  /** The code of the error that it must end as. */
  readonly refused: string;
}

const FILES: Readonly<Record<string, Planted>> = {
  "a code folder outside": {
    replace: ["conf/base/azureml.yml", /code_directory: .*/, 'code_directory: "../outside"'],
    command: ["files"],
    refused: "code.outside",
  },
  "a code folder that is a link": {
    replace: ["conf/base/azureml.yml", /code_directory: .*/, 'code_directory: "theirs"'],
    link: ["theirs", "../outside"],
    command: ["files"],
    refused: "code.outside",
  },
  "configuration outside": {
    replace: ["src/bikes/settings.py", /$/, '\nCONF_SOURCE = "OUTSIDE"\n'],
    command: ["config", "show"],
    refused: "config.folder_outside",
  },
  "configuration by a link": {
    link: ["conf/base/azureml_more.yml", "../../../outside/canary.json"],
    command: ["config", "show"],
    refused: "config.link_outside",
  },
  "a result that is a link": {
    link: ["pipeline.yaml", "../outside/canary.txt"],
    command: ["compile", "-j", "main", "--force", "-o", "attacked/pipeline.yaml"],
    refused: "file.link_outside",
  },
  "a result in a folder that is a link": {
    link: ["theirs", "../outside"],
    command: ["compile", "-j", "main", "-o", "attacked/theirs/written.yaml"],
    refused: "file.link_outside",
  },
};

/** Puts it into the project; gives what takes it away again. */
async function plant(
  project: string,
  { replace, link: linked }: Planted,
  outside: string,
): Promise<() => Promise<void>> {
  const path = replace && join(project, replace[0]);
  const old = path && await Deno.readTextFile(path);
  if (replace && path && old !== undefined) {
    const text = replace[2].replace("OUTSIDE", outside.replaceAll("\\", "/"));
    await Deno.writeTextFile(path, old.replace(replace[1], text));
  }
  if (linked) {
    await Deno.remove(join(project, linked[0])).catch(() => {});
    await link(linked[1], join(project, linked[0]));
  }
  return async () => {
    if (path && old !== undefined) await Deno.writeTextFile(path, old);
    if (linked) await Deno.remove(join(project, linked[0])).catch(() => {});
  };
}

async function link(to: string, path: string): Promise<void> {
  // Windows lets few users make links.
  await Deno.symlink(to, path).catch(() => {});
}

async function names(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    found.push(join(folder, name));
    if (isDirectory) found.push(...await names(join(folder, name)));
  }
  return found;
}

if (import.meta.main) {
  // By hand, on any file: `deno run -A scripts/smoke/attacks.ts FILE [ROAD]`.
  const folder = await Deno.makeTempDir({ prefix: "attacks-" });
  await copyFolder("examples/bikes", join(folder, "bikes"));
  const project = join(folder, "bikes");
  const place: Place = {
    command: [Deno.args[0]!],
    project,
    outside: project,
    env: { HOME: folder, PATH: "/usr/bin:/bin" },
  };
  const say = (line: string) => Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
  const problems = await runAttacks(place, say, Deno.args.slice(1));
  await Deno.remove(folder, { recursive: true });
  Deno.exit(problems.length === 0 ? 0 : 1);
}
