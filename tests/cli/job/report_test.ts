import { deepEqual, doesNotMatch, equal, match, ok } from "node:assert/strict";
import type { FileView, PageData, RunView, StepView } from "../../../src/page/view.ts";
import { assertTranscript, transcriptOf } from "../transcript.ts";
import { makeWorld, type World, type WorldOptions } from "../world.ts";
import { fetchNested, TRACKED } from "./tracked.ts";

/** Returns the view in a written page. */
function viewIn(world: World, path: string): RunView {
  const html = new TextDecoder().decode(world.ctx.files.get(path));
  const [, json] = /id="data">(.*?)<\/script>/s.exec(html)!;
  return (JSON.parse(json!) as PageData).view as RunView;
}

/** The files that are shown of a step. */
function filesOf(step: StepView | undefined): readonly FileView[] {
  return step!.tracked?.flatMap(({ files = [] }) => files) ?? [];
}

Deno.test("job report shows a run with its logs, failure and changes", async () => {
  const world = makeWorld({
    emulator: { outcome: { failingSteps: { count: "ValueError: password=hush </script>" } } },
  });
  await world.kedroAzureml("submit -j main --name before --wait");
  await world.kedroAzureml([
    "submit",
    "-j",
    "main",
    "--name",
    "fox",
    "--wait",
    "--params",
    '{"alpha": 7, "api_key": "hush"}',
  ]);
  equal(await world.kedroAzureml("job report fox"), 0, world.ctx.stderr());
  const html = new TextDecoder().decode(world.ctx.files.get("/home/user/tiny/report.html"));
  doesNotMatch(html, /hush/);
  doesNotMatch(html, /sig=/);
  const run = viewIn(world, "/home/user/tiny/report.html");
  equal(run.status, "Failed");
  match(run.failure!.message, /Failed nodes: \/count\./);
  const [clean, count] = run.steps;
  equal(clean!.status, "Completed");
  deepEqual(clean!.logs!.map(({ name }) => name), ["user_logs/std_log.txt"]);
  match(clean!.logs![0]!.text, /Running node: clean/);
  ok(clean!.endedAt! > clean!.startedAt! && clean!.startedAt! >= clean!.queuedAt!);
  match(Object.values(clean!.places!).join(), /^azureml/);
  match(count!.failure!.message, /^ValueError: password=\*\*\* <\/script>$/);
  match(count!.command!, /"alpha": ?7/);
  deepEqual(count!.needs, ["clean"]);
  deepEqual(run.compared!.runs.map(({ name }) => name), ["before", "fox"]);
  deepEqual(run.compared!.changes.filter(({ steps }) => steps?.includes("count")), [
    { aspect: "parameter", name: "alpha", steps: ["clean", "count"], values: [null, "7"] },
    { aspect: "parameter", name: "api_key", steps: ["clean", "count"], values: [null, "***"] },
  ]);
});

Deno.test("job report --no-logs reads no logs", async () => {
  const world = makeWorld();
  await world.kedroAzureml("submit -j main --name fox --wait");
  const asked = world.azure.requests.length;
  const before = world.ctx.stdout().length;
  equal(await world.kedroAzureml("job report fox --no-logs --json"), 0, world.ctx.stderr());
  const path = "/home/user/tiny/report.html";
  equal(JSON.parse(world.ctx.stdout().slice(before)).sizeBytes, world.ctx.files.get(path)!.length);
  deepEqual(world.azure.requests.slice(asked).filter(({ url }) => /std_log|details/.test(url)), []);
  const { steps } = viewIn(world, path);
  deepEqual(steps.map(({ logs }) => logs), [undefined, undefined]);
});

