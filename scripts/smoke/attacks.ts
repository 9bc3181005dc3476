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
};

/** A secret of the command line and of the environment. */
const GIVEN = "CANARY-GIVEN";

/** What is run. */
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
  const written = (await names(parent)).filter((path) => !before.includes(path));
  for (const path of written) say(`  FAILED an attack wrote ${path}`);
  for (const path of ["attacked", "outside"]) await Deno.remove(join(parent, path), { recursive: true });
  return [...problems, ...written];
}

async function attack(
  place: Place,
  project: string,
  options: readonly (readonly string[])[],
): Promise<string | undefined> {
  const [first, ...words] = place.command;
  for (const json of options) {
    const args = [...words, "-C", project, ...json, ...COMPILE];
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
    if (![0, 3].includes(code)) return `the program ended with ${code}: ${said.slice(0, 500)}`;
  }
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
