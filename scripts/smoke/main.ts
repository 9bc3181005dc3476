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
import { COMMANDS } from "./commands.ts";
import { WINDOWS } from "./windows.ts";
import { WINE } from "./windows_machine.ts";
import { findOtherSystem } from "./other_system.ts";
import { type Check, CHECKS, emptyRoot, type Place, PROJECT } from "./checks.ts";
import { runAttacks } from "./attacks.ts";
import { copyProject, runLines } from "./run.ts";
import { join, resolve } from "node:path";
import { listing, makeRoot, mountMemory, unpacksItself, writable } from "./root.ts";
import { builtName, TARGETS } from "../shared/targets.ts";
import { outputOf, runProgram } from "../shared/run_program.ts";

const { values: { target: TARGET, only: ONLY }, positionals: [ROOT] } = parseArgs({
  options: { target: { type: "string" }, only: { type: "string" } },
  allowPositionals: true,
});
/** What was built for this system, with `--target` or without. */
const EXECUTABLE = TARGET === Deno.build.target
  ? `dist/${nameOf(TARGET)}`
  : `dist/kedro-azureml${Deno.build.os === "windows" ? ".exe" : ""}`;
const EXAMPLE = "examples/bikes";

/** Where the program remembers jobs and uploads, for its user alone. */
const STATE = "home/user/.local/state/kedro-azureml";
/** Where it keeps what it read of projects. */
const SNAPSHOTS = "home/user/.cache/kedro-azureml/snapshots";

/** Its own namespaces: an empty network, mounts that end with it, and processes that do too. */
const APART = ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];

function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}

