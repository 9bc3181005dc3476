import { deepStrictEqual, equal, match, ok } from "node:assert/strict";
import { run } from "../../../src/cli/command_line.ts";
import { SIGNED_IN } from "../../fakes/seed.ts";
import { makeWorld, type WorldOptions } from "../world.ts";

/** Submits the golden job, waits for it, and runs further lines; the last must print JSON. */
async function submitAndRun(options: WorldOptions, ...lines: readonly string[]) {
  const { ctx, azure, kedroAzureml } = makeWorld(options);
  const submit = "submit -j main --wait-for-completion --name first";
  equal(await kedroAzureml(submit), 0, ctx.stderr());
  const asked = azure.requests.length;
  let before = 0;
  for (const line of lines) {
    before = ctx.stdout().length;
    equal(await kedroAzureml(line), 0, ctx.stderr());
  }
  const { files } = JSON.parse(ctx.stdout().slice(before));
  const paths: string[] = files.map(({ path }: { path: string }) => path.replace("/tmp/here/", "")).sort();
  return { ctx, files, paths, requests: azure.requests.slice(asked) };
}

const DOWNLOAD = "job download first -o /tmp/here --json";

const OUTPUTS = {
  cleaned: { "part-0.csv": "a,b\n", "nested/part-1.csv": "1,2\n" },
  // This name starts with that of the first output.
  cleaned_too: { "x.csv": "x" },
};

const KINDS: readonly (readonly [string, WorldOptions["emulator"]])[] = [
  ["with the datastore's SAS", { outcome: { outputs: OUTPUTS } }],
  ["with the identity's own token if the datastore has no key", {
    outcome: { outputs: OUTPUTS },
    storage: "identity",
  }],
  ["with the identity's own token if reading the SAS is denied", {
    outcome: { outputs: OUTPUTS },
    deniedActions: ["*/listSecrets/action"],
  }],
];

for (const [how, emulator] of KINDS) {
  Deno.test(`job download --outputs fetches named outputs ${how}`, async () => {
    const { paths, ctx } = await submitAndRun({ emulator: emulator! }, `${DOWNLOAD} --outputs`);
    deepStrictEqual(paths, [
      "first/clean/named-outputs/cleaned/nested/part-1.csv",
      "first/clean/named-outputs/cleaned/part-0.csv",
    ]);
    equal(await ctx.fs.readText(`/tmp/here/${paths[1]}`), "a,b\n");
    ok(!/sig=/.test(ctx.stdout() + ctx.stderr()));
  });
}

Deno.test("job download --outputs does not read unchanged files again", async () => {
  const { files, requests } = await submitAndRun(
    { emulator: { outcome: { outputs: OUTPUTS } } },
    `${DOWNLOAD} --outputs`,
    `${DOWNLOAD} --outputs`,
  );
  deepStrictEqual(files.map(({ wasThere }: { wasThere: boolean }) => wasThere), [true, true]);
  const read = requests.filter(({ method, url }) => method === "GET" && /part-\d/.test(url.split("?")[0]!));
  equal(read.length, 2);
});

Deno.test("job download fails for a run without files", async () => {
  const env = { ...SIGNED_IN, KEDRO_AZUREML_EMULATOR: "https://127.0.0.1:1" };
  const { ctx, kedroAzureml } = makeWorld({ env });
  const refused = async (line: string) => {
    equal(await kedroAzureml(`${line} --json`), 5, line);
    const { code, message, hint } = JSON.parse(ctx.stderr().trim().split("\n").at(-1)!).error;
    return [code, message, hint];
  };
  equal(await kedroAzureml("submit main --name first"), 0, ctx.stderr());
  for (const options of ["", " --dataset cleaned", " --dataset Cleaned", " --dataset summary --step count"]) {
    deepStrictEqual(await refused(`job download first${options}`), [
      "download.nothing",
      'Job "first" has no files to download (status: NotStarted)',
      "Run `kedro-azureml job show first` to see its steps",
    ]);
  }
  equal(await kedroAzureml("job follow first"), 0, ctx.stderr());
  deepStrictEqual(await refused("job download first --outputs"), [
    "download.nothing",
    'Job "first" has no files to download (status: Completed)',
    "Steps write no files if the emulator simulates them; start it with `--run-steps` to run them",
  ]);
});

for (
  const [line, said] of [
    [
      "--dataset raw",
      /^error: No step of job "first" writes dataset "raw"\n {2}outputs: cleaned, summary\nhint: Pass one of them to `--dataset`$/m,
    ],
    ["--dataset cleand", /writes dataset "cleand" \(did you mean "cleaned"\?\)\n/],
    ["--dataset raw --json", /"code":"download.no_dataset"/],
    [
      "--dataset summary --step clean",
      /^error: Step "clean" of job "first" does not write dataset "summary"\n/m,
    ],
  ] as const
) {
  Deno.test(`job download ${line} fails for a dataset without files`, async () => {
    const { ctx, kedroAzureml } = makeWorld({ emulator: { outcome: { outputs: OUTPUTS } } });
    await kedroAzureml("submit -j main --wait-for-completion --name first");
    equal(await kedroAzureml(`job download first ${line}`), 2);
    match(ctx.stderr(), said);
  });
}

