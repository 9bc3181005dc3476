/**
 * Changes the program in many places, one at a time, and checks that a test fails each time: `deno task mutants`. In a
 * copy of the checkout, the tests that import the changed file run, nearest first, until one fails.
 *
 * Without options, plants the mutants of `known.ts`, which once survived. `--generate COUNT` plants generated mutants
 * instead, chosen by `--seed NUMBER`; `--under src/FOLDER` limits both to a folder, `--jobs NUMBER` sets how many are
 * planted at once, and `--nearest COUNT` how many test files may notice one. Code that runs in the sandbox is not
 * changed there, because it is bundled before.
 */

import { parseArgs } from "node:util";
import { outputOf } from "../shared/run_program.ts";
import { type Copy, copyCheckout } from "./checkout.ts";
import { choose, mutantsOf } from "./generate.ts";
import { findImporters, type Importers } from "./importers.ts";
import { KNOWN } from "./known.ts";
import { describeMutant, type Mutant, mutate } from "./mutant.ts";

const { values } = parseArgs({
  options: {
    generate: { type: "string" },
    seed: { type: "string", default: "1" },
    under: { type: "string", default: "src/" },
    jobs: { type: "string", default: "2" },
    nearest: { type: "string", default: "Infinity" },
  },
});

/** Time limit for one run of tests, which an endless loop reaches. */
const TIMEOUT_MS = 150_000;

/** Test files that run in one process: so many of the nearest first, then the last number at a time. */
const BATCHES = [4, 12, 20];

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
  const isWanted = (file: string) => file.startsWith(values.under) && !file.startsWith("src/kedro/sandbox/");
  if (values.generate === undefined) return KNOWN.filter(({ file }) => isWanted(file));
  const files = (await outputOf("git", ["ls-files", "src/**/*.ts", "src/*.ts"])).trim().split("\n");
  const all = await Promise.all(
    files.filter(isWanted).map(async (file) => mutantsOf(file, await Deno.readTextFile(file))),
  );
  return choose(all.flat(), Number(values.generate), Number(values.seed));
}

/** Plants a mutant, runs the tests, and takes it out again. */
async function plant(copy: Copy, mutant: Mutant, importers: Importers): Promise<Outcome> {
  const path = `${copy.folder}/${mutant.file}`;
  const text = await Deno.readTextFile(path).catch(() => "");
  const changed = mutate(text, mutant);
  if (changed === undefined) return { mutant, shown: `${mutant.file}: ${mutant.find}`, failed: "stale" };
  const found = importers(mutant.file);
  try {
    for (;;) {
      await Deno.writeTextFile(path, changed);
      const failed = await firstFailure(copy, found);
      await Deno.writeTextFile(path, text);
      const file = /(?: => |^)\.\/(.+?)(?::\d| \(uncaught)/.exec(failed ?? "")?.[1];
      if (file !== undefined && !sound.has(file) && await copy.run([file], TIMEOUT_MS) !== undefined) {
        broken.add(file);
        continue;
      }
      if (file !== undefined) sound.add(file);
      return { mutant, shown: describeMutant(mutant, text), failed };
    }
  } finally {
    await Deno.writeTextFile(path, text);
  }
}

/** Test files that fail or pass without a mutant. */
const [broken, sound] = [new Set<string>(), new Set<string>()];

async function firstFailure(copy: Copy, found: ReturnType<Importers>): Promise<string | undefined> {
  const waiting = found.map(({ test }) => test).filter((test) => !broken.has(test))
    .slice(0, Number(values.nearest));
  for (let batch = 0; waiting.length > 0; batch++) {
    const failed = await copy.run(waiting.splice(0, BATCHES[batch] ?? BATCHES.at(-1)), TIMEOUT_MS);
    if (failed !== undefined) return failed;
  }
  return undefined;
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
const waiting = [...await allMutants()];
const outcomes: Outcome[] = [];
await Promise.all(Array.from({ length: Number(values.jobs) }, async () => {
  const copy = await copyCheckout();
  try {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const outcome = await plant(copy, mutant, importers);
      outcomes.push(outcome);
      print(`${outcome.failed === undefined ? "SURVIVED" : "seen"} ${outcome.shown}`);
      if (outcome.failed !== undefined) print(`     ${outcome.failed}`);
    }
  } finally {
    await copy.remove();
  }
}));
report(outcomes);
if (broken.size > 0) print(`\nFail without any mutant, so they were left out: ${[...broken].join(", ")}`);
if (outcomes.some(({ failed }) => failed === undefined)) Deno.exit(1);
