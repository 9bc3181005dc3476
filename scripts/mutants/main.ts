/**
 * Changes the program in many places, one at a time, and checks that a test fails each time: `deno task mutants`. In a
 * copy of the checkout, the tests that import the changed file run, nearest first, until one fails.
 *
 * Without options, plants the mutants of `known.ts`, which once survived, and with `--at FILE:LINE,…` all that can be
 * generated at these lines. `--under src/FOLDER,…` limits both to folders, `--jobs NUMBER` sets how many are planted at
 * once, `--skip COUNT` leaves out the first ones, and `--nearest COUNT` limits which test files may notice one.
 *
 * `--generate COUNT --seed NUMBER` generates others. All of them are built into the program of one copy, and switched on
 * one at a time while the tests that reach them run in one process, at most `--budget SECONDS` for one that survives.
 * Only those that no test reaches there are planted, and those that survive, for the nearest tests, also of those that
 * need processes of their own. Code of the sandbox and of the page's browser part is not changed, because it is bundled
 * before.
 */

import { parseArgs } from "node:util";
import { outputOf } from "../shared/run_program.ts";
import { type Copy, copyCheckout } from "./checkout.ts";
import { choose, mutantsOf } from "./generate.ts";
import { findImporters, type Importers } from "./importers.ts";
import { EQUIVALENT, KNOWN } from "./known.ts";
import { describeMutant, type Mutant, mutate } from "./mutant.ts";
import { findReached, judge } from "./judge.ts";
import { type Switch, withSwitches } from "./switches.ts";

const { values } = parseArgs({
  options: {
    generate: { type: "string" },
    at: { type: "string" },
    seed: { type: "string", default: "1" },
    under: { type: "string", default: "src/" },
    jobs: { type: "string", default: "2" },
    skip: { type: "string", default: "0" },
    nearest: { type: "string", default: "Infinity" },
    budget: { type: "string", default: "30" },
  },
});

/** Time limit for one run of tests, which an endless loop reaches. */
const TIMEOUT_MS = 150_000;

/** Test files that run in one process: so many of the nearest first, then the last number at a time. */
const BATCHES = [1, 2, 5, 8, 16];

/** Tests that do not run in one process with others: they start programs, or change what belongs to the process. */
const OWN_PROCESS = /^tests\/(?:system|scripts|examples)\//;
/** How many of them, the nearest, may notice a mutant that survived the others. */
const MOST_OWN = 4;
/** How many others may do so: in one process, code whose result is kept does not run again. */
const MOST_OTHERS = 3;

/** What became of a mutant; `failed` names the test that noticed it. */
interface Outcome {
  readonly mutant: Mutant;
  readonly shown: string;
  readonly failed: string | undefined;
}

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

function isWanted(file: string): boolean {
  const isElsewhere = /^src\/(?:kedro\/sandbox|page\/(?:client|widgets))\//.test(file);
  return !isElsewhere && values.under.split(",").some((folder) => file.startsWith(folder));
}

async function mutantsToPlant(): Promise<readonly Mutant[]> {
  if (values.generate !== undefined) return await judgeGenerated();
  if (values.at !== undefined) return (await Promise.all(values.at.split(",").map(mutantsAt))).flat();
  return KNOWN.filter(({ file }) => isWanted(file));
}

/**
 * Builds generated mutants into the program of a copy, and judges them there.
 *
 * @returns Those that the tests do not reach in one process, so that they are planted: in code that only runs when the
 *   program is loaded, or in other programs.
 */
