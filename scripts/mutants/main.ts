/**
 * Changes the program in many places, one at a time, and checks that a test fails each time: `deno task mutants`. In a
 * copy of the checkout, the tests that import the changed file run, nearest first, until one fails.
 *
 * Without options, plants the mutants of `known.ts`, which once survived. `--generate COUNT` plants generated mutants
 * instead, chosen by `--seed NUMBER`, and `--at FILE:LINE,…` all that can be generated at these lines. `--under
 * src/FOLDER,…` limits all of them to folders, `--jobs NUMBER` sets how many are planted at once, `--skip COUNT` leaves
 * out the first ones, and `--nearest COUNT` limits which test files may notice one. Code that runs in the sandbox is
 * not changed there, because it is bundled before.
 */

import { parseArgs } from "node:util";
import { outputOf } from "../shared/run_program.ts";
import { type Copy, copyCheckout } from "./checkout.ts";
import { choose, mutantsOf } from "./generate.ts";
import { findImporters, type Importers } from "./importers.ts";
import { EQUIVALENT, KNOWN } from "./known.ts";
import { describeMutant, type Mutant, mutate } from "./mutant.ts";

const { values } = parseArgs({
  options: {
    generate: { type: "string" },
    at: { type: "string" },
    seed: { type: "string", default: "1" },
    under: { type: "string", default: "src/" },
    jobs: { type: "string", default: "2" },
    skip: { type: "string", default: "0" },
    nearest: { type: "string", default: "Infinity" },
  },
});

/** Time limit for one run of tests, which an endless loop reaches. */
const TIMEOUT_MS = 150_000;

/** Test files that run in one process: so many of the nearest first, then the last number at a time. */
const BATCHES = [1, 2, 5, 8, 16];

/** What became of a mutant; `failed` names the test that noticed it. */
interface Outcome {
  readonly mutant: Mutant;
  readonly shown: string;
  readonly failed: string | undefined;
}

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

async function allMutants(): Promise<readonly Mutant[]> {
  const folders = values.under.split(",");
  const isWanted = (file: string) =>
    folders.some((folder) => file.startsWith(folder)) && !file.startsWith("src/kedro/sandbox/");
  if (values.at !== undefined) return (await Promise.all(values.at.split(",").map(mutantsAt))).flat();
  if (values.generate === undefined) return KNOWN.filter(({ file }) => isWanted(file));
  const files = (await outputOf("git", ["ls-files", "src/**/*.ts", "src/*.ts"])).trim().split("\n");
  const all = await Promise.all(files.filter(isWanted).map(mutantsIn));
  return choose(all.flat(), Number(values.generate), Number(values.seed));
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
      failed: await firstFailure(copy, importers(mutant.file)),
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

async function firstFailure(copy: Copy, found: ReturnType<Importers>): Promise<string | undefined> {
  const waiting = found.map(({ test }) => test).filter((test) => !broken.has(test))
    .slice(0, Number(values.nearest));
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
      const outcome = await plant(copy, mutant, importers);
      outcomes.push(outcome);
      print(`${outcome.failed === undefined ? "SURVIVED" : "seen"} ${outcome.shown}`);
      if (outcome.failed !== undefined) print(`     ${outcome.failed}`);
    }
  }));
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
const copies = await Promise.all(Array.from({ length: Number(values.jobs) }, copyCheckout));
const removeAll = () => Promise.all(copies.map((copy) => copy.remove()));
Deno.addSignalListener("SIGINT", () => removeAll().then(() => Deno.exit(130)));
Deno.addSignalListener("SIGTERM", () => removeAll().then(() => Deno.exit(143)));
try {
  let waiting = (await allMutants()).slice(Number(values.skip));
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
