import { deepEqual, equal, match } from "node:assert/strict";
import type { EmulatorOptions } from "../../fakes/emulator.ts";
import type { Loose } from "../client.ts";
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

Deno.test("emulator writes a line to the log of a step for each second, and one at its end", async () => {
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

Deno.test("emulator gives the address of a log by which no other log can be read", async () => {
  const { ask, ids, read } = await submitted(60_000);
  const { body: { logFiles } } = await ask("GET", `${RUNS}/${ids.a}/details`);
  const url = logFiles["user_logs/std_log.txt"];
  match(url, /[?&]sr=b&sp=r$/);
  match(await read(url.replace(ids.a, ids.b)), /<Code>AuthenticationFailed<\/Code>/);
});

Deno.test("emulator writes a system log once a step prepares, which a queued step does not", async () => {
  const pace = { ...PACE, stepPreparesMs: 500 };
  const files = async (afterMs: number, options: EmulatorOptions = {}) => {
    const { ask, ids } = await submitted(afterMs, { pace, ...options });
    return Object.keys((await ask("GET", `${RUNS}/${ids.a}/details`)).body.logFiles);
  };
  const system = "system_logs/lifecycler/lifecycler.log";
  deepEqual([await files(2200), await files(2600), await files(3000)], [[], [system], [
    system,
    "user_logs/std_log.txt",
  ]]);
  deepEqual(await files(2600, { pace: PACE }), []);
});

Deno.test("emulator names no compute of a step that reuses an earlier run", async () => {
  const { ask, wait } = await submitted(60_000, { outcome: { reusedSteps: ["a"] } });
  await ask("PUT", `${ID}/jobs/j2`, { body: job() });
  wait(60_000);
  const { body: { value } } = await ask("GET", `${RUNS}/j2/children`);
  const computes = value.map(({ displayName, compute }: Loose) => [displayName, compute?.target ?? null]);
  deepEqual(computes.toSorted(), [["a", null], ["b", "cpu"]]);
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

Deno.test("emulator finds artifacts of a run by their prefix and their path", async () => {
  const artifacts = {
    "outputs/metrics.json": "{}",
    "outputs/plots/a.png": "x",
    "old/outputs/plots/a.png": "x",
  };
  const { ask, ids, read } = await submitted(60_000, { outcome: { artifacts } });
  const get = async (path: string) => await ask("GET", `${RUNS}/${ids.a}/artifacts${path}`);
  const paths = async (path: string) =>
    (await get(path)).body.value.map((file: { readonly path: string }) => file.path);
  const all = await paths("");
  deepEqual(Object.keys(artifacts).every((path) => all.includes(path)), true);
  deepEqual(await paths("/prefix/contentinfo?path=outputs/plots"), ["outputs/plots/a.png"]);
  deepEqual(await paths("/prefix/contentinfo"), all);
  const { body } = await get("/contentinfo?path=outputs/metrics.json");
  deepEqual([body.path, body.container, await read(body.contentUri)], [
    "outputs/metrics.json",
    `dcid.${ids.a}`,
    "{}",
  ]);
  equal((await get("")).body.value[0].contentUri, undefined);
  for (
    const [path, message] of [
      ["/contentinfo?path=gone", "Artifact gone was not found"],
      ["/contentinfo", "Artifact  was not found"],
      ["/other", "This emulator has no operation other"],
      ["/other?path=outputs/metrics.json", "This emulator has no operation other"],
    ] as const
  ) {
    const { status, body: { error, componentName } } = await get(path);
    deepEqual([status, error.code, error.message, componentName], [404, "UserError", message, "run-history"]);
  }
});

Deno.test("emulator lists artifacts in pages of 100", async () => {
  const artifacts = Object.fromEntries(
    Array.from({ length: 150 }, (_, at) => [`outputs/${String(at).padStart(3, "0")}.txt`, ""]),
  );
  const { ask, ids } = await submitted(60_000, { outcome: { artifacts } });
  const page = async (query: string) => (await ask("GET", `${RUNS}/${ids.a}/artifacts${query}`)).body;
  const first = await page("");
  const second = await page(`?continuationToken=${first.continuationToken}`);
  deepEqual([first.value.length, first.continuationToken, second.continuationToken], [100, "100", null]);
  const paths = [...first.value, ...second.value].map(({ path }: { readonly path: string }) => path);
  deepEqual([paths.length > 150, new Set(paths).size === paths.length], [true, true]);
});

/** Lists the blobs below a prefix in the container of a datastore. */
async function blobsBelow(
  { emulator }: Pick<ReturnType<typeof createClient>, "emulator">,
  prefix: string,
  store = "workspaceblobstore",
) {
  const datastore = emulator.resources("datastores").find(({ name }) => name === store)!;
  const { accountName, containerName } = datastore.properties as Record<string, string>;
  const authorization = `Bearer ${emulator.issueToken("https://storage.azure.com")}`;
  const query = new URLSearchParams({ restype: "container", comp: "list", prefix });
  const url = `https://${accountName}.blob.core.windows.net/${containerName}?${query}`;
  const answer = await emulator.fetch(new Request(url, { headers: { authorization } }));
  return [...(await answer.text()).matchAll(/<Name>([^<]*)</g)].map(([, name]) => name);
}

Deno.test("emulator lists the logs and artifacts of runs as blobs of the artifact datastore", async () => {
  const client = await submitted(60_000, { outcome: { artifacts: { "outputs/a.txt": "a" } } });
  const below = async (id: string | undefined, of = client, store?: string) => {
    const prefix = `ExperimentRun/dcid.${id}/`;
    const names = await blobsBelow(of, prefix, store ?? "workspaceartifactstore");
    return names.map((name) => name!.slice(prefix.length));
  };
  deepEqual(await below(client.ids.a), ["outputs%2Fa.txt", "user_logs/std_log.txt"]);
  deepEqual(await below("j1"), [
    "logs/azureml/executionlogs.txt",
    "logs/azureml/stderrlogs.txt",
    "logs/azureml/stdoutlogs.txt",
  ]);
  deepEqual(await below("gone"), []);
  deepEqual(await below(client.ids.a, client, "workspaceblobstore"), []);
  deepEqual(
    await blobsBelow(client, "ExperimentRun/", "workspaceartifactstore").then((all) => all.length),
    5,
  );
  const running = await submitted(4000, { outcome: { artifacts: { "outputs/a.txt": "a" } } });
  deepEqual(await below(running.ids.a, running), ["user_logs/std_log.txt"]);
  deepEqual(await below("j1", await submitted(0)), []);
});

Deno.test("emulator stores output files only for completed steps", async () => {
  const outcome = { outputs: { out: { "x.csv": "1", "deep/y.csv": "2" } } };
  const completed = await submitted(60_000, { outcome });
  const prefix = `azureml/${completed.ids.a}/`;
  deepEqual(await blobsBelow(completed, prefix), [`${prefix}out/deep/y.csv`, `${prefix}out/x.csv`]);
  deepEqual(await blobsBelow(completed, "azureml/other/"), []);
  deepEqual(await blobsBelow(completed, "x/"), []);
  deepEqual(await blobsBelow(completed, prefix, "workspaceartifactstore"), []);
  const running = await submitted(4000, { outcome });
  deepEqual(await blobsBelow(running, `azureml/${running.ids.a}/`), []);
});

Deno.test("emulator names an output's data asset as the step or the job says, or else after the run", async () => {
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

Deno.test("emulator resolves the data of outputs to the folder of their run", async () => {
  const { ask, ids } = await submitted(60_000, {}, ({ jobs }) => {
    Object.assign(jobs.b.outputs.out, { name: "model" });
  });
  const outputs = async (step: string) => {
    const url = `https://eastus.api.azureml.ms/history/v1.0${ID}/rundata`;
    const { body } = await ask("POST", url, { body: { runId: ids[step] } });
    return body.runMetadata.outputs.out.assetId as string;
  };
  const resolve = async (body: object, workspace = ID) =>
    await ask(
      "POST",
      `https://eastus.api.azureml.ms/data/v1.0${workspace}/dataversion/batchGetResolvedUris`,
      { body },
    );
  const [one, two] = [await outputs("a"), await outputs("b")];
  const { body } = await resolve({ values: [one, two, "azureml://other/data/x/versions/1"] });
  const uris = Object.entries(body.values as Record<string, { readonly uri: string }>).map((
    [id, { uri }],
  ) => [
    id,
    uri.split("/paths/")[1],
  ]);
  deepEqual(uris, [[one, `azureml/${ids.a}/out/`], [two, `azureml/${ids.b}/out/`]]);
  equal((await resolve({})).status, 400);
  equal((await resolve({ values: [] }, ID.replace("/ws", "/other"))).status, 404);
});

Deno.test("emulator cancels and lists jobs through run history", async () => {
  const { ask, emulator, wait } = await submitted(4000);
  equal((await ask("GET", `${RUNS}/j1/cancel`)).status, 404);
  equal((await ask("POST", `${RUNS}/j1/cancel`)).body.status, "CancelRequested");
  wait(1000);
  equal(emulator.jobStatus("j1"), "Canceled");
  const { body } = await ask("POST", `${RUNS}:query`, { body: {} });
  deepEqual(body.value.map(({ runId, status }: Record<string, string>) => [runId, status]), [
    ["j1", "Canceled"],
  ]);
});
