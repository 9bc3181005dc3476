import assert from "node:assert/strict";
import type { ServeOptions } from "../../../src/core/context.ts";
import { SIGNED_IN } from "../../fakes/seed.ts";
import { type RunStep, stepPrograms, writesOutputs } from "../../fakes/step_programs.ts";
import { run } from "../../../src/cli/command_line.ts";
import type { FileView } from "../../../src/page/view.ts";
import { makeWorld, type WorldOptions } from "../world.ts";
import { assertTranscript, transcriptOf } from "../transcript.ts";

/** Random names of jobs. */
const JOB_NAME = /\b[a-z]+_[a-z]+_[a-z0-9]{10}\b/g;
/** What the address of a page ends with. */
const PAGE_KEY = /\bkey=[0-9a-z]{28}\b/g;

/** Ids of runs, which depend on earlier requests. */
const RUN_ID = /\b00000000-0000-4000-8000-0000000000[0-9]{2}\b/g;

/** Times, which depend on how often the job was polled. */
const TIME = /\b2026-01-02T[0-9:.]+Z/g;

interface Case {
  readonly name: string;
  readonly line: string;
  readonly step?: RunStep;
  readonly world?: WorldOptions;
}

const cases: readonly Case[] = [
  { name: "prints the steps of a completed job", line: "rehearse main --venv /venv" },
  { name: "--json prints a completed job", line: "rehearse main --venv /venv --json" },
  { name: "runs several jobs", line: "rehearse main one --venv /venv" },
  {
    name: "prints the reason of a failed step",
    line: "rehearse -j main --venv /venv",
    step: ({ line, print }) => {
      print("Error: No such command 'azureml'.\n");
      return line.includes("--node=clean") ? 2 : 0;
    },
  },
  { name: "--fail fails a step", line: "rehearse main --venv /venv --fail count" },
  { name: "--fail accepts another case", line: "rehearse main --venv /venv --fail Count" },
  {
    name: "--nodes runs nodes without a job",
    line: "rehearse -p __default__ --venv /venv -nclean --env-var=LEVEL=1 -e local",
    step: () => 0,
  },
  {
    name: "--quiet prints only the results",
    line: "rehearse main --venv /venv --quiet",
    step: ({ line, write }) => {
      const [, output, path] = /--az-output=(\S+) (\S+?);/.exec(line)!;
      write(`${path}/${output}.json`, '{"test": {"rmse": 0.25}, "best": "small"}');
      write(`${path}/${output}.svg`, "<svg></svg>");
    },
  },
  {
    name: "leaves XDG_STATE_HOME empty",
    line: "rehearse main --venv /venv",
    world: { env: { ...SIGNED_IN, XDG_STATE_HOME: "/home/user/state" } },
  },
  { name: "reports a step without outputs", line: "rehearse main --venv /venv", step: () => 0 },
  { name: "fails for missing data", line: "rehearse assets --venv /venv", world: { project: "assetlab" } },
  {
    name: "fails for a folder in place of a file",
    line: "rehearse assets --venv /venv --data raw-file-asset=conf --data Raw_Folder.Asset=conf",
    world: { project: "assetlab" },
  },
  { name: "--keep rejects a folder with other files", line: "rehearse main --venv /venv --keep ." },
  { name: "--keep accepts a folder with & in its name", line: "rehearse main --venv /venv --keep a&b" },
  { name: "--data fails for a missing path", line: "rehearse main --venv /venv --data rides=no/such.csv" },
  { name: "--venv fails for a missing virtual environment", line: "rehearse main --venv /no/venv" },
  { name: "--python fails for a missing Python", line: "rehearse main --python python9" },
  { name: "--python fails for a non-executable file", line: "rehearse main --python ./pyproject.toml" },
  { name: "--python fails for another program", line: "rehearse main --python mkdir" },
  { name: "--python cannot be combined with --venv", line: "rehearse main --python python3 --venv /venv" },
  { name: "fails without uv and Python", line: "rehearse main" },
  { name: "fails on Windows", line: "rehearse main --venv /venv", world: { platform: "windows" } },
];