async function judgeGenerated(): Promise<readonly Mutant[]> {
  const files = (await outputOf("git", ["ls-files", "src/**/*.ts", "src/*.ts"])).trim().split("\n");
  const generated = await Promise.all(
    files.filter(isWanted).map(async (file) => {
      const text = await Deno.readTextFile(file);
      const all = (await mutantsIn(file)).map((mutant): Switch => ({ id: ++count, mutant }));
      return withSwitches(file, text, all).built;
    }),
  );
  const chosen = choose(generated.flat(), Number(values.generate), Number(values.seed));
  const copy = await copyCheckout();
  copies.push(copy);
  for (const [file, switches] of Map.groupBy(chosen, ({ mutant }) => mutant.file)) {
    const text = await Deno.readTextFile(file);
    await Deno.writeTextFile(`${copy.folder}/${file}`, withSwitches(file, text, switches).text);
  }
  const near = new Set(chosen.flatMap(({ mutant }) => nearest(importers(mutant.file))));
  const inOneProcess = [...near].filter((test) => !OWN_PROCESS.test(test));
  const reached = await findReached(copy, inOneProcess, (test) => print(`Fails without a mutant: ${test}`));
  const reachable = new Set(reached.flatMap(({ ids }) => ids));
  const byId = new Map(chosen.map((one) => [one.id, one.mutant]));
  const ids = [...byId.keys()].filter((id) => reachable.has(id));
  const budgetMs = Number(values.budget) * 1000;
  for await (const { id, failed } of judge(copy, ids, { tests: inOneProcess, reached, budgetMs })) {
    const mutant = byId.get(id)!;
    if (failed === undefined && testsOfSurvivor(mutant).length > 0) survivors.add(mutant);
    else add({ mutant, shown: describeMutant(mutant, await Deno.readTextFile(mutant.file)), failed });
  }
  return [...byId].filter(([id]) => !reachable.has(id)).map(([, mutant]) => mutant).concat(...survivors);
}

/** Creates every mutant of a file that a test can notice. */
async function mutantsIn(file: string): Promise<readonly Mutant[]> {
  const text = await Deno.readTextFile(file);
  const unnoticed = EQUIVALENT.filter((one) => one.file === file).map((one) => mutate(text, one));
  return mutantsOf(file, text).filter((mutant) => !unnoticed.includes(mutate(text, mutant)));
}

/** Creates every mutant of a line, given as `FILE:LINE`. */
async function mutantsAt(place: string): Promise<readonly Mutant[]> {
  const [file = "", line] = place.split(":");
  const text = await Deno.readTextFile(file);
  const lineOf = ({ from }: Mutant) => text.slice(0, from).split("\n").length;
  return (await mutantsIn(file)).filter((mutant) => lineOf(mutant) === Number(line));
}

/** Plants a mutant, runs the tests, and takes it out again. */
async function plant(copy: Copy, mutant: Mutant, importers: Importers): Promise<Outcome> {
  const path = `${copy.folder}/${mutant.file}`;
  const text = await Deno.readTextFile(path).catch(() => "");
  const changed = mutate(text, mutant);
  if (changed === undefined) return { mutant, shown: `${mutant.file}: ${mutant.find}`, failed: "stale" };
  try {
    await Deno.writeTextFile(path, changed);
    return {
      mutant,
      shown: describeMutant(mutant, text),
      failed: await firstFailure(
        copy,
        survivors.has(mutant) ? testsOfSurvivor(mutant) : nearest(importers(mutant.file)),
      ),
    };
  } finally {
    await Deno.writeTextFile(path, text);
  }
}

/** Test files that fail without a mutant. */
const broken = new Set<string>();