async function outside(): Promise<number> {
  const unshare = [...Deno.uid() === 0 ? [] : ["--map-root-user"], ...APART];
  const can = Deno.build.os === "linux" ? await runProgram("unshare", [...unshare, "true"]) : undefined;
  if (can?.code !== 0) {
    say(`No empty root, which needs Linux and the right to unshare (${can?.stderr.trim() ?? Deno.build.os})`);
    return await besides();
  }
  const root = await Deno.makeTempDir({ prefix: "smoke-" });
  const script = ["run", "-A", "--no-lock", "--cached-only", "scripts/smoke/main.ts", root];
  try {
    const of = [
      ...TARGET === undefined ? [] : ["--target", TARGET],
      ...ONLY === undefined ? [] : ["--only", ONLY],
    ];
    const args = [...unshare, Deno.execPath(), ...script, ...of];
    const env = { PATH: `${Deno.env.get("PATH")}:/usr/sbin:/sbin` };
    return (await new Deno.Command("unshare", { args, env }).spawn().status).code;
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

/** In folders of its own, beside all that the machine has. */
async function besides(): Promise<number> {
  const folder = await Deno.makeTempDir({ prefix: "smoke ü " });
  const project = join(folder, PROJECT);
  const windows = Deno.build.os === "windows";
  const kept = windows ? ["SYSTEMROOT", "TEMP"] : [];
  const env = Object.fromEntries(kept.map((name) => [name, Deno.env.get(name) ?? ""]));
  const home = windows ? { USERPROFILE: folder, APPDATA: folder, LOCALAPPDATA: folder } : { HOME: folder };
  // A file that unpacks itself needs the tools that its text names.
  const path = await unpacksItself(EXECUTABLE) ? "/usr/bin:/bin" : folder;
  try {
    await copyProject(EXAMPLE, project);
    const command = [resolve(EXECUTABLE)] as const;
    const place = { command, project, outside: project, env: { ...env, ...home, PATH: path, LC_ALL: "C" } };
    const failed = await runChecks(place, { ...CHECKS, ...windows ? WINDOWS : {} });
    say("A project attacks:");
    return ended(failed + (await runAttacks(place, say)).length);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function ended(failed: number): number {
  say(failed === 0 ? "The smoke test passed" : `The smoke test failed: ${failed} differ`);
  return failed === 0 ? 0 : 1;
}

async function inside(root: string): Promise<number> {
  await outputOf("ip", ["link", "set", "lo", "up"]);
  const unpacks = await makeRoot(root, EXECUTABLE, Deno.execPath());
  if (unpacks) say("The file unpacks itself: a shell and the tools that its text names are there too");
  await mountMemory(root, "data");
  await copyProject(EXAMPLE, `${root}/data/${PROJECT}`);
  let failed = 0;

  say("Nothing can be written but the project:");
  await writable(root, false);
  if (unpacks) await mountMemory(root, "tmp");
  failed += await checkAll(root, ["data", ...unpacks ? ["tmp/kedro-azureml-0"] : []], unpacks);
  if (unpacks) await outputOf("umount", [`${root}/tmp`]);
  await writable(root, true);

  say("HOME can be written:");
  failed += await checkAll(root, ["data", STATE, SNAPSHOTS, ...unpacks ? ["home/user/.cache"] : []]);

  say("A project attacks:");
  failed += (await runAttacks(await emptyRoot(root), say)).length;
  return ended(failed);
}

/** Runs every check, and a line of every command; gives how many failed. */
async function runChecks(place: Place, checks = CHECKS): Promise<number> {
  let failed = 0;
  for (const [name, check] of Object.entries(checks)) await run(name, check);
  say("Each command, beside an emulator:");
  await runLines(place, run);
  return failed;

  async function run(name: string, check: Check): Promise<void> {
    if (ONLY !== undefined && !name.includes(ONLY)) return;
    const startedAt = performance.now();
    const problem = await check(place).then(() => undefined, (thrown) => thrown as Error);
    if (problem !== undefined) failed++;
    const took = Math.round(performance.now() - startedAt);
    say(problem === undefined ? `  ok ${name} (${took} ms)` : `  FAILED ${name}: ${problem.message}`);
  }
}

/** Runs every check; then nothing may have been written but below `expected`, and there only what was asked for. */
async function checkAll(root: string, expected: readonly string[], isBrief = false): Promise<number> {
  const before = await listing(root);
  const failed = await runChecks({ ...await emptyRoot(root), isBrief });
  const written = (await listing(root)).filter((line) => !before.includes(line));
  const strange = written.filter((line) =>
    !expected.some((start) => isBelow(line, start)) && !isFolderAbove(line)
  );
  const inProject = written.filter((line) => line.startsWith("data/") && /\.\w+ \d+ /.test(line));
  const others = inProject.filter((line) => !line.includes("/pipeline.yaml "));
  for (const line of [...strange, ...others]) say(`  FAILED nothing else is written: ${line}`);
  const open = written.filter((line) =>
    [STATE, SNAPSHOTS].some((start) => isBelow(line, start)) && !/ (700|600)$/.test(line)
  );
  for (const line of open) say(`  FAILED only its user may read it: ${line}`);
  return failed + strange.length + others.length + open.length;

  function isFolderAbove(line: string): boolean {
    return expected.some((start) => start.startsWith(`${line.split(" ")[0]}/`));
  }
}

function isBelow(line: string, start: string): boolean {
  return line.startsWith(`${start} `) || line.startsWith(`${start}/`);
}

/** Runs the executable of another system, beside all that the machine has; says so where that cannot be run here. */
async function elsewhere(target: string): Promise<number> {
  const executable = resolve(`dist/${nameOf(target)}`);
  const system = await findOtherSystem(target);
  if (typeof system === "string") {
    say(`The smoke test of ${target} is skipped: ${system}`);
    return 0;
  }
  const folder = await Deno.makeTempDir({ prefix: "smoke ü " });
  const project = join(folder, PROJECT);
  try {
    await system.prepare();
    await copyProject(EXAMPLE, project);
    const place: Place = {
      command: [...system.command, executable] as unknown as Place["command"],
      project: system.seen(project),
      outside: project,
      env: { HOME: folder, LC_ALL: "C", ...system.env },
      reading: system.reading,
      // An emulated processor takes ten times as long.
      isBrief: system.reading.length > 0,
      hasSignals: !target.includes("windows"),
    };
    const more = target.includes("windows") ? { ...WINDOWS, ...WINE } : {};
    return ended(await runChecks(place, { ...CHECKS, ...COMMANDS, ...more }));
  } finally {
    await system.end();
    await Deno.remove(folder, { recursive: true });
  }
}

function nameOf(target: string): string {
  const found = TARGETS.find(({ name }) => name === target);
  if (found === undefined) {
    throw new Error(
      `There is no target "${target}"; there are ${TARGETS.map(({ name }) => name).join(", ")}`,
    );
  }
  return builtName(found);
}

if (import.meta.main) {
  if (TARGET !== undefined && TARGET !== Deno.build.target) Deno.exit(await elsewhere(TARGET));
  Deno.exit(ROOT === undefined ? await outside() : await inside(ROOT));
}