for (const { name, line, step = writesOutputs, world } of cases) {
  Deno.test(`rehearse ${name}`, async (t) => {
    const serve = async (_: unknown, { signal }: ServeOptions) => {
      assert.equal(signal.aborted, false);
      return { port: 4711, finished: Promise.resolve() };
    };
    const exec = stepPrograms(() => made.ctx.files, step);
    const made = makeWorld({ serve, exec, ...world });
    const before = [...made.ctx.files.keys()];
    const printed = await transcriptOf(made, [line]);
    assert.deepEqual(made.azure.requests, []);
    const left = [...made.ctx.files.keys()].filter((path) =>
      !before.includes(path) && !path.includes("/.cache/kedro-azureml/snapshots/")
    );
    const places = left.map((path) => /^.*\/rehearsed\/[^/]+\/[^/]+/.exec(path)?.[0] ?? path);
    const text = `${printed}--- files left: ${[...new Set(places)].join(", ") || "none"}\n`;
    const steady = text.replaceAll(JOB_NAME, "NAME").replaceAll(PAGE_KEY, "key=KEY").replaceAll(RUN_ID, "ID")
      .replaceAll(TIME, "TIME")
      .replaceAll(/"durationMs":\d+/g, '"durationMs":0')
      // A busy machine may see a step run before it ends.
      .replaceAll(/^ +(?:\w+|Job NAME): Running\n/gm, "")
      .replaceAll(/^.*"status":"Running".*\n/gm, "")
      .replaceAll(/: Completed (in|after) .*/g, ": Completed $1 TIME");
    await assertTranscript(t, steady, import.meta.url);
  });
}

// The job fails in the end, because these steps write nothing that its last step can mount.
Deno.test("rehearse accepts placeholders in azureml.yml", async () => {
  const serve = () => Promise.resolve({ port: 4711, finished: Promise.resolve() });
  const exec = stepPrograms(() => made.ctx.files, writesOutputs);
  const made = makeWorld({ serve, exec, project: "assetlab" });
  const { fs } = made.ctx;
  const config = "/home/user/assetlab/conf/base/azureml.yml";
  const filledIn = await fs.readText(config);
  await fs.writeText(
    config,
    filledIn.replace(/"1{8}-[^"]+"/, '"<subscription id>"').replace('"ws-golden"', '"<workspace>"')
      .replace('"cpu-cluster"', '"<compute cluster>"').replace(
        '"kedro-env@latest"',
        '"<environment>@latest"',
      ),
  );
  for (const path of ["raw.csv", "folder/part.parquet"]) {
    await fs.writeText(`/home/user/assetlab/data/01_raw/${path}`, "a");
  }
  assert.equal(
    await made.kedroAzureml("rehearse assets --venv /venv --report run.html"),
    1,
    made.ctx.stderr(),
  );
  assert.match(made.ctx.stderr(), /✓ Data asset raw-file-asset: data\/01_raw\/raw\.csv\n/);
  assert.match(made.ctx.stderr(), /✓ Data asset Raw_Folder\.Asset: data\/01_raw\n/);
  assert.doesNotMatch(made.ctx.stderr(), /^(?:warning|error|hint):.*raw-file-asset/im);
  assert.doesNotMatch(made.ctx.stderr(), /placeholder/);
  const before = made.ctx.stderr().length;
  const data = "--data raw-file-asset=data/01_raw/raw.csv";
  assert.equal(await made.kedroAzureml(`rehearse assets --venv /venv ${data}`), 1);
  assert.deepEqual(made.ctx.stderr().slice(before).match(/Data asset .*/g), [
    "Data asset Raw_Folder.Asset: data/01_raw",
  ]);
});

