import { equal, notEqual, ok } from "node:assert/strict";
import { makeWorld, type WorldOptions } from "../world.ts";

const TRACKED: WorldOptions = { emulator: { outcome: { tracked: { count: { metrics: { mae: [1.5] } } } } } };

/** What a command prints on a terminal of a width; without one, in a log. */
async function printed(lines: readonly string[], columns: number | undefined, world: WorldOptions = {}) {
  const { ctx, kedroAzureml } = makeWorld({ ...world, ...(columns !== undefined && { columns }) });
  let start = 0;
  for (const line of lines) {
    start = ctx.stdout().length;
    equal(await kedroAzureml(line), 0, ctx.stderr());
  }
  return ctx.stdout().slice(start).replaceAll(/\d\d:\d\d:\d\d/g, "TIME");
}

const FOR_PROGRAMS: readonly (readonly [lines: readonly string[], world?: WorldOptions])[] = [
  [["config show"]],
  [["config schema"]],
  [["completion bash"]],
  [["compile main -o -"]],
  [["submit main --name fox --wait", "job metrics fox --csv"], TRACKED],
  [["submit main --name fox --wait", "job logs fox --step count"]],
];

for (const [lines, world] of FOR_PROGRAMS) {
  Deno.test(`${lines.at(-1)} does not wrap its output on a narrow terminal`, async () => {
    const text = await printed(lines, undefined, world);
    ok(text.split("\n").some(({ length }) => length > 20));
    equal(await printed(lines, 20, world), text);
  });
}

Deno.test("migrate does not wrap its patches", async () => {
  const text = async (columns?: number) => {
    const { ctx, kedroAzureml } = makeWorld(columns === undefined ? {} : { columns });
    const old = "azure: { workspace_name: ws, resource_group: rg, experiment_name: exp }\n";
    await ctx.fs.writeText(`${ctx.cwd}/conf/base/azureml.yml`, old);
    equal(await kedroAzureml("migrate"), 0, ctx.stderr());
    return ctx.stdout();
  };
  equal(await text(40), await text());
});

for (const line of ["submit main --dry-run", "validate main"]) {
  Deno.test(`${line} wraps its output on a narrow terminal`, async () => {
    const text = await printed([line], undefined);
    const narrow = await printed([line], 40);
    notEqual(narrow, text);
    equal(narrow.replace(/\s+/g, " "), text.replace(/\s+/g, " "));
  });
}
