/**
 * Runs `dist/kedro-azureml` where there is nothing else: a root folder that holds the C library and the file itself, no
 * network but the loopback interface, first with nothing writable but the project, then with a HOME that is. Elsewhere
 * than on Linux, and without the right to unshare there, it runs in folders of its own and with nothing in PATH.
 *
 * `--target TARGET` runs what `task build --target TARGET` built: the executable of another system with more commands,
 * that of Windows under Wine, that of Linux on arm64 under QEMU. `--only TEXT` runs the checks with this text in their
 * names.
 */

import { parseArgs } from "node:util";
import { WINDOWS } from "./windows.ts";
import { WINE } from "./windows_machine.ts";
import { findOtherSystem, type System, thisSystem } from "./other_system.ts";
import { type Check, CHECKS, emptyRoot, type Place, PROJECT, THERE } from "./checks.ts";
import { runAttacks } from "./attacks.ts";
import { copyProject, runLines } from "./run.ts";
import { join, resolve } from "node:path";
import { listing, makeRoot, mountMemory, writable } from "./root.ts";
import { builtName, targetOf } from "../shared/targets.ts";
import { outputOf, runProgram, say } from "../shared/run_program.ts";
import { createFolder } from "../../tests/fakes/folder.ts";

const { values: { target: TARGET, only: ONLY }, positionals: [ROOT] } = parseArgs({
  options: { target: { type: "string" }, only: { type: "string" } },
  allowPositionals: true,
});
/** What was built for this system, with `--target` or without. */
const EXECUTABLE = TARGET === Deno.build.target
  ? `dist/${builtName(targetOf(TARGET))}`
  : `dist/kedro-azureml${Deno.build.os === "windows" ? ".exe" : ""}`;
const EXAMPLE = "examples/bikes";

/** Where the program remembers jobs and uploads, for its user alone. */
const STATE = "home/user/.local/state/kedro-azureml";
/** Where it keeps what it read of projects. */
const SNAPSHOTS = "home/user/.cache/kedro-azureml/snapshots";

/** Its own namespaces: an empty network, mounts that end with it, and processes that do too. */
const APART = ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];

/** Runs the checks, says how each went, and counts those that failed. */
let failed = 0;

async function run(name: string, check: Check, place: Place): Promise<void> {
  if (ONLY !== undefined && !name.includes(ONLY)) return;
  const startedAt = performance.now();
  const problem = await check(place).then(() => undefined, (thrown) => thrown as Error);
  const took = Math.round(performance.now() - startedAt);
  if (problem === undefined) say(`  ok ${name} (${took} ms)`);
  else fail(`${name}: ${problem.message}`);
}

function fail(line: string): void {
  failed++;
  say(`  FAILED ${line}`);
}

/** Runs every check, and a line of every command. */
async function runChecks(place: Place, checks = CHECKS): Promise<void> {
  for (const [name, check] of Object.entries(checks)) await run(name, check, place);
  say("Each command, beside an emulator:");
  await runLines(place, (name, check) => run(name, check, place));
}

async function attackFrom(place: Place): Promise<void> {
  say("A project attacks:");
  await runAttacks(place, (name, check) => run(name, check, place));
}

/** Runs this program again with a root of its own. @returns its exit status. */
async function outside(unshare: readonly string[]): Promise<number> {
  await using root = await createFolder();
  const script = [
    "run",
    "-A",
    "--no-lock",
    "--cached-only",
    "scripts/smoke/main.ts",
    root.root,
    ...Deno.args,
  ];
  const env = { PATH: `${Deno.env.get("PATH")}:/usr/sbin:/sbin` };
  const args = [...unshare, Deno.execPath(), ...script];
  return (await new Deno.Command("unshare", { args, env }).spawn().status).code;
}