Deno.test("job report --from writes the same page as rehearse --report", async () => {
  const serve = () => Promise.resolve({ port: 4711, finished: Promise.resolve() });
  const exec = stepPrograms(() => made.ctx.files, writesOutputs);
  const made = makeWorld({ serve, exec });
  const run = async (line: string, exit = 0) => {
    const [out, err] = [made.ctx.stdout().length, made.ctx.stderr().length];
    assert.equal(await made.kedroAzureml(line), exit, made.ctx.stderr().slice(err));
    return made.ctx.stdout().slice(out) + made.ctx.stderr().slice(err);
  };
  const pageAt = (path: string) => {
    const html = new TextDecoder().decode(made.ctx.files.get(`/home/user/tiny/${path}`));
    const [, json] = /id="data">(.*?)<\/script>/s.exec(html)!;
    return JSON.parse(json!).view;
  };

  await run("rehearse main one --venv /venv --keep out/kept --report run.html");

  const own = pageAt("run_main.html");
  assert.deepEqual([own.job, own.status, own.steps.length], ["main", "Completed", 2]);
  assert.equal(own.studioUrl, undefined, "the emulator is gone when the page is opened");
  assert.match(own.steps[0].logs[0].text, /Saved/);
  assert.equal(pageAt("run_one.html").job, "one");
  assert.equal(own.steps[1].source, "src/tiny/pipeline_registry.py:9");
  assert.match(
    await run("rehearse main --venv /venv --report no/run.html", 2),
    /^error: Cannot write "no\/run\.html": folder "no" does not exist/,
  );
  assert.match(
    await run("rehearse main --venv /venv --report pyproject.toml", 2),
    /^error: "pyproject\.toml" already exists.*\nhint: Choose another file, or pass `--force`/,
  );

  await made.ctx.fs.writeText("/home/user/tiny/out.d/mine_one", "mine");
  assert.match(
    await run("rehearse main one --venv /venv --report out.d/mine", 2),
    /^error: "out\.d\/mine_one" already exists/,
  );

  const said = await run(`job report ${own.name} --from out/kept -o again.html`);
  assert.match(said, /wrote again\.html/);
  const again = pageAt("again.html");
  assert.equal(again.job, "main", "the name in azureml.yml is kept, too");
  assert.deepEqual(
    again.steps.map(({ key, run, logs }: typeof own.steps[0]) => [key, run, logs]),
    own.steps.map(({ key, run, logs }: typeof own.steps[0]) => [key, run, logs]),
  );
  const written = (await run("job report --from out/kept -o all.html --json")).trim().split("\n")
    .map((line) => JSON.parse(line).name);
  const names = [own.name, pageAt("run_one.html").name];
  assert.deepEqual(written, names, "in the order in which they ran");
  for (const name of names) assert.equal(pageAt(`all_${name}.html`).name, name);
  const errorOf = async (line: string, exit: number) =>
    JSON.parse((await run(`${line} --json`, exit)).trim().split("\n").at(-1)!).error;
  assert.deepEqual(await errorOf("job report nope --from out/kept", 5), {
    code: "kept.no_job",
    message: 'No job "nope" is kept in "out/kept"',
    exit: 5,
    details: [`jobs: ${names.join(", ")}`],
    hint: "Omit the name for all of them",
  });
  await made.ctx.fs.writeText("/home/user/tiny/out/empty/journal.jsonl", "");
  assert.equal((await errorOf("job report nope --from out/empty", 2)).code, "kept.none");
  assert.deepEqual(await errorOf("job report --from conf", 2), {
    code: "kept.none",
    message: 'No jobs are kept in "conf"',
    exit: 2,
    details: [],
    hint: "Pass the folder of `rehearse --keep` or `emulator --state`",
  });
});