Deno.test("job logs and job download read a reused step from its first run", async () => {
  const { ctx, azure, kedroAzureml, printed } = makeWorld({
    emulator: {
      outcome: { outputs: OUTPUTS, reusedSteps: ["clean"], artifacts: { "outputs/m.json": "{}" } },
    },
  });
  equal(await kedroAzureml("submit -j main --wait-for-completion --name first"), 0, ctx.stderr());
  equal(await kedroAzureml("submit -j main --wait-for-completion --name second"), 0, ctx.stderr());
  const { files } = JSON.parse(await printed("job download second -o /tmp/here --json --step clean"));
  deepStrictEqual(files.map(({ path }: { path: string }) => path).sort(), [
    "/tmp/here/second/clean/outputs/m.json",
    "/tmp/here/second/clean/user_logs/std_log.txt",
  ]);
  equal(await kedroAzureml("job logs second --step clean"), 0, ctx.stderr());
  match(ctx.stdout(), /Running node: clean/);
  equal(azure.resources("jobs").length, 2);
});

Deno.test("job download --outputs --json prints the version of a data asset", async () => {
  const outputs = { intermediate_asset: { "mid.pkl": "1" }, final_asset: { "final.json": "{}" } };
  const { ctx, kedroAzureml, printed } = makeWorld({
    project: "assetlab",
    emulator: { seed: { dataOnDemand: true }, outcome: { outputs } },
  });
  for (const name of ["first", "second"]) {
    equal(await kedroAzureml(`submit -j assets --wait-for-completion --name ${name}`), 0, ctx.stderr());
  }
  const { files } = JSON.parse(await printed("job download second -o /tmp/here --outputs --json"));
  const assets = files.map((
    { asset, path }: { asset?: string; path: string },
  ) => [path.split("/").at(-2), asset]);
  deepStrictEqual(assets.sort(), [
    ["final_asset", "final-asset:2"],
    ["intermediate_asset", "intermediate-asset:2"],
  ]);
});

Deno.test("job download --outputs suggests `az ml model download` for a model", async () => {
  const emulator = { outcome: { outputs: { cleaned: { "part-0.csv": "a" } } } };
  const { ctx, azure, kedroAzureml } = makeWorld({ emulator });
  equal(await kedroAzureml("submit -j main --wait-for-completion --name first"), 0, ctx.stderr());
  const fetch = async (request: Request) => {
    const answer = await azure.fetch(request);
    if (!/json/.test(answer.headers.get("content-type") ?? "")) return answer;
    const text = (await answer.text()).replaceAll('"UriFolder"', '"CustomModel"');
    return new Response(text, answer);
  };
  equal(await run("job download first --outputs -o /tmp/here --json".split(" "), { ...ctx, fetch }), 5);
  ok(ctx.stderr().includes('"code":"download.model"'), ctx.stderr());
  match(ctx.stderr(), /az ml model download/);
});

Deno.test("job download --logs --outputs fetches all files of a run", async () => {
  const artifacts = { "outputs/a.txt": "x", "other/b.txt": "x" };
  const emulator = { outcome: { outputs: OUTPUTS, artifacts } };
  const pathsOf = async (options: string) => {
    const { paths } = await submitAndRun({ emulator }, `${DOWNLOAD} --step clean${options}`);
    return paths.map((path) => path.replace("first/clean/", "")).filter((path) => !/^system_logs/.test(path));
  };
  const named = ["named-outputs/cleaned/nested/part-1.csv", "named-outputs/cleaned/part-0.csv"];
  const log = "user_logs/std_log.txt";
  deepStrictEqual(await pathsOf(""), ["other/b.txt", "outputs/a.txt", log]);
  deepStrictEqual(await pathsOf(" --logs"), [log]);
  deepStrictEqual(await pathsOf(" --outputs"), [...named, "outputs/a.txt"]);
  deepStrictEqual(await pathsOf(" --logs --outputs"), [...named, "other/b.txt", "outputs/a.txt", log]);
});

Deno.test("job download --outputs warns about an output outside blob storage", async () => {
  const { ctx, azure, kedroAzureml } = makeWorld({ emulator: { outcome: { outputs: OUTPUTS } } });
  equal(await kedroAzureml("submit -j main --wait-for-completion --name first"), 0, ctx.stderr());
  for (const { properties } of azure.resources("datastores")) {
    delete (properties as Record<string, unknown>).containerName;
  }
  equal(await kedroAzureml(`${DOWNLOAD} --logs --outputs`), 0, ctx.stderr());
  match(
    ctx.stderr(),
    /"code":"datastore.no_container",.*\\"cleaned\\" of step \\"clean\\" is not downloaded: /,
  );
  match(ctx.stdout(), /user_logs/);
});
