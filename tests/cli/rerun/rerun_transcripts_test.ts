import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
import { eachRequestFailing } from "../matrix/each_request.ts";

import { makeWorld, type World, type WorldOptions } from "../world.ts";
import { assertTranscript, transcriptOf } from "../transcript.ts";

const FAILING: WorldOptions = {
  emulator: { outcome: { failingSteps: { count: "ValueError: there is no column rows" } } },
};
const RUN = "submit -j main --name first --wait-for-completion";

/** Command lines that run one after another in a world where a job has run. */
const cases: readonly {
  name: string;
  first?: readonly string[];
  lines: readonly string[];
  world?: WorldOptions;
}[] = [
  { name: "sends the whole job again", lines: ["rerun first --name second", "rerun second --dry-run"] },
  { name: "--json sends the last job again", lines: ["rerun --name second --json"] },
  { name: "--wait follows the new run", lines: ["rerun first --name second --wait-for-completion"] },
  {
    name: "--from-failed sends only failed steps",
    lines: [
      "rerun first --from-failed --dry-run",
      "rerun first --from-failed --name second",
      "rerun first --from-failed --name second",
      "rerun first --name second",
      "job show second",
    ],
    world: FAILING,
  },
  { name: "--from-failed fails for a completed job", lines: ["rerun first --from-failed"] },
  {
    name: "--from-failed fails for a running job",
    first: ["submit -j main --name first"],
    lines: ["rerun first --from-failed"],
  },
  { name: "fails for an unknown job", lines: ["rerun fisrt"] },
  { name: "fails without a submitted job", first: [], lines: ["rerun"] },
];

for (const { name, first = [RUN], lines, world: options } of cases) {
  Deno.test(`rerun ${name}`, async (t) => {
    const world = makeWorld(options);
    for (const line of first) await world.kedroAzureml(line);
    await assertTranscript(t, await transcriptOf(world, lines), import.meta.url);
  });
}

Deno.test("rerun --from and job compare --from need no project", async () => {
  const { ctx, azure, kedroAzureml } = makeWorld({ cwd: "/home/user" });
  equal(await kedroAzureml("-C tiny submit main one --output-file jobs.json"), 0, ctx.stderr());
  const errorOf = async (line: string) => {
    equal(await kedroAzureml(`${line} --json`), 2);
    return JSON.parse(ctx.stderr().trim().split("\n").at(-1)!).error.code;
  };
  equal(await errorOf("rerun --from jobs.json"), "usage.rerun_several");
  equal(await errorOf("rerun two --from jobs.json"), "jobs_file.no_job");
  equal(await kedroAzureml("rerun one --from jobs.json --name second"), 0, ctx.stderr());
  equal(azure.requests.some(({ method, url }) => method === "PUT" && url.includes("/jobs/second")), true);
  equal(await kedroAzureml("job compare --from jobs.json"), 0, ctx.stderr());
});

Deno.test("rerun sends the same job with an additional tag", async () => {
  const { azure, kedroAzureml } = makeWorld();
  await kedroAzureml("submit -j main --name first");
  equal(await kedroAzureml("rerun first --name second"), 0);
  const [first, second] = azure.requests.filter(({ method, url }) =>
    method === "PUT" && url.includes("/jobs/")
  )
    .map(({ body }) => (body as { properties: Record<string, unknown> }).properties);
  // Azure ML leaves empty inputs out, and says how outputs are mounted.
  const { tags, ...rest } = second!;
  const { tags: _, inputs, ...before } = first!;
  deepEqual(inputs, {});
  const outputs = Object.entries(before.outputs as object).map((
    [name, output],
  ) => [name, { mode: "ReadWriteMount", ...output }]);
  deepEqual(rest, { ...before, outputs: Object.fromEntries(outputs) });
  equal((tags as Record<string, string>).rerun_of, "first");
});