Deno.test("job show, logs and download accept --from with a kept folder", async () => {
  const serve = () => Promise.resolve({ port: 4711, finished: Promise.resolve() });
  const exec = stepPrograms(() => made.ctx.files, (step) => {
    writesOutputs(step);
    const [, path] = /--az-output=\S+ (\S+?);/.exec(step.line)!;
    step.write(`${path}/notes.txt`, "3 rows\n");
  });
  const made = makeWorld({ serve, exec });
  const run = async (line: string, exit = 0) => {
    const [out, err] = [made.ctx.stdout().length, made.ctx.stderr().length];
    assert.equal(await made.kedroAzureml(line), exit, made.ctx.stderr().slice(err));
    return made.ctx.stdout().slice(out) + made.ctx.stderr().slice(err);
  };
  await run("rehearse one --venv /venv --keep kept");

  const shown = await run("job show --from kept");
  assert.match(shown, /\bCompleted\b/);
  assert.doesNotMatch(shown, /studio/, "its emulator has ended");
  assert.match(await run("job follow --from kept"), /✓ Job .* Completed/);
  assert.match(await run("job logs --from kept"), /Saved/);
  assert.match(await run("job logs one --from kept"), /Saved/);
  assert.match(
    await run("job logs count_raw --from kept", 5),
    /^hint: It is a step of the last job: run `kedro-azureml job logs --from kept --step count_raw`/m,
  );
  assert.match(await run("job metrics --from kept"), /has logged no metrics/);
  assert.match(await run("job compare --from kept", 2), /Two or more runs are needed/);
  await run("job download --from kept --outputs -o files");
  assert.ok([...made.ctx.files.keys()].some((path) => /\/tiny\/files\/.*notes\.txt$/.test(path)));
  await run("job report --from kept --previews -o again.html");
  const html = await made.ctx.fs.readText("/home/user/tiny/again.html");
  const { steps: [step], notices } = JSON.parse(/id="data">(.*?)<\/script>/s.exec(html)![1]!).view;
  assert.deepEqual([notices, step.tracked[0].files[0].text], [[], "3 rows\n"]);
  assert.match(step.logs[0].text, /Saved/);

  for (const line of ["job cancel", "job open", "rerun"]) {
    assert.match(
      await run(`${line} --from kept`, 2),
      /^error: "kept" is a folder: jobs that were kept in it ran on this machine, and have ended\n/,
    );
  }

  await run("rehearse one --venv /venv --keep kept");
  const first = JSON.parse(await run("job show last~1 --from kept --json"));
  assert.deepEqual([shown.includes(first.name), first.studioUrl], [true, undefined]);
  const compared = JSON.parse(await run("job compare one~1 last --from kept --json"));
  assert.deepEqual(compared.runs[0].name, first.name);
  await made.ctx.fs.writeText("/home/user/tiny/kept/lock", "4711");
  assert.match(
    await run("job show --from kept", 2),
    /^error: The rehearsal or emulator that keeps its jobs in "kept" is still running\nhint: Wait until/,
  );
});

Deno.test("rehearse --report names output files, and --previews shows their beginning", async () => {
  const serve = () => Promise.resolve({ port: 4711, finished: Promise.resolve() });
  const exec = stepPrograms(() => made.ctx.files, (step) => {
    writesOutputs(step);
    const [, path] = /--az-output=\S+ (\S+?);/.exec(step.line)!;
    step.write(`${path}/notes.txt`, "3 rows\n");
    step.write(`${path}/people.json`, '[{ "name": "Ada", "age": 36 }]');
    step.write(`${path}/scores.json`, '{ "small": { "mae": 0.5 }, "model": "forest" }');
  });
  const made = makeWorld({ serve, exec });
  const results: unknown[] = [];
  for (const options of ["", " --force --previews", " --force"]) {
    if (options !== "") await made.ctx.fs.writeText("/home/user/tiny/run.html", "mine");
    const line = `rehearse one --venv /venv --report run.html${options}`;
    assert.equal(await made.kedroAzureml(line), 0, made.ctx.stderr());
    const [, json] = /id="data">(.*?)<\/script>/s.exec(
      await made.ctx.fs.readText("/home/user/tiny/run.html"),
    )!;
    const [{ metrics, files }] = JSON.parse(json!).view.steps[0].tracked;
    results.push([metrics, ...files.map(({ path, text }: FileView) => text ? `${path} shown` : path)]);
  }
  const metrics = [{ name: "scores.small.mae", value: 0.5 }];
  assert.deepEqual(results, [
    [metrics, "scores.json shown", "notes.txt", "people.json", "summary.pickle"],
    [metrics, "notes.txt shown", "people.json shown", "scores.json shown", "summary.pickle"],
    [metrics, "scores.json shown", "notes.txt", "people.json", "summary.pickle"],
  ]);
  assert.equal(await made.kedroAzureml("job metrics --rehearsal"), 0, made.ctx.stderr());
  assert.match(made.ctx.stdout(), /^count_raw +scores\.small\.mae +0\.5$/m);
});

Deno.test("job metrics --rehearsal says which pickle it does not read", async () => {
  const serve = () => Promise.resolve({ port: 4711, finished: Promise.resolve() });
  const exec = stepPrograms(() => made.ctx.files, ({ line, write }) => {
    write(`${/--az-output=\S+ (\S+?);/.exec(line)![1]}/metrics.pickle`, "1");
  });
  const made = makeWorld({ serve, exec });
  assert.equal(await made.kedroAzureml("rehearse one --venv /venv"), 0, made.ctx.stderr());
  assert.equal(await made.kedroAzureml("job metrics --rehearsal"), 0, made.ctx.stderr());
  assert.match(
    made.ctx.stderr(),
    /numbers in metrics\.pickle are not read\nhint: Give .*`json\.JSONDataset`/,
  );
});

