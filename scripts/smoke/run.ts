import { match, strictEqual } from "node:assert/strict";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { type Line, LINES, MORE_JOBS } from "./lines.ts";
import { type Check, type Place, program, withEmulator } from "./checks.ts";

/** Copies a project to where it is tried, with the jobs that the lines use. */
export async function copyProject(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true });
  const file = join(to, "conf/base/azureml.yml");
  await Deno.writeTextFile(file, (await Deno.readTextFile(file)).trimEnd() + MORE_JOBS);
}

/**
 * Runs a line of each command beside one emulator.
 *
 * @param run Runs and reports one check.
 */
export async function runLines(
  place: Place,
  run: (name: string, check: Check) => Promise<void>,
): Promise<void> {
  const files = join(place.outside, "../files");
  await Deno.mkdir(files);
  const lines = LINES.filter(({ isBrief }) => !place.isBrief || isBrief);
  await withEmulator(place, async (env) => {
    for (const line of lines) await run(line.line, (at) => runLine(at, line, env));
  });
  await Deno.remove(files, { recursive: true });
}

async function runLine(
  place: Place,
  { line, prints, exit = 0 }: Line,
  env: Record<string, string>,
): Promise<void> {
  // The program's path may be one of Windows, which `join` of this system does not know.
  const files = place.project.replace(/[^\\/]+$/, "files");
  const words = line.split(" ").map((word) => word.replace("FILES", files).replace("PROJECT", place.project));
  const { code, stdout, stderr } = await program(place, ["-C", place.project, ...words], env);
  strictEqual(code, exit, `it ended with ${code}: ${stdout}${stderr}`);
  match(`${stdout}\n${stderr}`.replaceAll("\r\n", "\n"), prints);
}
