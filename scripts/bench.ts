/**
 * Compares the executable with the Python plugin, in one run and in turns: `deno task bench`. Prints what it measures and
 * writes docs/benchmarks.md. Times are for reading: nothing here fails because a machine is slow.
 *
 * Options: `--nodes 2,200` for some sizes only, `--turns N`, `--print` to leave docs/benchmarks.md as it is. The plugin is
 * the one that `PLUGIN_KEDRO` names, else it is installed into `.peers/plugin`.
 */

import { parseArgs } from "node:util";
import { startAzure } from "./bench_azure.ts";
import { compileRows, importsRow, memoryRow, startRows, submitRows } from "./bench_lines.ts";
import { findPlugin } from "./bench_plugin.ts";
import { writeImportingProject, writeProject } from "./bench_projects.ts";
import { report } from "./bench_report.ts";

const EXECUTABLE = `${Deno.cwd()}/dist/kedro-azureml`;
const NODES = [2, 8, 200, 1000, 5000];
const LATENCIES_MS = [0, 20, 100];

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      nodes: { type: "string", default: NODES.join(",") },
      turns: { type: "string", default: "5" },
      print: { type: "boolean", default: false },
    },
  });
  if (!await Deno.stat(EXECUTABLE).catch(() => undefined)) throw new Error("Run `deno task build` first");
  const nodes = values.nodes.split(",").map(Number);
  const plugin = await findPlugin();
  const folder = await Deno.makeTempDir({ prefix: "bench-" });
  try {
    await using azure = await startAzure(folder);
    for (const count of nodes) await writeProject(`${folder}/nodes-${count}`, count);
    await writeImportingProject(`${folder}/imports`, 400);
    const bench = { executable: EXECUTABLE, plugin, folder, azure, turns: Number(values.turns) };
    const text = report({
      plugin,
      turns: bench.turns,
      start: await startRows(bench),
      compile: await compileRows(bench, nodes),
      imports: await importsRow(bench),
      submit: await submitRows(bench, nodes.filter((count) => count <= 200), LATENCIES_MS),
      memory: await memoryRow(bench, nodes[0]!),
    });
    Deno.stdout.writeSync(new TextEncoder().encode(text));
    if (!values.print) await Deno.writeTextFile("docs/benchmarks.md", text);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  Deno.exit(0);
}
