import { equal } from "node:assert/strict";
import { assertTranscript } from "../assert_transcript.ts";
import { makeWorld } from "../world.ts";

Deno.test("transcript: jobs are compared by name and by age, what changed first", async (t) => {
  const tracked = {
    count: { metrics: { mae: [2], rows: [10] } },
    "second/count": { metrics: { rows: [10], mae: [1.5], worst: [Infinity] } },
  };
  const world = makeWorld({ emulator: { outcome: { tracked } } });
  const { ctx, kedroAzureml } = world;
  equal(await kedroAzureml("submit -j main --name first --wait"), 0, ctx.stderr());
  equal(
    await kedroAzureml(["submit", "-j", "main", "--name", "second", "--wait", "--params", '{"rate":0.2}']),
    0,
  );
  equal(await kedroAzureml("submit -j one --name third --wait"), 0);
  let text = "";
  const lines = [
    "job compare first second",
    "job compare main~1 main",
    "job compare first second third",
    "job compare --json",
    "job compare main~7 last",
    "job compare last last",
  ];
  for (const line of lines) {
    const [out, err] = [ctx.stdout().length, ctx.stderr().length];
    const exit = await kedroAzureml(line);
    text += `$ kedro-azureml ${line}\n${ctx.stdout().slice(out)}--- stderr\n`;
    text += `${ctx.stderr().slice(err)}--- exit ${exit}\n`;
  }
  await assertTranscript(t, text, import.meta.url);
});