Deno.test("job report includes previews of output files only with --previews", async () => {
  const long = Array.from({ length: 4000 }, (_, at) => `${at},x\n`).join("");
  const outputs = {
    cleaned: { "a.csv": `id,name\n${long}`, "b.json": '{"password": "hush"}', "c.bin": "no text" },
  };
  const world = makeWorld({ emulator: { outcome: { outputs } } });
  await world.kedroAzureml("submit -j main --name fox --wait");

  equal(await world.kedroAzureml("job report fox --previews -o with.html"), 0, world.ctx.stderr());
  equal(await world.kedroAzureml("job report fox -o without.html"), 0, world.ctx.stderr());

  const [clean] = viewIn(world, "/home/user/tiny/with.html").steps;
  const [csv, json, ...others] = filesOf(clean);
  deepEqual([csv!.path, csv!.isCut, json!.path, json!.isCut], ["a.csv", true, "b.json", undefined]);
  match(csv!.text!, /^id,name\n0,x\n[^]*x\n$/);
  deepEqual([json!.text, others], ['{"password": ***}', []]);
  deepEqual(filesOf(viewIn(world, "/home/user/tiny/without.html").steps[0]), []);
});

Deno.test("job report --previews includes at most eight files of a step", async () => {
  const outputs = {
    cleaned: {
      "a.png": "an image",
      "b.JPEG": "x".repeat(400_000),
      "c.gif": "x".repeat(400_001),
      "d.txt": "x".repeat(16_000),
      ...Object.fromEntries(Array.from({ length: 6 }, (_, at) => [`e${at}.txt`, "short"])),
    },
  };
  const world = makeWorld({ emulator: { outcome: { outputs } } });
  await world.kedroAzureml("submit -j main --name fox --wait");
  equal(await world.kedroAzureml("job report fox --previews"), 0, world.ctx.stderr());
  const [clean] = viewIn(world, "/home/user/tiny/report.html").steps;
  const [png, jpeg, text, ...short] = filesOf(clean);
  deepEqual([png, jpeg, text].map((file) => [file!.path, file!.sizeBytes]), [
    ["a.png", 8],
    ["b.JPEG", 400_000],
    ["d.txt", 16_000],
  ]);
  deepEqual(short.map(({ path }) => path), ["e0.txt", "e1.txt", "e2.txt", "e3.txt", "e4.txt"]);
  equal(png!.data, `data:image/png;base64,${btoa("an image")}`);
  match(jpeg!.data!, /^data:image\/jpeg;base64,eHh4/);
  deepEqual([text!.text!.length, text!.isCut, text!.data], [16_000, undefined, undefined]);
});

