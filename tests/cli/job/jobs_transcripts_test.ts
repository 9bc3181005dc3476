import { equal, match } from "node:assert/strict";
import { makeWorld, type WorldOptions } from "../world.ts";
import { assertTranscript } from "../assert_transcript.ts";

/** What a user types, line after line, and what is different in the world in which they type it. */
const cases: readonly { name: string; lines: readonly string[]; world?: WorldOptions }[] = [
  { name: "the last job", lines: ["submit -j main", "job show", "job cancel", "job follow"] },
  { name: "the last job, as JSON", lines: ["submit -j main --json", "job show --json"] },
  { name: "the same job again, whose components are there", lines: ["submit -j main", "submit -j main"] },
  { name: "no job was submitted", lines: ["job show"] },
  {
    name: "jobs of a workspace",
    lines: [
      "submit -j main",
      "submit -j one",
      "job list",
      "job list -n 1 --json",
      "job list --mine --status failed,running",
      "job list --status runing",
    ],
  },
  {
    name: "a job's steps and logs",
    lines: [
      "submit -j main",
      "job logs",
      "job show",
      "job follow --logs",
      "job show",
      "job show --json",
      "job logs",
      "job logs --step clean",
      "job logs --step cleen",
      "job logs --failed",
      "job logs --failed --json",
      "job open",
    ],
    world: { emulator: { outcome: { failingSteps: { count: "ValueError: there is no column rows" } } } },
  },
  {
    name: "logs of failed steps, once the job has ended",
    lines: ["submit -j main", "job logs --follow --failed"],
    world: { emulator: { outcome: { failingSteps: { count: "ValueError: there is no column rows" } } } },
  },
  {
    name: "a job that ended before its second step",
    lines: ["submit -j main --wait-for-completion", "job show", "job show --json"],
    world: { emulator: { outcome: { failingSteps: { clean: "ValueError: there is no column rows" } } } },
  },
  {
    name: "logs as they come",
    lines: ["submit -j main", "job logs --follow", "job logs -f --step count"],
  },
  {
    name: "what a job has left",
    lines: [
      "submit -j main --wait-for-completion",
      "job download",
      "job download",
      "job download --outputs --step count -o /tmp/here --json",
    ],
    world: { emulator: { outcome: { artifacts: { "outputs/metrics.json": '{"rows": 3}' } } } },
  },
  {
    name: "a file that would leave the folder",
    lines: ["submit -j main --wait-for-completion", "job download -o /tmp/here"],
    world: { emulator: { outcome: { artifacts: { "outputs/../../../.ssh/authorized_keys": "key" } } } },
  },
  {
    name: "jobs of a file",
    lines: [
      "submit -j main -j one --output-file ../jobs.json",
      "job cancel --from ../jobs.json",
      "-C / job follow --from ../jobs.json",
      "job cancel --from ../jobs.json",
      "job cancel no-such-job --from ../jobs.json",
      "job cancel --from no-such.json",
      "job cancel --from pyproject.toml",
    ],
  },
];

for (const { name, lines, world } of cases) {
  Deno.test(`transcript: ${name}`, async (t) => {
    const { ctx, kedroAzureml } = makeWorld(world);
    let text = "";
    for (const line of lines) {
      const [out, err] = [ctx.stdout().length, ctx.stderr().length];
      const exit = await kedroAzureml(line);
      text += `$ kedro-azureml ${line}\n${ctx.stdout().slice(out)}--- stderr\n`;
      text += `${ctx.stderr().slice(err)}--- exit ${exit}\n`;
    }
    await assertTranscript(t, text, import.meta.url);
  });
}

Deno.test("a job is remembered before it is sent, and forgotten when Azure refuses it", async () => {
  const seen: string[] = [];
  const world = makeWorld({
    async fetch(request) {
      const isJob = request.method === "PUT" && /\/jobs\//.test(request.url);
      if (isJob) {
        const kept = [...world.ctx.files].filter(([path]) => path.includes("/.local/state/"));
        seen.push(...kept.map(([, bytes]) => new TextDecoder().decode(bytes)));
        return Response.json({ error: { code: "UserError", message: "no" } }, { status: 400 });
      }
      return await world.azure.fetch(request);
    },
  });
  equal(await world.kedroAzureml("submit -j main"), 5);
  equal(seen.length, 1);
  match(seen[0]!, /"job":"main".*"sent":false/);
  equal(await world.kedroAzureml("job show"), 2);
});
