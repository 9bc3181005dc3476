import { deepEqual, equal, match } from "node:assert/strict";
import type { EmulatorOptions } from "../../fakes/emulator.ts";
import { createClient, ID, job, register } from "../two_steps.ts";

const RUNS = `https://eastus.api.azureml.ms/history/v1.0${ID}/runs`;
const PACE = { prepareMs: 2000, stepMs: 4000, parallelSteps: 2, cancelMs: 1000 };

/** Submits the job of two steps, and waits until `afterMs` after that. */
async function submitted(
  afterMs: number,
  options: EmulatorOptions = {},
  change: (
    properties: ReturnType<typeof job>["properties"],
    client: ReturnType<typeof createClient>,
  ) => unknown = () => {},
) {
  let now = Date.parse("2026-01-01T00:00:00Z");
  const client = createClient({
    clock: { now: () => new Date(now), sleep: async () => {} },
    pace: PACE,
    ...options,
  });
  await register(client);
  const body = job();
  await change(body.properties, client);
  equal((await client.ask("PUT", `${ID}/jobs/j1`, { body })).status, 201);
  now += afterMs;
  const { body: { value } } = await client.ask("GET", `${RUNS}/j1/children`);
  const ids = Object.fromEntries(
    value.map((run: { displayName: string; runId: string }) => [run.displayName, run.runId]),
  );
  const read = async (url: string) => await (await client.emulator.fetch(new Request(url))).text();
  const log = async (step: string) => {
    const { body } = await client.ask("GET", `${RUNS}/${ids[step]}/details`);
    return await read(body.logFiles["user_logs/std_log.txt"]);
  };
  return { ...client, ids, log, read, wait: (ms: number) => void (now += ms) };
}

Deno.test("emulator writes a line per second to a step's log", async () => {
  const lines = (log: string) => log.trimEnd().split("\n");
  const running = await submitted(5000);
  deepEqual(lines(await running.log("a")), [
    "[2026-01-01 00:00:03Z] INFO     Running node: a",
    "[2026-01-01 00:00:04Z] INFO     a has run for 1 s",
    "[2026-01-01 00:00:05Z] INFO     a has run for 2 s",
  ]);
  const all = lines(await (await submitted(60_000)).log("a"));
  deepEqual(all.slice(-2), [
    "[2026-01-01 00:00:06Z] INFO     a has run for 3 s",
    "[2026-01-01 00:00:06Z] INFO     Pipeline execution completed successfully.",
  ]);
});

Deno.test("emulator's URL of a log opens no other log", async () => {
  const { ask, ids, read } = await submitted(60_000);
  const { body: { logFiles } } = await ask("GET", `${RUNS}/${ids.a}/details`);
  const url = logFiles["user_logs/std_log.txt"];
  match(url, /[?&]sr=b&sp=r$/);
  match(await read(url.replace(ids.a, ids.b)), /<Code>AuthenticationFailed<\/Code>/);
});

Deno.test("emulator writes the nodes of a grouped step to its log", async () => {
  const group = (properties: ReturnType<typeof job>["properties"]) =>
    Object.assign(properties.jobs.a, {
      environment_variables: { KEDRO_AZUREML_GROUP: JSON.stringify(["load", "clean", "save"]) },
    });
  equal(
    await (await submitted(4000, {}, group)).log("a"),
    "kedro-azureml: node 1/3 load: started\nkedro-azureml: node 1/3 load: completed in 1 s\n" +
      "kedro-azureml: node 2/3 clean: started\n",
  );
  const single = (properties: ReturnType<typeof job>["properties"]) =>
    Object.assign(properties.jobs.a, { environment_variables: { KEDRO_AZUREML_GROUP: '["only"]' } });
  equal(await (await submitted(4000, {}, single)).log("a"), "kedro-azureml: node 1/1 only: started\n");
  const last = await (await submitted(40_000, { pace: { ...PACE, stepMs: 60_000 } }, group)).log("a");
  equal(last.split("\n").at(-2), "kedro-azureml: node 3/3 save: started");
  const failed = await submitted(60_000, { outcome: { failingSteps: { a: "ValueError: no" } } }, group);
  match(
    await failed.log("a"),
    /node 2\/3 clean: completed in 1 s\nkedro-azureml: node 3\/3 save: started\n\[.*\] ERROR {4}ValueError: no\nkedro-azureml: node 3\/3 save: failed in 1 s with exit code 1\n$/,
  );
});

Deno.test("emulator names an output's data asset after its run by default", async () => {
  const rundata = async (change: Parameters<typeof submitted>[2], step = "a") => {
    const { ask, ids } = await submitted(60_000, {}, change);
    const url = `https://eastus.api.azureml.ms/history/v1.0${ID}/rundata`;
    const { body } = await ask("POST", url, { body: { runId: ids[step] } });
    const { assetId, type } = body.runMetadata.outputs.out;
    return [assetId.split("/data/")[1].replace(ids[step], "RUN"), type];
  };
  deepEqual(await rundata(undefined), ["azureml_RUN_output_data_out/versions/1", "UriFolder"]);
  const named = await rundata(({ jobs }) => Object.assign(jobs.a.outputs.out, { name: "model" }));
  deepEqual(named, ["model/versions/1", "UriFolder"]);
  for (const value of ["${{parent.outputs.made}}", "${{ parent.outputs.made }}"]) {
    const bound = await rundata((properties) => {
      Object.assign(properties, { outputs: { made: { jobOutputType: "uri_folder", assetName: "asset" } } });
      Object.assign(properties.jobs.b.outputs, { out: { value, type: "literal" } });
    }, "b");
    deepEqual(bound, ["asset/versions/1", "UriFolder"], value);
  }
});
