import { makeWorld, projectFiles, type WorldOptions } from "./world.ts";
import { assertTranscript, transcriptOf } from "./transcript.ts";

const EXCLUDED = Object.fromEntries(
  Array.from({ length: 9 }, (_, at) => [`/home/user/tiny/cache${at}/__pycache__/a.pyc`, ""]),
);

/** A command line, and the options of the world in which it runs. */
const cases: readonly { name: string; line: string; world?: WorldOptions }[] = [
  { name: "--version", line: "--version" },
  { name: "no arguments", line: "" },
  { name: "help of a command", line: "submit --help" },
  { name: "a mistyped command", line: "compil -j main" },
  { name: "a subcommand without its parent", line: "login" },
  { name: "an ambiguous subcommand without its parent", line: "list" },
  { name: "an option without dashes", line: "version" },
  { name: "a mistyped subcommand", line: "job shwo x" },
  { name: "a mistyped option", line: "compile --colour" },
  { name: "a mistyped option, as JSON", line: "compile --colour --json" },
  { name: "an option without its value", line: "compile -j" },
  { name: "a list as parameters", line: "submit -j main --params [1]" },
  { name: "parameters other than JSON", line: "submit -j main --params {alpha:5}" },
  { name: "an environment variable without a value", line: "submit -j main --env-var NOEQUALS" },
  { name: "a version without a dataset", line: "submit -j main --load-versions raw" },
  { name: "no job", line: "submit" },
  { name: "an unknown job", line: "submit -j mian" },
  { name: "an unknown job, as JSON", line: "submit -j mian --json" },
  { name: "an unknown workspace", line: "submit -j main -w stagin" },
  { name: "a missing Kedro environment", line: "-e prod compile -j main" },
  { name: "outside a project", line: "submit -j main", world: { cwd: "/home/user" } },
  { name: "--check", line: "compile --check --all" },
  { name: "--dry-run", line: "submit -j main --dry-run" },
  { name: "--dry-run without code", line: "-e nocode submit -j main --aml-env other-env:3 --dry-run" },
  {
    name: "--dry-run of many excluded files",
    line: "submit -j main --dry-run",
    world: { files: { ...projectFiles("tiny"), ...EXCLUDED } },
  },
  { name: "credentials in the project", line: "submit -j main --dry-run", world: { hasCredentials: true } },
  {
    name: "credentials in the project, as JSON",
    line: "submit -j main --json",
    world: { hasCredentials: true },
  },
  { name: "a job", line: "submit -j main" },
  { name: "the plugin's options", line: "-e nocode run --job main --aml-env other-env:3" },
  { name: "--verbose", line: "-e nocode submit -j main --aml-env other-env:3 --verbose" },
  { name: "a job, as JSON", line: "submit -j main --json" },
  { name: "--wait-for-completion", line: "submit -j main --wait-for-completion" },
  {
    name: "a failed step",
    line: "submit -j main --wait-for-completion",
    world: { emulator: { outcome: { failingSteps: { count: "ValueError: there is no column rows" } } } },
  },
  {
    name: "a job canceled by someone else",
    line: "submit -j main --wait-for-completion",
    world: { emulator: { outcome: { afterFirstStep: "Canceled" } } },
  },
  { name: "a timeout while following", line: "submit -j main --wait-for-completion --timeout 1" },
  { name: "several jobs", line: "submit -j main -j one" },
  {
    name: "several jobs, the first rejected",
    line: "submit -j main -j one",
    world: {
      emulator: { faults: [{ method: "PUT", url: /\/jobs\//, happens: { kind: "status", status: 400 } }] },
    },
  },
  { name: "not signed in", line: "submit -j main", world: { env: {} } },
  {
    name: "a wrong client secret",
    line: "submit -j main",
    world: { emulator: { seed: { secret: "another" } } },
  },
  {
    name: "a missing workspace",
    line: "submit -j main",
    world: { emulator: { seed: { workspaces: [] } } },
  },
  {
    name: "a missing compute",
    line: "submit -j main",
    world: { emulator: { seed: { computes: ["big-cluster"] } } },
  },
  {
    name: "a missing Azure ML environment",
    line: "submit -j main",
    world: { emulator: { seed: { environments: [] } } },
  },
  {
    name: "no role for submitting jobs",
    line: "submit -j main",
    world: { emulator: { deniedActions: ["Microsoft.MachineLearningServices/workspaces/jobs/write"] } },
  },
  {
    name: "throttling",
    line: "submit -j main",
    world: {
      emulator: {
        faults: [{ url: /\/computes\//, times: 2, happens: { kind: "throttle", retryAfterSeconds: 7 } }],
      },
    },
  },
  {
    name: "a failing service",
    line: "submit -j main",
    world: {
      emulator: { faults: [{ url: /\/computes\//, times: 99, happens: { kind: "status", status: 500 } }] },
    },
  },
  {
    name: "no network",
    line: "submit -j main",
    world: { fetch: () => Promise.reject(new TypeError("fetch failed")) },
  },
  { name: "a missing job", line: "job show no-such-job" },
  { name: "a missing job", line: "job cancel no-such-job" },
];

for (const { name, line, world } of cases) {
  const command = /\b(?:submit|run|compile|job show|job cancel)\b/.exec(line)?.[0] ?? "kedro-azureml";
  Deno.test(`${command} matches its transcript: ${name}`, async (t) => {
    const text = await transcriptOf(makeWorld(world), [line], { isWhole: world === undefined });
    await assertTranscript(t, text, import.meta.url);
  });
}
