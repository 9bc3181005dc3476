import { deepEqual, equal, match } from "node:assert/strict";
import { assertTranscript, transcriptOf } from "../transcript.ts";
import { makeWorld, type World } from "../world.ts";

Deno.test("job compare takes runs by name and by age", async (t) => {
  const tracked = {
    "": { metrics: { total: [3] }, params: { seed: "1" } },
    "second/": { metrics: { total: [3] }, params: { seed: "2" } },
    count: { metrics: { mae: [2], rows: [10] } },
    "first/count": { metrics: { mae: [2], rows: [10] }, params: { depth: "3", api_key: "a" } },
    "second/count": {
      metrics: { rows: [10], mae: [1.5], worst: [Infinity] },
      params: { depth: "4", api_key: "b" },
    },
  };
  const world = makeWorld({ emulator: { outcome: { tracked } } });
  const { ctx, kedroAzureml } = world;
  equal(await kedroAzureml("submit -j main --name first --wait"), 0, ctx.stderr());
  const params = ["--params", '{"rate":0.2}'];
  equal(
    await kedroAzureml(["submit", "-j", "main", "--name", "second", "--wait", ...params]),
    0,
    ctx.stderr(),
  );
  equal(await kedroAzureml("submit -j one --name third --wait"), 0, ctx.stderr());
  const text = await transcriptOf(world, [
    "job compare first second",
    "job compare main~1 main",
    "job compare first second third",
    "job compare --json",
    "job compare main~7 last",
    "job compare last last",
    "job compare first second --html pyproject.toml",
  ]);
  await assertTranscript(t, text, import.meta.url);
  equal(await kedroAzureml("job compare first second --html changes.html"), 0, ctx.stderr());
  match(ctx.stdout(), /^✓ Compared 2 runs: wrote changes\.html, \d+ KiB$/m);
  const page = await ctx.fs.readText(`${ctx.cwd}/changes.html`);
  const { view, title } = JSON.parse(/id="data">(.*?)<\/script>/s.exec(page)![1]!);
  deepEqual(
    [title, view.kind, view.changes[0].values, view.metrics[0].change, view.metrics[1].values],
    ["first and second", "compare", [null, "0.2"], -0.25, [null, "Infinity"]],
  );
});

Deno.test("job compare compares one run with the last one", async () => {
  const { ctx, kedroAzureml, printed } = makeWorld();
  for (const name of ["first", "second", "third"]) {
    equal(await kedroAzureml(`submit main --name ${name} --wait`), 0, ctx.stderr());
  }
  const compared = async (line: string) => {
    const { runs } = JSON.parse(await printed(`${line} --json`));
    return runs.map(({ name }: { readonly name: string }) => name);
  };
  deepEqual(await compared("job compare first"), ["first", "third"]);
  deepEqual(await compared("job compare"), ["second", "third"]);
});

Deno.test("job compare warns about a result that cannot be read", async () => {
  const readable: (string | undefined)[] = [];
  const world: World = makeWorld({
    emulator: { outcome: { outputs: { summary: { "scores.json": '{"mae": 2}' } } } },
    async fetch(request) {
      const [url] = /.*scores\.json/.exec(request.url) ?? [];
      if (url !== undefined && (readable[0] ??= url) !== url) return new Response(null, { status: 500 });
      const answer = await world.azure.fetch(request);
      if (!/\/jobs\/(?:first|second)/.test(request.url)) return answer;
      return new Response(
        (await answer.text()).replaceAll("https://ml.azure.com", "https://127.0.0.1:1"),
        answer,
      );
    },
  });
  const { ctx, kedroAzureml } = world;
  for (const name of ["first", "second"]) {
    equal(await kedroAzureml(`submit main --name ${name} --wait`), 0, ctx.stderr());
  }
  equal(await kedroAzureml("job compare first second"), 0, ctx.stderr());
  match(ctx.stdout(), /^scores\.mae +2 +–/m);
  match(ctx.stderr(), /A result is not compared: .*scores\.json/);
});

Deno.test("job compare shows steps left out by rerun --from-failed as not run again", async () => {
  const { ctx, kedroAzureml } = makeWorld({ emulator: { outcome: { failingSteps: { count: "It broke" } } } });
  equal(await kedroAzureml("submit main --name fox --wait"), 1);
  equal(await kedroAzureml("rerun fox --from-failed --wait"), 1);
  equal(await kedroAzureml("job compare"), 0, ctx.stderr());
  match(ctx.stdout(), /Nothing was changed in the job\.\n\nSTEP.*\nclean +Completed 2 s +not run again/);
});

Deno.test("job compare shows changed code and configuration", async (t) => {
  const world = makeWorld();
  const { ctx, kedroAzureml } = world;
  const write = (file: string, text: string) => ctx.fs.writeText(`${ctx.cwd}/${file}`, text);
  const count = (names: number) => Array.from({ length: names }, (_, at) => at);
  for (const [at, name] of ["first", "second"].entries()) {
    const config = count(2).map((key) => `key_${key}: ${key + at}\n`).join("");
    await write(
      "conf/base/parameters_more.yml",
      `model: {alpha: 0.${5 + at}, api_key: hunter${at}}\n${config}`,
    );
    for (const file of count(11)) await write(`notes/note_${file}.txt`, `${at}`);
    equal(await kedroAzureml(`submit -j main --name ${name} --wait`), 0, ctx.stderr());
  }
  await assertTranscript(t, await transcriptOf(world, ["job compare first second"]), import.meta.url);
});
