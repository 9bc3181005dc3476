import { makeWorld, type WorldOptions } from "./world.ts";
import { assertTranscript } from "./assert_transcript.ts";

/** What a user types, and what is different in the world in which they type it. */
const cases: readonly { name: string; line: string; world?: WorldOptions }[] = [
  { name: "the version", line: "--version" },
  { name: "nothing", line: "" },
  { name: "help of a command", line: "submit --help" },
  { name: "a mistyped command", line: "compil -j main" },
  { name: "a command of a group without the group", line: "login" },
  { name: "a command of several groups without the group", line: "list" },
  { name: "an option without its dashes", line: "version" },
  { name: "a mistyped subcommand", line: "job shwo x" },
  { name: "a mistyped option", line: "compile --colour" },
  { name: "a mistyped option, as JSON", line: "compile --colour --json" },
  { name: "an option without its value", line: "compile -j" },
  { name: "parameters that are a list", line: "submit -j main --params [1]" },
  { name: "parameters that are not JSON", line: "submit -j main --params {alpha:5}" },
  { name: "a variable without a value", line: "submit -j main --env-var NOEQUALS" },
  { name: "a version without a dataset", line: "submit -j main --load-versions raw" },
  { name: "no job", line: "submit" },
  { name: "an unknown job", line: "submit -j mian" },
  { name: "an unknown job, as JSON", line: "submit -j mian --json" },
  { name: "an unknown workspace", line: "submit -j main -w stagin" },
  { name: "an environment that is not there", line: "-e prod compile -j main" },
  { name: "outside a project", line: "submit -j main", world: { cwd: "/home/user" } },
  { name: "a job that compiles", line: "compile --check --all" },
  { name: "what would be sent", line: "submit -j main --dry-run" },
  { name: "credentials in the project", line: "submit -j main --dry-run", world: { hasCredentials: true } },
  {
    name: "credentials in the project, as JSON",
    line: "submit -j main --json",
    world: { hasCredentials: true },
  },
  { name: "submit", line: "submit -j main" },
  { name: "submit by the plugin's words", line: "-e nocode run --job main --aml-env other-env:3" },
  { name: "what is asked of Azure", line: "-e nocode submit -j main --aml-env other-env:3 --verbose" },
  { name: "submit, as JSON", line: "submit -j main --json" },
  { name: "submit and follow", line: "submit -j main --wait-for-completion" },
  {
    name: "a step that fails",
    line: "submit -j main --wait-for-completion",
    world: { emulator: { outcome: { failingSteps: { count: "ValueError: there is no column rows" } } } },
  },
  {
    name: "a job that somebody cancels",
    line: "submit -j main --wait-for-completion",
    world: { emulator: { outcome: { afterFirstStep: "Canceled" } } },
  },
  { name: "following for too long", line: "submit -j main --wait-for-completion --timeout 1" },
  { name: "several jobs", line: "submit -j main -j one" },
  {
    name: "several jobs, of which the first is refused",
    line: "submit -j main -j one",
    world: {
      emulator: { faults: [{ method: "PUT", url: /\/jobs\//, happens: { kind: "status", status: 400 } }] },
    },
  },
  { name: "nobody signed in", line: "submit -j main", world: { env: {} } },
  {
    name: "a wrong secret",
    line: "submit -j main",
    world: { emulator: { seed: { secret: "another" } } },
  },
  {
    name: "a workspace that is not there",
    line: "submit -j main",
    world: { emulator: { seed: { workspaces: [] } } },
  },
  {
    name: "a compute that is not there",
    line: "submit -j main",
    world: { emulator: { seed: { computes: ["big-cluster"] } } },
  },
  {
    name: "an Azure ML environment that is not there",
    line: "submit -j main",
    world: { emulator: { seed: { environments: [] } } },
  },
  {
    name: "no role for submitting jobs",
    line: "submit -j main",
    world: { emulator: { deniedActions: ["Microsoft.MachineLearningServices/workspaces/jobs/write"] } },
  },
  {
    name: "a service that asks to slow down",
    line: "submit -j main",
    world: {
      emulator: {
        faults: [{ url: /\/computes\//, times: 2, happens: { kind: "throttle", retryAfterSeconds: 7 } }],
      },
    },
  },
  {
    name: "a service that is broken",
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
  { name: "the state of a job that is not there", line: "job show no-such-job" },
  { name: "cancelling a job that is not there", line: "job cancel no-such-job" },
];

for (const { name, line, world } of cases) {
  Deno.test(`transcript: ${name}`, async (t) => {
    const { ctx, kedroAzureml } = makeWorld(world);
    const exit = await kedroAzureml(line === "" ? [] : line);
    const text = `$ kedro-azureml ${line}\n${ctx.stdout()}--- stderr\n${ctx.stderr()}--- exit ${exit}\n`;
    await assertTranscript(t, text, import.meta.url);
  });
}
