import { deepEqual, doesNotMatch, equal, match, rejects } from "node:assert/strict";
import { openJobsFile, readJobsFile } from "../../../src/app/runs/jobs_file.ts";
import { fakeContext } from "../../fakes/context.ts";
import { SIGNED_IN } from "../../fakes/seed.ts";
import { makeWorld, type World } from "../../cli/world.ts";

const FILE = "/home/user/tiny/jobs.json";

/** The jobs in the output file. */
function jobsIn({ ctx }: World): unknown {
  return JSON.parse(new TextDecoder().decode(ctx.files.get(FILE))).jobs;
}

Deno.test("submit --output-file empties an existing file before it fails", async () => {
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

Deno.test("--output-file overwrites a file of another program only with --force", async () => {
  const ctx = fakeContext({ cwd: "/p", files: { "/p/own.json": "{}" } });
  await rejects(openJobsFile(ctx, { outputFile: "own.json" }), { code: "file.exists" });
  equal((await openJobsFile(ctx, { outputFile: "own.json", force: true }))?.shown, "own.json");
});

Deno.test("--from rejects a missing or invalid file", async () => {
  const ctx = fakeContext({ cwd: "/p" });
  const workspace = { subscription_id: "s", resource_group: "rg", name: "ws" };
  const job = { job: "main", name: "fox", status: "Running", workspace };
  const others = [
    {},
    { version: 2, jobs: [] },
    ...[{ job: "a" }, { ...job, name: "" }, { ...job, workspace: { ...workspace, name: "" } }].map((one) => ({
      version: 1,
      jobs: [job, one],
    })),
  ];
  for (const other of others) {
    await ctx.fs.writeText("/p/other.json", JSON.stringify(other));
    await rejects(readJobsFile(ctx, "other.json"), {
      code: "jobs_file.unknown",
      exit: 2,
      message: '"other.json" was not written by `submit --output-file`',
    });
  }
  await rejects(readJobsFile(ctx, "my jobs.json"), {
    code: "jobs_file.not_found",
    exit: 2,
    message: 'File "my jobs.json" not found',
    hint: "Correct the path, of a file of `submit --output-file` or a folder of `rehearse --keep`",
  });
});

Deno.test("submit sends no job without a writable output file", async () => {
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

Deno.test("submit and rerun record the job before they end", async () => {
  const world = makeWorld();
  const { writeText } = world.ctx.fs;
  world.ctx.fs.writeText = async (...args) => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    await writeText(...args);
  };
  for (const [line, name] of [["submit main --name fox", "fox"], ["rerun fox --name owl", "owl"]] as const) {
    equal(await world.kedroAzureml(`${line} --output-file jobs.json`), 0, world.ctx.stderr());
    const [job] = jobsIn(world) as [{ name: string; status: string }];
    deepEqual([job.name, job.status], [name, "NotStarted"]);
  }
});

Deno.test("submit --wait records the job's status and duration", async () => {
  const world = makeWorld();
  equal(await world.kedroAzureml("submit main --wait --output-file jobs.json"), 0, world.ctx.stderr());
  const [{ status, durationMs }] = jobsIn(world) as [{ status: string; durationMs: number }];
  deepEqual([status, durationMs], ["Completed", 8000]);
  match(world.ctx.stdout(), /Completed after 8 s/);
});
