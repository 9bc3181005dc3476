import { deepEqual, equal } from "node:assert/strict";
import type { AppEvent } from "../../../src/app/context.ts";
import { compileJob } from "../../../src/app/project/compile_job.ts";
import { selectJobs } from "../../../src/app/project/select_jobs.ts";
import { readSubmissionInputs } from "../../../src/app/project/submission_inputs.ts";
import { sendJobs } from "../../../src/app/submit/submit.ts";
import { UserError } from "../../../src/core/errors.ts";
import type { Callback } from "../../../src/kedro/callback.ts";
import { SIGNED_IN } from "../../fakes/seed.ts";
import { makeWorld, type World } from "../world.ts";

/** Sends the jobs `main` and `one`; returns what happened to each, and the events. */
async function sent(options: Parameters<typeof sendJobs>[3], world: World = makeWorld()) {
  const events: AppEvent[] = [];
  const ctx = { ...world.ctx, report: (event: AppEvent) => void events.push(event) };
  const names = ["main", "one"];
  const selected = await selectJobs(ctx, { kedroEnv: "prod", names });
  const specs = await Promise.all(
    names.map(async (name) => (await compileJob(ctx, selected, name, {})).spec),
  );
  const inputs = await readSubmissionInputs(ctx, selected);
  const results = sendJobs(ctx, specs, inputs, options);
  const shown = (await Array.fromAsync(results)).map((result) => {
    if (result.type === "skipped") return `${result.job} skipped because of ${result.because}`;
    if (result.type === "failed") {
      return `${result.job} failed ${result.name !== undefined}: ${result.error.code}`;
    }
    return `${"run" in result ? result.run.job : result.job.job} ${result.type}`;
  });
  return { shown, events };
}

function prod(options: Parameters<typeof makeWorld>[0] = {}): World {
  const world = makeWorld(options);
  world.ctx.files.set(`${world.ctx.cwd}/conf/prod/catalog.yml`, new Uint8Array());
  return world;
}

const FAILING = {
  shown: "shop:tell",
  call: () => Promise.reject(new UserError("It failed", { code: "callback.failed" })),
} as unknown as Callback;

for (
  const [what, options, emulator, expected] of [
    ["with --wait skips the second after the first failed", { wait: true }, {
      outcome: { failingSteps: { clean: "No" } },
    }, ["main submitted", "main ended", "one skipped because of main"]],
    [
      "with --wait skips the second after a failed callback",
      { wait: true, callback: FAILING },
      {},
      ["main submitted", "main callback_failed", "main ended", "one skipped because of main"],
    ],
    ["with --timeout skips the second after the first timed out", { wait: true, timeoutMs: 60_000 }, {
      pace: { stepMs: 3_600_000 },
    }, ["main submitted", "main failed true: job.timed_out", "one skipped because of main"]],
  ] as const
) {
  Deno.test(`submit of two jobs ${what}`, async () => {
    const { shown } = await sent(options, prod({ emulator }));
    deepEqual(shown, expected);
  });
}

Deno.test("submit of two jobs registers the same components once", async () => {
  const world = prod({ env: { ...SIGNED_IN, CI: "true", BUILD_NUMBER: "7" } });
  const { events } = await sent({}, world);
  equal(
    events.findIndex(({ type }) => type === "identity") < events.findIndex(({ type }) => type === "sending"),
    true,
  );
  const records = [...world.ctx.files].filter(([path]) => path.includes("/kedro-azureml/jobs/"));
  const envs = records.map(([, bytes]) => JSON.parse(new TextDecoder().decode(bytes)).env);
  deepEqual(envs, ["prod", "prod"]);
  const [{ properties }] = world.azure.resources("jobs") as unknown as [
    { properties: { tags: Record<string, string> } },
  ];
  deepEqual([properties.tags["ci.job"], properties.tags["ci.env"]], ["main", "prod"]);
  const before = world.azure.requests.length;
  await sent({}, world);
  const components = world.azure.requests.slice(before).filter(({ url }) => url.includes("/components/"));
  deepEqual(components.map(({ method }) => method), []);
});

for (
  const [what, options, code] of [
    ["one name for several jobs", "--name fox", "usage.name_of_several"],
    ["an unknown workspace", "-w othr", "workspace.unknown"],
  ] as const
) {
  Deno.test(`submit --package rejects ${what}`, async () => {
    const { azure, ctx, kedroAzureml } = makeWorld();
    equal(await kedroAzureml("pack main one -o jobs.kap"), 0, ctx.stderr());
    equal(
      await kedroAzureml(`submit --package jobs.kap ${options} --output-file jobs.json --json`) > 1,
      true,
    );
    equal(JSON.parse(ctx.stderr().trim().split("\n").at(-1)!).error.code, code);
    deepEqual([azure.requests, ctx.files.has(`${ctx.cwd}/jobs.json`)], [[], false]);
  });
}

Deno.test("submit asks for each token once", async () => {
  const { azure, ctx, kedroAzureml } = makeWorld();
  equal(await kedroAzureml("submit main"), 0, ctx.stderr());
  const asked = azure.requests.filter(({ url }) => url.includes("/oauth2/v2.0/token"))
    .map(({ body }) => (body as { readonly scope: string }).scope);
  deepEqual(asked, [...new Set(asked)]);
  equal(asked.length > 0, true);
});

Deno.test("submit fails for a stopped compute without --allow compute.stopped", async () => {
  const computes = [{ name: "cpu-cluster", kind: "ComputeInstance", state: "Stopped" }] as const;
  const { azure, ctx, kedroAzureml } = makeWorld({ emulator: { seed: { computes } } });
  equal(await kedroAzureml("submit main --json") > 1, true, ctx.stderr());
  equal(JSON.parse(ctx.stderr().trim().split("\n").at(-1)!).error.code, "compute.stopped");
  equal(azure.resources("jobs").length, 0);
  equal(await kedroAzureml("submit main --allow compute.stopped"), 0, ctx.stderr());
  equal(await kedroAzureml("diff main"), 0, ctx.stderr());
});
