import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { openJournal } from "../../../src/emulator/state/journal.ts";
import type { StepExecution } from "../../../src/emulator/state/records.ts";
import type { JobRecord } from "../../../src/emulator/state/world.ts";
import { exited, fakeContext } from "../../fakes/context.ts";
import type { CreateOptions } from "../../fakes/emulator.ts";
import { createClient, ID, job, register, WORKSPACE } from "../two_steps.ts";

const ORIGIN = "https://127.0.0.1:4711";

/**
 * Starts an emulator that runs no steps, with the state of one that did: its job `j1` was running when that ended.
 *
 * @param change Changes the record of the job.
 */
async function resumed(
  steps: Readonly<Record<string, StepExecution>>,
  change: Partial<JobRecord> = {},
  later: Pick<CreateOptions, "run"> = {},
) {
  const { fs, clock, random } = fakeContext();
  const disk = { fs, folder: "/state" };
  const open = async (more: Pick<CreateOptions, "run"> = {}) => {
    const { maps, flush } = await openJournal(disk, ORIGIN);
    return {
      client: createClient({ ...more, clock, random, disk, maps, flush, pace: { prepareMs: 3_600_000 } }),
      maps,
      flush,
    };
  };
  const { client, maps, flush } = await open();
  await register(client);
  await client.ask("PUT", `${ID}/jobs/j1`, { body: job() });
  const jobs = maps.of("jobs") as Map<string, JobRecord>;
  const [key, record] = [...jobs][0]!;
  jobs.set(key, { ...record, execution: { steps }, ...change });
  await flush();
  const again = await open(later);
  const { body } = await again.client.ask(
    "GET",
    `https://eastus.api.azureml.ms/history/v1.0${ID}/experiments/exp/runs/j1/children`,
  );
  return {
    status: again.client.emulator.jobStatus("j1"),
    steps: Object.fromEntries(
      body.value.map((run: { readonly displayName: string; readonly status: string }) => [
        run.displayName,
        run.status,
      ]),
    ),
  };
}

const STARTED = { folder: "/state/runs/j1/a", queuedAt: 1, startedAt: 2 };

Deno.test("restarted emulator fails unfinished steps", async () => {
  deepEqual(await resumed({ a: { ...STARTED, endedAt: 3, end: "Completed" }, b: STARTED }), {
    status: "Failed",
    steps: { a: "Completed", b: "Failed" },
  });
});

Deno.test("restarted emulator does not resume a canceled job", async () => {
  const programs: string[] = [];
  const machine = {
    ...fakeContext(),
    exec: async (program: string) => {
      programs.push(program);
      return exited();
    },
  };
  const run = { parallelSteps: 1, folder: "/state", machine };
  deepEqual(await resumed({ a: STARTED }, { cancelAskedAt: 3 }, { run }), {
    status: "Canceled",
    steps: { a: "Canceled" },
  });
  deepEqual(programs, []);
  await resumed({ a: STARTED }, {}, { run });
  ok(programs.length > 0, "another job is resumed");
});

Deno.test("emulator saves its state after each request", async () => {
  let saved = 0;
  const { emulator, ask } = createClient({ flush: async () => void saved++ });
  await ask("GET", ID);
  await ask("GET", ID);
  equal(saved, 2);
  const signal = AbortSignal.abort(new Error("Gone"));
  await rejects(emulator.fetch(new Request("https://management.azure.com", { signal })), { message: "Gone" });
});

Deno.test("restarted emulator keeps its secret and workspace id", async () => {
  const { fs, random } = fakeContext();
  const disk = { fs, folder: "/state" };
  const open = async (secret?: string) => {
    const { maps, flush } = await openJournal(disk, ORIGIN);
    const seed = { workspaces: [WORKSPACE], ...(secret !== undefined && { secret }) };
    const { emulator, ask } = createClient({ random, disk, maps, flush, seed });
    const { body } = await ask("GET", ID);
    await flush();
    return [emulator.identity.secret, body.properties.workspaceId];
  };
  const first = await open("first");
  equal(first[0], "first");
  deepEqual(await open("second"), first);
  deepEqual(await open(), first);
});