Deno.test("job report explains why a job failed before its steps", async () => {
  const world: World = makeWorld({
    emulator: { outcome: { failingSteps: { clean: "ValueError: no" } } },
    async fetch(request) {
      const answer = await world.azure.fetch(request);
      if (!/json/.test(answer.headers.get("content-type") ?? "")) return answer;
      const text = (await answer.text()).replaceAll(
        /Pipeline has failed child jobs\.[^"]*/g,
        "ModuleNotFoundError: No module named 'pandas'",
      );
      return new Response(text, answer);
    },
  });
  equal(await world.kedroAzureml("submit main --name fox --wait"), 1);
  equal(await world.kedroAzureml("job report fox"), 0, world.ctx.stderr());
  const { failure } = viewIn(world, "/home/user/tiny/report.html");
  equal(failure!.message, "ModuleNotFoundError: No module named 'pandas'");
  match(failure!.hint!, /^Add the package that provides "pandas"/);
});

Deno.test("job report masks secrets in parameters logged to MLflow", async () => {
  const tracked = {
    clean: { params: { alpha: "1", api_key: "hush" } },
    count: { tags: { "mlflow.note": "not shown" } },
  };
  const world = makeWorld({ emulator: { outcome: { tracked } } });
  await world.kedroAzureml("submit main --name fox --wait");
  equal(await world.kedroAzureml("job report fox"), 0, world.ctx.stderr());
  const { steps } = viewIn(world, "/home/user/tiny/report.html");
  deepEqual(steps.map(({ tracked }) => tracked), [
    [{ metrics: [], params: [["alpha", "1"], ["api_key", "***"]] }],
    undefined,
  ]);
});

Deno.test("job report shows metrics of runs nested in a step", async () => {
  const tracked = { emea_bike_fit: { metrics: { mae: [1.5] } } };
  const world: World = makeWorld({
    project: "fleets",
    emulator: { acceptAny: true, outcome: { tracked } },
    fetch: (request) => fetchNested(world.azure, request),
  });
  await world.kedroAzureml("submit two_namespaces --name fox --wait");
  equal(await world.kedroAzureml("job report fox"), 0, world.ctx.stderr());
  const { steps } = viewIn(world, "/home/user/fleets/report.html");
  const { label, run, tracked: logged } = steps.find(({ key }) => key === "emea_bike_fit")!;
  deepEqual([label, logged], ["emea.bike.fit", [
    { metrics: [{ name: "mae", value: 1.5 }], params: [] },
    { nested: "fold 1", metrics: [{ name: 'mae "dev", mean', value: 1.5 }], params: [["fold of", run]] },
  ]]);
});

Deno.test("job report has no link to the emulator's studio", async () => {
  for (
    const [studio, link] of [["https://127.0.0.1:1", undefined], [
      "https://studio",
      "https://studio/runs/fox",
    ]]
  ) {
    const world: World = makeWorld({
      async fetch(request) {
        const answer = await world.azure.fetch(request);
        if (!request.url.includes("/jobs/fox")) return answer;
        return new Response((await answer.text()).replaceAll("https://ml.azure.com", studio!), answer);
      },
    });
    await world.kedroAzureml("submit main --name fox");
    equal(await world.kedroAzureml("job report fox"), 0, world.ctx.stderr());
    equal(viewIn(world, "/home/user/tiny/report.html").studioUrl?.split("?")[0], link);
  }
});

const WHOLE: readonly {
  readonly what: string;
  readonly lines: readonly string[];
  readonly world: WorldOptions;
}[] = [
  {
    what: "a completed run with metrics and the run before",
    lines: [
      "submit main --name wolf --wait",
      "submit main --name fox --wait --params alpha=7",
      "job report fox --no-logs --previews",
    ],
    world: {
      emulator: { outcome: { tracked: TRACKED, outputs: { cleaned: { "a.csv": "id\n1\n" } } } },
    },
  },
  {
    what: "a run with a failed step and its logs",
    lines: [
      "submit main --name fox --wait",
      "job report fox -o out/fox.html",
    ],
    world: {
      emulator: { outcome: { failingSteps: { clean: "ModuleNotFoundError: No module named 'pandas'" } } },
    },
  },
  {
    what: "a grouped run just after submission",
    lines: ["submit main --name fox --group-by chain", "job report fox --json"],
    world: {},
  },
];

for (const { what, lines, world } of WHOLE) {
  Deno.test(`job report shows ${what}`, async (t) => {
    const made = makeWorld(world);
    await transcriptOf(made, lines.slice(0, -1));
    const printed = await transcriptOf(made, lines.slice(-1));
    const [path] = [...made.ctx.files.keys()].filter((path) => path.endsWith(".html"));
    const html = new TextDecoder().decode(made.ctx.files.get(path!));
    const data = JSON.parse(/id="data">(.*?)<\/script>/s.exec(html)![1]!) as PageData;
    const { graph: _, ...view } = data.view as RunView;
    const text = `${printed}\n=== ${path}\n${outline({ ...data, view })}\n`
      .replaceAll(/\b10000000-0000-4000-8000-\d{12}\b/g, "ID").replaceAll(/("\w+At":)\d+/g, "$1TIME")
      // The size of the page's program.
      .replaceAll(/\d+(?:\.\d+)? KiB\n/g, "SIZE\n").replaceAll(/"sizeBytes":\d+/g, '"sizeBytes":0');
    await assertTranscript(t, text, import.meta.url);
  });
}

/** JSON in lines of about 110 characters. */
function outline(value: unknown, indent = ""): string {
  const text = JSON.stringify(value);
  if (typeof value !== "object" || value === null || indent.length + text.length <= 110) return text;
  const inner = `${indent} `;
  const parts = Array.isArray(value)
    ? value.map((one) => outline(one, inner))
    : Object.entries(value).filter(([, one]) => one !== undefined)
      .map(([key, one]) => `${JSON.stringify(key)}:${outline(one, inner)}`);
  const lines: string[] = [];
  for (const part of parts) {
    const joined = `${lines.at(-1)},${part}`;
    const isShort = lines.length > 0 && !joined.includes("\n") && inner.length + joined.length <= 110;
    lines.splice(isShort ? -1 : lines.length, 1, isShort ? joined : part);
  }
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return `${open}\n${lines.map((line) => inner + line).join(",\n")}\n${indent}${close}`;
}
