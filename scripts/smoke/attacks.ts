import { deepStrictEqual, doesNotMatch, ok } from "node:assert/strict";
import { cp, readdir } from "node:fs/promises";
import { join } from "node:path";
import { CALLED, PRELUDE, PRINTS, ROADS } from "./roads.ts";
import type { Check, Place } from "./checks.ts";
import { runProgram } from "../shared/run_program.ts";

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
 * @param run Runs and reports one check.
 */
export async function runAttacks(
  place: Place,
  run: (name: string, check: Check) => Promise<void>,
): Promise<void> {
  const parent = join(place.outside, "..");
  const attacked = join(parent, "attacked");
  await cp(place.outside, attacked, { recursive: true });
  for (const [path, text] of Object.entries(CANARIES)) {
    await Deno.mkdir(join(parent, path, ".."), { recursive: true });
    await Deno.writeTextFile(join(parent, path), text);
  }
  // Windows lets few users make links.
  await Deno.symlink("../outside/canary.json", join(attacked, "link.json")).catch(() => {});
  const registry = join(attacked, "src/bikes/pipeline_registry.py");
  const good = await Deno.readTextFile(registry);
  const prelude = PRELUDE.replaceAll("OUTSIDE", join(place.project, "../outside").replaceAll("\\", "/"));
  const names = async () => (await readdir(parent, { recursive: true })).sort();
  const before = await names();
  for (const [name, road] of Object.entries(ROADS)) {
    await run(name, async () => {
      await Deno.writeTextFile(registry, `${prelude}\n${road}\n${CALLED}\n${good}`);
      for (const json of PRINTS.has(name) ? [[], ["--json"]] : [[]]) await attack(place, json);
    });
  }
  await run("no attack writes", async () => deepStrictEqual(await names(), before));
  for (const folder of [attacked, join(parent, "outside")]) await Deno.remove(folder, { recursive: true });
}

/** Compiles the attacking project. @throws where that read a secret, printed a command or ended in another way. */
async function attack(place: Place, options: readonly string[]): Promise<void> {
  const [first, ...words] = place.command;
  const args = [...words, "-C", join(place.project, "../attacked"), ...options, ...COMPILE];
  const env = { ...place.env, CI: "true", MY_TOKEN: GIVEN };
  const { code, stdout, stderr } = await runProgram(first, args, { env, clearEnv: true });
  const said = `${stdout}\n${stderr}`.replaceAll(`TOKEN: ${GIVEN}`, "").replaceAll(`"TOKEN":"${GIVEN}"`, "");
  doesNotMatch(said, /CANARY/);
  doesNotMatch(said, COMMAND);
  ok([0, 3].includes(code), `it ended with ${code}: ${said.slice(0, 500)}`);
}