Deno.test("rehearse fails before its first step if the file of --report cannot be written", async () => {
  const made = makeWorld({ exec: () => Promise.reject(new Error("a program was started")) });
  const append = () => Promise.reject(new Deno.errors.NotADirectory("no"));
  const world = { ...made.ctx, fs: { ...made.ctx.fs, append } };
  assert.equal(await run("rehearse main --venv /venv --report pyproject.toml/x.html".split(" "), world), 2);
  assert.match(
    made.ctx.stderr(),
    /error: Cannot write "pyproject\.toml\/x\.html": a part of its path is a file\n/,
  );
});

Deno.test("rehearse keeps the last run of a project for job report", async () => {
  const serve = () => Promise.resolve({ port: 4711, finished: Promise.resolve() });
  const exec = stepPrograms(() => made.ctx.files, writesOutputs);
  const made = makeWorld({ serve, exec });
  const { ctx, kedroAzureml } = made;
  const kept = () =>
    [...ctx.files.keys()].filter((path) => path.endsWith("/journal.jsonl")).map((path) =>
      path.slice(0, -"/journal.jsonl".length)
    );
  assert.equal(await kedroAzureml("job show --rehearsal"), 2);
  assert.match(ctx.stderr(), /error: No rehearsal of this project is kept on this machine/);
  assert.equal(await kedroAzureml("rehearse one --venv /venv"), 0, ctx.stderr());
  assert.equal(await kedroAzureml("rerun"), 2);
  assert.match(ctx.stderr(), /hint: Pass the name of a job/);
  assert.equal(await kedroAzureml("job report -o run.html"), 2);
  assert.match(ctx.stderr(), /hint: Add `--rehearsal` for the last rehearsal/);
  assert.equal(await kedroAzureml("job open"), 2);
  assert.match(ctx.stderr(), /hint: `kedro-azureml job report --rehearsal` writes the page/);
  assert.equal(await kedroAzureml("job report --rehearsal -o run.html"), 0, ctx.stderr());
  assert.equal(await kedroAzureml("rehearse one --venv /venv"), 0, ctx.stderr());
  assert.equal(kept().length, 1);
  assert.doesNotMatch(ctx.stderr(), /were deleted/);
});

Deno.test("rehearse renews the page that init --rehearse wrote, also for a job that fails", async () => {
  const serve = () => Promise.resolve({ port: 4711, finished: Promise.resolve() });
  const exec = stepPrograms(() => made.ctx.files, (step) => {
    writesOutputs(step);
    step.print("a line");
    return step.line.includes("--node=count") && !step.line.includes("count_raw") ? 1 : 0;
  });
  const made = makeWorld({ serve, exec });
  const { ctx, kedroAzureml } = made;
  const statuses = async () => {
    const html = await ctx.fs.readText("/home/user/tiny/rehearsal.html");
    const { job, status } = JSON.parse(/id="data">(.*?)<\/script>/s.exec(html)![1]!).view;
    return [job, status];
  };
  const rehearse = "rehearse --venv /venv";
  assert.equal(await kedroAzureml(`${rehearse} one`), 0, ctx.stderr());
  assert.equal(ctx.files.has("/home/user/tiny/rehearsal.html"), false);
  assert.equal(await kedroAzureml(`${rehearse} one --report rehearsal.html`), 0, ctx.stderr());
  assert.equal(await kedroAzureml(`${rehearse} one main`), 1, ctx.stderr());
  assert.deepEqual(await statuses(), ["main", "Failed"]);
  assert.match(ctx.stderr(), /Run `kedro-azureml job logs main --failed --rehearsal`/);
  assert.equal(await kedroAzureml("job logs main --failed --rehearsal"), 0, ctx.stderr());
  assert.match(ctx.stdout(), /wrote rehearsal\.html/);
  await ctx.fs.writeText("/home/user/tiny/rehearsal.html", "mine");
  assert.equal(await kedroAzureml(`${rehearse} one`), 0, ctx.stderr());
  assert.equal(await ctx.fs.readText("/home/user/tiny/rehearsal.html"), "mine");
});

