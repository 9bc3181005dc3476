import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { SCRIPTS } from "../../src/cli/commands/completion.ts";
import { type Check, type Place, program, succeeded, withEmulator } from "./checks.ts";
import { outputOf } from "../shared/run_program.ts";

/** What more of the commands must hold on a system on which nobody works on the program. */
export const COMMANDS: Readonly<Record<string, Check>> = {
  "init": async (place) => {
    const file = join(place.outside, "conf/base/azureml.yml");
    const before = await Deno.readTextFile(file);
    await Deno.remove(file);
    match(succeeded(await program(place, ["-C", place.project, "init"])), /azureml\.yml/);
    match(await Deno.readTextFile(file), /^azure:|^workspace:/m);
    await Deno.writeTextFile(file, before);
  },
  "compile gives what it gives on this machine, but for paths": async (place) => {
    const yaml = (text: string, folder: string) =>
      text.replaceAll(folder, "PROJECT").replaceAll("\\\\", "\\").replaceAll(/(PROJECT[^\s'"]*)\\/g, "$1/");
    const args = ["compile", "-j", "main", "-o", "-"];
    const there = succeeded(await program(place, ["-C", place.project, ...args]));
    const here = await outputOf(Deno.execPath(), ["run", "-A", "main.ts", "-C", place.outside, ...args]);
    strictEqual(yaml(there, place.project), yaml(here, place.outside));
  },
  "completion powershell": async (place) => {
    const { code, stdout } = await program(place, ["completion", "powershell"]);
    deepStrictEqual([code, stdout.trim()], [0, SCRIPTS.powershell.trim()]);
  },
  "pack, submit the package, and look at the job": throughPackage,
};

async function throughPackage(place: Place): Promise<void> {
  const file = join(place.project, "main.kap");
  succeeded(await program(place, ["-C", place.project, "pack", "-j", "main", "-o", file]));
  const bytes = await Deno.readFile(join(place.outside, "main.kap"));
  const sha256 = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
  await withEmulator(place, async (env) => {
    const submit = ["submit", "--package", file, "--sha256", sha256, "--json"];
    const job = JSON.parse(succeeded(await program(place, submit, env)).split("\n")[0]!);
    const followed = await program(place, ["-C", place.project, "job", "follow", job.name], env);
    match(succeeded(followed), /Completed/);
  });
}