function fileOf(failed: string | undefined): string | undefined {
  return /(?: => |^)\.\/(.+?)(?::\d| \(uncaught)/.exec(failed ?? "")?.[1];
}

/** Runs the test files that noticed mutants once more, without any; those that fail again noticed nothing. */
async function findBroken(copy: Copy): Promise<void> {
  const files = new Set(outcomes.flatMap(({ failed }) => fileOf(failed) ?? []));
  for (;;) {
    const tests = [...files].filter((file) => !broken.has(file));
    const failed = tests.length === 0 ? undefined : await copy.run(tests, 10 * TIMEOUT_MS);
    if (failed === undefined) return;
    const file = fileOf(failed);
    if (file === undefined) throw new Error(`Tests fail without a mutant: ${failed}`);
    broken.add(file);
  }
}

function nearest(found: ReturnType<Importers>): string[] {
  return found.map(({ test }) => test).filter((test) => !broken.has(test)).slice(0, Number(values.nearest));
}

/** The nearest tests with processes of their own; before them the nearest others, which meet no result that is kept. */
function testsOfSurvivor({ file }: Mutant): string[] {
  const tests = nearest(importers(file));
  const others = tests.filter((test) => !OWN_PROCESS.test(test)).slice(0, MOST_OTHERS);
  return [...others, ...tests.filter((test) => OWN_PROCESS.test(test)).slice(0, MOST_OWN)];
}

async function firstFailure(copy: Copy, waiting: string[]): Promise<string | undefined> {
  for (let batch = 0; waiting.length > 0; batch++) {
    const failed = await copy.run(waiting.splice(0, BATCHES[batch] ?? BATCHES.at(-1)), TIMEOUT_MS);
    if (failed !== undefined) return failed;
  }
  return undefined;
}

async function plantAll(mutants: readonly Mutant[]): Promise<void> {
  const waiting = [...mutants];
  await Promise.all(copies.map(async (copy) => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      add(await plant(copy, mutant, importers));
    }
  }));
}

function add(outcome: Outcome): void {
  outcomes.push(outcome);
  print(`${outcome.failed === undefined ? "SURVIVED" : "seen"} ${outcome.shown}`);
  if (outcome.failed !== undefined) print(`     ${outcome.failed}`);
}

function report(outcomes: readonly Outcome[]): void {
  const folders = Map.groupBy(outcomes, ({ mutant }) => mutant.file.split("/").slice(0, 2).join("/"));
  print("\n| folder | planted | seen | no end | survived | stale |\n| --- | --- | --- | --- | --- | --- |");
  for (const [folder, of] of [...folders].sort(([a], [b]) => a < b ? -1 : 1)) {
    const stale = of.filter(({ failed }) => failed === "stale").length;
    const survived = of.filter(({ failed }) => failed === undefined).length;
    // An endless loop, or a busy machine.
    const endless = of.filter(({ failed }) => failed?.startsWith("no end")).length;
    const seen = of.length - stale - survived - endless;
    print(`| ${folder} | ${of.length} | ${seen} | ${endless} | ${survived} | ${stale} |`);
  }
}

const listed = ["ls-files", "--cached", "--others", "--exclude-standard", "tests/**/*_test.ts"];
const tests = (await outputOf("git", listed)).trim().split("\n")
  .filter((test) => !test.startsWith("tests/peers/"));
const importers = await findImporters(tests);
const outcomes: Outcome[] = [];
/** Mutants that the tests in one process did not notice. */
const survivors = new Set<Mutant>();
const copies: Copy[] = [];
let count = 0;
const removeAll = () => Promise.all(copies.map((copy) => copy.remove()));
Deno.addSignalListener("SIGINT", () => removeAll().then(() => Deno.exit(130)));
Deno.addSignalListener("SIGTERM", () => removeAll().then(() => Deno.exit(143)));
try {
  let waiting = (await mutantsToPlant()).slice(Number(values.skip));
  await removeAll();
  copies.splice(0);
  copies.push(...await Promise.all(Array.from({ length: Number(values.jobs) }, copyCheckout)));
  while (waiting.length > 0) {
    await plantAll(waiting);
    await findBroken(copies[0]!);
    const again = outcomes.filter(({ failed }) => broken.has(fileOf(failed) ?? ""));
    again.forEach((one) => outcomes.splice(outcomes.indexOf(one), 1));
    waiting = again.map(({ mutant }) => mutant);
  }
} finally {
  await removeAll();
}
report(outcomes);
if (broken.size > 0) print(`\nFail without any mutant, so they were left out: ${[...broken].join(", ")}`);
if (outcomes.some(({ failed }) => failed === undefined)) Deno.exit(1);
