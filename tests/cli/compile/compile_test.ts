import { deepStrictEqual, equal, match, ok } from "node:assert/strict";

import { makeWorld } from "../world.ts";

const HOME = "/home/user/tiny";

Deno.test("compile --format rest prints the same JSON as submit --dry-run --json", async () => {
  const world = makeWorld();
  equal(await world.kedroAzureml("submit -j main --dry-run --json"), 0);
  deepStrictEqual(JSON.parse(await compile("rest")), JSON.parse(world.ctx.stdout()));
});

Deno.test("compile --format mermaid draws the steps and datasets", async () => {
  equal(
    await compile("mermaid"),
    'flowchart LR\n  s0["clean"]\n  s1["count"]\n  s0 -->|"cleaned"| s1\n',
  );
});

Deno.test("compile --format mermaid writes pipeline.mmd", async () => {
  const { ctx, kedroAzureml } = makeWorld();
  equal(await kedroAzureml("compile -j main --format mermaid"), 0, ctx.stderr());
  ok(ctx.files.has(`${HOME}/pipeline.mmd`) && !ctx.files.has(`${HOME}/pipeline.yaml`));
});

Deno.test("compile -o FILE.json writes JSON", async () => {
  const { ctx, kedroAzureml } = makeWorld();
  equal(await kedroAzureml("compile -j main -o job.json"), 0, ctx.stderr());
  equal(JSON.parse(new TextDecoder().decode(ctx.files.get(`${HOME}/job.json`))).type, "pipeline");
});

Deno.test("compile --json prints the steps and the file of each job", async () => {
  const { ctx, kedroAzureml } = makeWorld();
  equal(await kedroAzureml("compile main --json"), 0, ctx.stderr());
  const steps = [{ key: "clean", node: "clean" }, { key: "count", node: "count" }];
  deepStrictEqual(JSON.parse(ctx.stdout()), {
    job: "main",
    pipeline: "__default__",
    steps,
    file: `${HOME}/pipeline.yaml`,
  });
});

Deno.test("compile ignores empty values of --load-versions, --params and --aml-env", async () => {
  const { ctx, kedroAzureml } = makeWorld();
  const empty = ["--load-versions", "", "--params", "", "--aml-env", ""];
  equal(await kedroAzureml(["compile", "-j", "main", "-o", "-", ...empty]), 0, ctx.stderr());
  equal(ctx.stdout(), await compile("yaml"));
});

const files: readonly [what: string, name: string, text: string, params: string, expected: string][] = [
  ["YAML", "p.yml", "alpha: 1\nbeta: 2.0\n", "", '{"alpha": 1, "beta": 2.0}'],
  ["JSON", "p.json", '{"alpha": 1e5, "beta": [true, null]}', "", '{"alpha": 100000.0, "beta": [true, null]}'],
  ["YAML and ignores --params null", "p.yml", "alpha: 1\n", "null", '{"alpha": 1}'],
  [
    "YAML and lets --params replace a nested value",
    "p.yml",
    "alpha: 1\nbeta: {x: 1, y: 2}\n",
    '{"beta":{"x":5}}',
    '{"alpha": 1, "beta": {"x": 5}}',
  ],
];

for (const [what, name, text, params, expected] of files) {
  Deno.test(`compile --params-file reads ${what}`, async () => {
    const { ctx, kedroAzureml } = makeWorld();
    ctx.files.set(`${HOME}/${name}`, new TextEncoder().encode(text));
    const line = ["compile", "-j", "main", "-o", "-", "--format", "json", "--params-file", name];
    equal(await kedroAzureml(params === "" ? line : [...line, "--params", params]), 0, ctx.stderr());
    const { command } = JSON.parse(ctx.stdout()).jobs.count.component;
    ok(command.includes(`--params='${expected}'`), command);
  });
}

const bad: readonly [what: string, name: string, text: string | undefined, exit: number, says: RegExp][] = [
  ["a missing file", "p.yml", undefined, 2, /Cannot read parameters from "\/\S+\/p\.yml": file not found/],
  ["invalid JSON", "p.json", "{alpha: 1}", 2, /Cannot read parameters from "\/\S+\/p\.json": invalid JSON/],
  ["a JSON list", "p.json", "[1]", 2, /not a JSON object/],
  ["a YAML list", "p.yml", "- 1\n", 3, /\/p\.yml": it holds a list where keys are expected/],
  ["invalid YAML", "p.yml", "alpha: [1\n", 3, /p\.yml:/],
];

for (const [what, name, text, exit, says] of bad) {
  Deno.test(`submit --params-file fails for ${what}`, async () => {
    const { ctx, kedroAzureml } = makeWorld();
    if (text !== undefined) ctx.files.set(`${HOME}/${name}`, new TextEncoder().encode(text));
    equal(await kedroAzureml(`submit -j main --params-file ${name}`), exit, ctx.stderr());
    match(ctx.stderr(), says);
  });
}

async function compile(format: string): Promise<string> {
  const { ctx, kedroAzureml } = makeWorld();
  equal(await kedroAzureml(`compile -j main -o - --format ${format}`), 0, ctx.stderr());
  return ctx.stdout();
}

Deno.test("compile -o FOLDER/ writes one file per job", async () => {
  const { ctx, kedroAzureml } = makeWorld();
  equal(await kedroAzureml("compile -j main -j one -o jobs/"), 0, ctx.stderr());
  equal(await kedroAzureml("compile -j bare -j one -o jobs --format mermaid"), 0, ctx.stderr());
  const written = [...ctx.files.keys()].filter((path) => path.startsWith(`${ctx.cwd}/jobs/`)).sort();
  deepStrictEqual(written.map((path) => path.slice(ctx.cwd.length)), [
    "/jobs/bare.mmd",
    "/jobs/main.yaml",
    "/jobs/one.mmd",
    "/jobs/one.yaml",
  ]);
});