for (
  const [where, env, refuses] of [
    ["in CI", { CI: "true" }, () => false],
    ["where the cache cannot be written", {}, (path: string) => path.includes("/rehearsed/")],
  ] as const
) {
  Deno.test(`rehearse deletes the files of its steps ${where}`, async () => {
    const serve = () => Promise.resolve({ port: 4711, finished: Promise.resolve() });
    const exec = stepPrograms(() => ctx.files, writesOutputs);
    const { ctx, kedroAzureml } = makeWorld({ serve, exec, env });
    const { writeText } = ctx.fs;
    ctx.fs.writeText = (path, ...rest) =>
      refuses(path)
        ? Promise.reject(new Deno.errors.NotCapable("Read-only file system"))
        : writeText(path, ...rest);
    assert.equal(await kedroAzureml("rehearse one --venv /venv"), 0, ctx.stderr());
    assert.match(ctx.stderr(), /hint: The logs and outputs of the steps were deleted/);
    assert.deepEqual([...ctx.files.keys()].filter((path) => /rehears/.test(path)), []);
  });
}

for (
  const [what, line, project, says] of [
    ["rehearse", "rehearse node_names --venv /venv", "spaceflights", /reads "X_test", which no node/],
    ["init --rehearse", "init --rehearse", "tiny", /no parameters file in conf\/base or conf\/local defines/],
  ] as const
) {
  Deno.test(`${what} checks a job before it starts a program`, async () => {
    const exec = () => Promise.reject(new Error("a program was started"));
    const { ctx, kedroAzureml } = makeWorld({ exec, project });
    const nodes = `/home/user/tiny/src/tiny/pipeline_registry.py`;
    if (project === "tiny") {
      await ctx.fs.writeText(
        nodes,
        (await ctx.fs.readText(nodes)).replace('inputs="raw"', 'inputs="params:alfa"'),
      );
    }
    const catalog = ctx.files.get(`${ctx.cwd}/conf/base/catalog.yml`);
    assert.equal(await kedroAzureml(line), 3, ctx.stderr());
    assert.match(ctx.stderr(), says);
    assert.equal(ctx.files.get(`${ctx.cwd}/conf/base/catalog.yml`), catalog);
  });
}

for (
  const [signal, code, keep, said] of [
    [
      "SIGTERM",
      143,
      "",
      /^Interrupted by SIGTERM; the rehearsal was stopped, and its files are in \/home\/user\/.cache\/kedro-azureml\/rehearsed\//,
    ],
    [
      "SIGINT",
      130,
      " --keep out",
      /^Interrupted \(Ctrl\+C\); the rehearsal was stopped, and its files are in out$/,
    ],
  ] as const
) {
  Deno.test(`rehearse${keep} exits with ${code} after ${signal}`, async () => {
    const stop = new AbortController();
    const serve = () => Promise.resolve({ port: 4711, finished: Promise.resolve() });
    const exec = stepPrograms(() => made.ctx.files, (step) => {
      stop.abort(signal);
      writesOutputs(step);
    });
    const made = makeWorld({ serve, exec, signal: stop.signal });
    const before = [...made.ctx.files.keys()];
    assert.equal(await made.kedroAzureml(`rehearse main --venv /venv${keep}`), code, made.ctx.stderr());
    assert.match(made.ctx.stderr().split("\nerror: ")[1]!.trim(), said);
    const left = [...made.ctx.files.keys()].filter((path) =>
      !before.includes(path) && !/\/home\/user\/\.(?:cache|local)\//.test(path)
    );
    assert.equal(left.length > 0, keep !== "");
    assert.deepEqual(left.filter((path) => !path.startsWith("/home/user/tiny/out/")), []);
  });
}

for (
  const [timeout, exit, printed] of [
    ["1m", 8, /\nerror: Stopped the rehearsal after 1 min\nhint: Use a longer `--timeout`, or remove it\n$/],
    ["1h", 0, /✓/],
  ] as const
) {
  Deno.test(`rehearse --timeout ${timeout} exits ${exit} for steps of a minute each`, async () => {
    const serve = () => Promise.resolve({ port: 4711, finished: Promise.resolve() });
    const exec = stepPrograms(() => made.ctx.files, async (step) => {
      await made.ctx.clock.sleep(60_000);
      writesOutputs(step);
    });
    const made = makeWorld({ serve, exec });
    assert.equal(await made.kedroAzureml(`rehearse main --venv /venv --timeout ${timeout}`), exit);
    assert.match(made.ctx.stderr(), printed);
  });
}
