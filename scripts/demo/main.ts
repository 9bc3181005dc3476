/**
 * Shows the main job without an Azure account: rehearses the project in `examples/bikes`, whose steps then really run;
 * where this machine has no Python for that, submits it to an emulator that simulates the steps.
 */
import { say, withSigns } from "../shared/run_program.ts";
import { cleanEnvironment, program, PROJECT, rehearsalEnvironment } from "./world.ts";

/** Where the rehearsal leaves its files, until the next one: its last hint names commands for them. */
const KEPT = ".demo/rehearsal";
const REHEARSE = [
  ...["-C", PROJECT, "rehearse", "main", "--keep", KEPT],
  // Steps of Kedro would otherwise send usage data.
  ...["--env-var", "DO_NOT_TRACK=1"],
];
const SUBMIT = ["-C", PROJECT, "--emulator", "submit", "main", "--wait"];

/** The exit status of a rehearsal for which no Python could be found or made. */
const NO_PYTHON = 3;

function print(text: string): void {
  say(`\n${text}`);
}

/** A command line in lines of at most 80 characters, as a shell takes them. */
function wrapped(words: readonly string[]): string {
  const lines: string[] = [];
  for (const word of words) {
    const line = lines.at(-1);
    if (line === undefined || line.length + word.length > 74) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines.join(" \\\n    ");
}

/** Runs the steps. @returns the exit status. */
async function rehearse(): Promise<number> {
  print(`Demo: run ${PROJECT} without an Azure account.

  real       everything but Azure ML: reading the project with Kedro, checking,
             compiling, uploading the code, submitting, following; and the nine
             steps, which run on this machine as they would in Azure ML, with a
             Python environment in .cache/demo.
  imitated   Azure ML itself, by an emulator on this machine.

$ ${wrapped(["kedro-azureml", ...REHEARSE])}`);
  await Deno.remove(KEPT, { recursive: true }).catch(() => {});
  const { status } = program(REHEARSE, { env: rehearsalEnvironment(), clearEnv: true });
  // On a terminal, the program itself shows that it works.
  const { code } = await (Deno.stderr.isTerminal() ? status : withSigns(status));
  if (code === 0) print(await result());
  return code;
}

/** What the last step of the job wrote. */
async function result(): Promise<string> {
  const [job] = [...Deno.readDirSync(`${KEPT}/runs`)].map(({ name }) => name);
  const path = `${KEPT}/runs/${job}/compare/outputs/comparison/comparison.json`;
  const { best, small, large } = JSON.parse(await Deno.readTextFile(path));
  const off = (score: { mean_absolute_error: number }) => score.mean_absolute_error.toFixed(2);
  return `The models were trained. On average they are off by ${off(small)} (small) and
${off(large)} (large) rides an hour; the better one is "${best}".`;
}

/** Submits the job to an emulator that simulates its steps. @returns the exit status. */
async function simulate(): Promise<number> {
  print(
    `Simulating the steps instead: each only waits a moment and reports Completed.
No model is trained, and success here does not mean that the steps would
succeed in Azure.

$ ${wrapped(["kedro-azureml", ...SUBMIT])}`,
  );
  return (await program(SUBMIT, { env: cleanEnvironment(), clearEnv: true }).status).code;
}

let code = Deno.build.os === "windows" ? NO_PYTHON : await rehearse();
if (code === NO_PYTHON) code = await simulate();
print(
  code === 0
    ? "The demo is done; the emulator has stopped. docs/first-run.md shows how to run\na project in Azure ML."
    : `The demo failed with exit code ${code}.`,
);
Deno.exit(code);
