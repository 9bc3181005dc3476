import { deepEqual } from "node:assert/strict";
import { comparedFacts } from "../../../src/azureml/runs/compare.ts";

type Fact = Parameters<typeof comparedFacts>[0][number]["facts"][number];

/** A job with these facts, and steps with theirs; a fact is `ASPECT NAME VALUE`. */
function job(facts: readonly string[], steps: Readonly<Record<string, readonly string[]>> = {}) {
  const toFacts = (texts: readonly string[]) =>
    texts.map((text): Fact => {
      const [aspect, name, value] = text.split(" ");
      return { aspect: aspect as Fact["aspect"], name: name!, value: value! };
    });
  const named = Object.entries(steps).map(([key, texts]) => [key, toFacts(texts)] as const);
  return { facts: toFacts(facts), steps: new Map(named) };
}

/** The rows of a comparison, as text. */
function rows(...jobs: readonly ReturnType<typeof job>[]) {
  return comparedFacts(jobs).map(({ aspect, name, steps, values }) =>
    `${[aspect, name].filter(Boolean).join(" ")} [${steps}]: ${
      values.map((value) => value ?? "-").join(" | ")
    }`
  );
}

Deno.test("comparedFacts() returns the facts that differ from the first run, with the value in each run", () => {
  const runs = [
    job(["experiment  e", "description  d"]),
    job(["experiment  e", "description  x"]),
    job(["experiment  f"]),
  ];
  deepEqual(rows(...runs), ["description []: d | x | -", "experiment []: e | e | f"]);
  deepEqual(rows(runs[0]!, runs[0]!), []);
  deepEqual(rows(runs[0]!), []);
});

Deno.test("comparedFacts() combines equal differences of several steps in one row", () => {
  const steps = (a: string, b: string, c: string) =>
    job([], { a: [`compute  ${a}`], b: [`compute  ${b}`], c: [`compute  ${c}`] });
  deepEqual(rows(steps("cpu", "cpu", "cpu"), steps("gpu", "gpu", "big")), [
    "compute [a,b]: cpu | gpu",
    "compute [c]: cpu | big",
  ]);
});

Deno.test("comparedFacts() lists parameters, then code, variables, settings and commands", () => {
  const one = job([], { a: ["setting x 1", "variable v 1", "parameter p 1", "command  c", "code  1"] });
  const other = job([], { a: ["setting x 2", "variable v 2", "parameter p 2", "command  d", "code  2"] });
  deepEqual(rows(one, other).map((row) => row.split(" ")[0]), [
    "parameter",
    "code",
    "variable",
    "setting",
    "command",
  ]);
});

Deno.test("comparedFacts() returns no value for a run that lacks the step", () => {
  const [one, without, other] = [
    job([], { a: ["compute  cpu"], b: [] }),
    job([], { b: [] }),
    job([], { a: ["compute  gpu"], b: [] }),
  ];
  deepEqual(rows(one!, without!, other!), ["step [a]: a | - | a", "compute [a]: cpu | - | gpu"]);
});

Deno.test("comparedFacts() leaves out inputs of steps missing in the other run", () => {
  const reading = (value: string) => [`input x ${value}`];
  const whole = job([], { a: [], b: reading("${{parent.jobs.a.outputs.o}}") });
  const rerun = job([], { b: reading("azureml://o") });
  deepEqual(rows(whole, rerun), ["step [a]: a | -"]);
  deepEqual(rows(rerun, whole), ["step [a]: - | a"]);
  deepEqual(rows(rerun, job([], { b: reading("azureml://p") })), ["input x [b]: azureml://o | azureml://p"]);
});