async function inside(root: string): Promise<void> {
  await outputOf("ip", ["link", "set", "lo", "up"]);
  const unpacks = await makeRoot(root, EXECUTABLE, Deno.execPath());
  if (unpacks) say("The file unpacks itself: a shell and the tools that its text names are there too");
  await mountMemory(root, "data");
  await copyProject(EXAMPLE, `${root}/data/${PROJECT}`);

  say("Nothing can be written but the project:");
  await writable(root, false);
  if (unpacks) await mountMemory(root, "tmp");
  await checkWritten(root, unpacks ? ["tmp/kedro-azureml-0"] : [], unpacks);
  if (unpacks) await outputOf("umount", [`${root}/tmp`]);
  await writable(root, true);

  say("HOME can be written:");
  await checkWritten(root, [STATE, SNAPSHOTS, ...unpacks ? ["home/user/.cache"] : []]);
  await attackFrom(await emptyRoot(root));
}

/** Runs every check; then nothing may have been written but below `expected`, there for its user alone. */
async function checkWritten(root: string, expected: readonly string[], isBrief = false): Promise<void> {
  const before = await listing(root);
  await runChecks({ ...await emptyRoot(root), isBrief });
  for (const line of (await listing(root)).filter((line) => !before.includes(line))) {
    const isBelow = (start: string) => line.startsWith(`${start} `) || line.startsWith(`${start}/`);
    const isAbove = expected.some((start) => start.startsWith(`${line.split(" ")[0]}/`));
    // A folder's time changes with what was in it for a while.
    const isChange = /^data\b/.test(line) && !/\.\w+ \d+ /.test(line);
    if (!expected.some(isBelow) && !isAbove && !isChange) fail(`nothing else is written: ${line}`);
    const isOpen = [STATE, SNAPSHOTS].some(isBelow) && !/ (700|600)$/.test(line);
    if (isOpen) fail(`only its user may read it: ${line}`);
  }
}

/** Runs an executable beside all that the machine has, in folders of its own. */
async function beside(system: System, executable: string): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "smoke ü " });
  const project = join(folder, PROJECT);
  const windows = Deno.build.os === "windows";
  const home = windows ? { USERPROFILE: folder, APPDATA: folder, LOCALAPPDATA: folder } : { HOME: folder };
  const isOther = system.command.length > 0;
  const isExe = executable.endsWith(".exe");
  try {
    await system.prepare();
    await copyProject(EXAMPLE, project);
    const place: Place = {
      command: [...system.command, resolve(executable)] as unknown as Place["command"],
      project: system.seen(project),
      outside: project,
      env: { ...home, LC_ALL: "C", ...system.env },
      reading: system.reading,
      // An emulated processor takes ten times as long.
      isBrief: system.reading.length > 0,
      hasSignals: !isExe,
    };
    const more = { ...isOther && THERE, ...isExe && WINDOWS, ...isExe && isOther && WINE };
    await runChecks(place, { ...CHECKS, ...more });
    if (!isOther) await attackFrom(place);
  } finally {
    await system.end();
    await Deno.remove(folder, { recursive: true });
  }
}

async function main(): Promise<void> {
  if (ROOT !== undefined) return await inside(ROOT);
  if (TARGET !== undefined && TARGET !== Deno.build.target) {
    const system = await findOtherSystem(TARGET);
    if (typeof system !== "string") return await beside(system, `dist/${builtName(targetOf(TARGET))}`);
    say(`The smoke test of ${TARGET} is skipped: ${system}`);
    Deno.exit(0);
  }
  const unshare = [...Deno.uid() === 0 ? [] : ["--map-root-user"], ...APART];
  const can = Deno.build.os === "linux" ? await runProgram("unshare", [...unshare, "true"]) : undefined;
  if (can?.code === 0) Deno.exit(await outside(unshare));
  say(`No empty root, which needs Linux and the right to unshare (${can?.stderr.trim() ?? Deno.build.os})`);
  await beside(await thisSystem(EXECUTABLE), EXECUTABLE);
}

if (import.meta.main) {
  await main();
  say(failed === 0 ? "The smoke test passed" : `The smoke test failed: ${failed} differ`);
  Deno.exit(failed === 0 ? 0 : 1);
}
