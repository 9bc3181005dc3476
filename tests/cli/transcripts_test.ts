import { makeWorld, projectFiles, type WorldOptions } from "./world.ts";
import { assertTranscript, transcriptOf } from "./transcript.ts";

const EXCLUDED = Object.fromEntries(
  Array.from({ length: 9 }, (_, at) => [`/home/user/tiny/cache${at}/__pycache__/a.pyc`, ""]),
);

/** A command line, and the options of the world in which it runs. */
const cases: readonly { name: string; line: string; world?: WorldOptions }[] = [
  { name: "--version prints the version", line: "--version" },
  { name: "without arguments prints the help", line: "" },
  { name: "suggests a command for a typo", line: "compil -j main" },
  { name: "suggests `auth login` for `login`", line: "login" },
  { name: "suggests `job list` for `list`", line: "list" },
  { name: "suggests a subcommand for a typo", line: "job shwo x" },
  { name: "fails for an unknown option", line: "compile --colour" },
  { name: "--json fails for an unknown option", line: "compile --colour --json" },
  { name: "fails for an option without its value", line: "compile -j" },
  { name: "--params rejects a list", line: "submit -j main --params [1]" },
  { name: "--params rejects invalid JSON", line: "submit -j main --params {alpha:5}" },
  { name: "without a job lists the jobs", line: "submit" },
  { name: "fails for an unknown job", line: "submit -j mian" },
  { name: "--json fails for an unknown job", line: "submit -j mian --json" },
  { name: "fails for an unknown workspace", line: "submit -j main -w stagin" },
  { name: "fails for a missing Kedro environment", line: "-e prod compile -j main" },
  { name: "fails outside a project", line: "submit -j main", world: { cwd: "/home/user" } },
  { name: "--check prints the steps of each job", line: "compile --check --all" },
  { name: "--dry-run prints the plan", line: "submit -j main --dry-run" },
  {
    name: "--dry-run prints the plan of a job without code",
    line: "-e nocode submit -j main --aml-env other-env:3 --dry-run",
  },
  {
    name: "--dry-run counts excluded files",
    line: "submit -j main --dry-run",
    world: { files: { ...projectFiles("tiny"), ...EXCLUDED } },
  },
  { name: "warns about credentials", line: "submit -j main --dry-run", world: { hasCredentials: true } },
  { name: "--json warns about credentials", line: "submit -j main --json", world: { hasCredentials: true } },
  { name: "sends a job", line: "submit -j main" },
  { name: "accepts the plugin's options", line: "-e nocode run --job main --aml-env other-env:3" },
  { name: "--verbose prints requests", line: "-e nocode submit -j main --aml-env other-env:3 --verbose" },
  { name: "--json prints the job", line: "submit -j main --json" },
  { name: "--wait-for-completion follows the job to its end", line: "submit -j main --wait-for-completion" },
  {
    name: "prints the reason of a failed step",
    line: "submit -j main --wait-for-completion",
    world: { emulator: { outcome: { failingSteps: { count: "ValueError: there is no column rows" } } } },
  },
  {
    name: "exits 1 for a canceled job",
    line: "submit -j main --wait-for-completion",
    world: { emulator: { outcome: { afterFirstStep: "Canceled" } } },
  },
  { name: "--timeout stops following the job", line: "submit -j main --wait-for-completion --timeout 1" },
  { name: "sends several jobs", line: "submit -j main -j one" },
  {
    name: "sends the second job if Azure rejects the first",
    line: "submit -j main -j one",
    world: {
      emulator: { faults: [{ method: "PUT", url: /\/jobs\//, happens: { kind: "status", status: 400 } }] },
    },
  },
  { name: "suggests `auth login` without a sign-in", line: "submit -j main", world: { env: {} } },
  {
    name: "fails for a wrong client secret",
    line: "submit -j main",
    world: { emulator: { seed: { secret: "another" } } },
  },
  {
    name: "fails for a missing workspace",
    line: "submit -j main",
    world: { emulator: { seed: { workspaces: [] } } },
  },
  {
    name: "fails for a missing compute",
    line: "submit -j main",
    world: { emulator: { seed: { computes: ["big-cluster"] } } },
  },
  {
    name: "fails for a missing Azure ML environment",
    line: "submit -j main",
    world: { emulator: { seed: { environments: [] } } },
  },
  {
    name: "prints the `az role` command for a missing role",
    line: "submit -j main",
    world: { emulator: { deniedActions: ["Microsoft.MachineLearningServices/workspaces/jobs/write"] } },
  },
  {
    name: "succeeds if Azure throttles requests",
    line: "submit -j main",
    world: {
      emulator: {
        faults: [{ url: /\/computes\//, times: 2, happens: { kind: "throttle", retryAfterSeconds: 7 } }],
      },
    },
  },
  {
    name: "fails if Azure keeps answering 500",
    line: "submit -j main",
    world: {
      emulator: { faults: [{ url: /\/computes\//, times: 99, happens: { kind: "status", status: 500 } }] },
    },
  },
  {
    name: "fails without a network",
    line: "submit -j main",
    world: { fetch: () => Promise.reject(new TypeError("fetch failed")) },
  },
  { name: "fails for a missing job", line: "job show no-such-job" },
  { name: "fails for a missing job", line: "job cancel no-such-job" },
];

for (const { name, line, world } of cases) {
  const command = /\b(?:submit|run|compile|job show|job cancel)\b/.exec(line)?.[0] ?? "kedro-azureml";
  Deno.test(`${command} ${name}`, async (t) => {
    const text = await transcriptOf(makeWorld(world), [line], { isWhole: world === undefined });
    await assertTranscript(t, text, import.meta.url);
  });
}