Deno.test("rerun --from-failed passes the outputs of completed steps as inputs", async () => {
  const { azure, kedroAzureml } = makeWorld(FAILING);
  await kedroAzureml(RUN);
  equal(await kedroAzureml("rerun first --from-failed --name second"), 0);
  const second = azure.resources("jobs").find(({ name }) => name === "second")!;
  const { jobs, outputs } = second.properties as Record<
    string,
    Record<string, { inputs: Record<string, { uri?: string }> }>
  >;
  deepEqual(Object.keys(jobs!), ["count"]);
  deepEqual(Object.keys(outputs!), ["summary"]);
  const uris = Object.values(jobs!.count!.inputs).flatMap(({ uri }) => uri ?? []);
  match(
    uris.join(),
    /^azureml:\/\/subscriptions\/.+\/datastores\/workspaceblobstore\/paths\/azureml\/.+\/.+\/$/,
  );
});

Deno.test("rerun --output-file records the final status", async () => {
  const world: World = makeWorld({
    fetch: async (request) =>
      request.method === "PUT" && request.url.includes("/jobs/bear")
        ? Response.json({ error: { code: "UserError", message: "No" } }, { status: 400 })
        : await world.azure.fetch(request),
  });
  const { ctx, kedroAzureml } = world;
  const written = async () => {
    const { jobs } = JSON.parse(await ctx.fs.readText(`${ctx.cwd}/jobs.json`)) as {
      jobs: { job: string; name: string; status: string }[];
    };
    return jobs.map(({ job, name, status }) => [job, name, status]);
  };
  equal(await kedroAzureml("submit main --name fox"), 0, ctx.stderr());
  equal(await kedroAzureml("rerun fox --name owl --wait --output-file jobs.json"), 0, ctx.stderr());
  deepEqual(await written(), [["main", "owl", "Completed"]]);
  equal(await kedroAzureml("rerun fox --name bear --output-file jobs.json"), 5, ctx.stderr());
  deepEqual(await written(), []);
});

for (
  const line of ["submit main --env-var DB_PASSWORD=hunter2 --dry-run --json", "rerun first --dry-run --json"]
) {
  Deno.test(`${line} masks secret values`, async () => {
    const { ctx, kedroAzureml } = makeWorld();
    await kedroAzureml("submit main --name first --env-var DB_PASSWORD=hunter2");
    equal(await kedroAzureml(line), 0, ctx.stderr());
    match(ctx.stdout(), /"DB_PASSWORD":"\*\*\*"/);
    doesNotMatch(ctx.stdout(), /hunter2/);
  });
}

Deno.test("job compare reports no changes for rerun --from-failed", async () => {
  const { kedroAzureml, printed } = makeWorld(FAILING);
  await kedroAzureml(RUN);
  await kedroAzureml("rerun first --from-failed --name second");
  for (const line of ["job compare first second --json", "job compare second first --json"]) {
    const { changes } = JSON.parse(await printed(line));
    deepEqual(changes, []);
  }
});

Deno.test("rerun submits one job after a failed request", async () => {
  const first = "submit -j main --name first --wait-for-completion --snapshot /snapshot.json";
  for await (
    const { what, exit, ctx, azure } of eachRequestFailing([first, "rerun first --from-failed"], FAILING)
  ) {
    equal(exit, 0, `${what}\n${ctx.stderr()}`);
    equal(azure.resources("jobs").length, 2, what);
  }
});

for (const line of ["rerun", "rerun --from-failed", "diff -j main --against"]) {
  Deno.test(`${line} rejects a step of a job`, async () => {
    const { ctx, kedroAzureml } = makeWorld();
    await kedroAzureml(RUN);
    const before = ctx.stdout().length;
    await kedroAzureml("job show first --json");
    const [{ run }] = JSON.parse(ctx.stdout().slice(before)).steps;
    equal(await kedroAzureml(`${line} ${run}`), 5);
    match(ctx.stderr(), /".+" is step "clean" of job "first", not a job/);
  });
}

Deno.test("diff finds no changes after a rerun of a partial rerun", async () => {
  const { ctx, kedroAzureml, printed } = makeWorld(FAILING);
  await kedroAzureml(RUN);
  await ctx.clock.sleep(1000);
  await kedroAzureml("rerun first --from-failed --name second");
  await ctx.clock.sleep(1000);
  await kedroAzureml("rerun second --name third");
  match(await printed("diff -j main --exit-code"), /^No changes in job main since run third \(\w+\)\n$/);
});
