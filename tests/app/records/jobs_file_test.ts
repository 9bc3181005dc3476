import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
import { SIGNED_IN } from "../../fakes/seed.ts";
import { makeWorld, type World } from "../../cli/world.ts";

const FILE = "/home/user/tiny/jobs.json";

/** The jobs in the output file. */
function jobsIn({ ctx }: World): unknown {
  return JSON.parse(new TextDecoder().decode(ctx.files.get(FILE))).jobs;
}

Deno.test("submit --output-file empties an existing file even if the command then fails", async () => {
  const world = makeWorld();
  world.ctx.files.set(
    FILE,
    new TextEncoder().encode(
      JSON.stringify({ version: 1, jobs: [{ job: "main", name: "earlier" }] }, null, 2),
    ),
  );
  equal(await world.kedroAzureml("submit nope --output-file jobs.json"), 3);
  deepEqual(jobsIn(world), []);
});

Deno.test("submit sends no job that it cannot record in the output file", async () => {
  const github = {
    GITHUB_ACTIONS: "true",
    GITHUB_STEP_SUMMARY: "/runner/summary.md",
    GITHUB_OUTPUT: "/runner/output",
  };
  const world = makeWorld({ env: { ...SIGNED_IN, ...github } });
  const { writeText } = world.ctx.fs;
  let writes = 0;
  world.ctx.fs.writeText = (path, ...rest) =>
    path.includes("jobs.json") && ++writes > 1
      ? Promise.reject(new Deno.errors.PermissionDenied("Permission denied"))
      : writeText(path, ...rest);

  const exit = await world.kedroAzureml("submit main --output-file jobs.json");

  match(world.ctx.stderr(), /Cannot write .*jobs\.json/);
  equal(exit, 2);
  deepEqual(world.azure.resources("jobs"), []);
  deepEqual(jobsIn(world), []);
  const summary = new TextDecoder().decode(world.ctx.files.get("/runner/summary.md"));
  doesNotMatch(summary, /main/);
});
