/**
 * Compares the executable with the Python plugin, in one run and in turns: `deno task bench`. Prints what it measures and
 * writes docs/benchmarks.md. Times are for reading: nothing here fails because a machine is slow.
 *
 * Options: `--nodes 2,200` for some sizes only, `--turns N`, `--only upload` or `--only azure` to measure and write that
 * section alone, `--print` to leave docs/benchmarks.md as it is. The plugin is the one that `PLUGIN_KEDRO` names, else it
 * is installed into `.peers/plugin`. Uploads are measured if Azurite is installed (`deno task peers azurite`).
 */

import { parseArgs } from "node:util";
import { startAzure } from "./azure.ts";
import { type Bench, compileRows, importsRow, memoryRow, startRows, submitRows } from "./lines.ts";
import { findPlugin } from "./plugin.ts";
import { writeImportingProject, writeProject } from "./projects.ts";
import { report } from "./report.ts";
import { azureSection } from "./submit_report.ts";
import { uploadResult } from "./upload.ts";
import { uploadSection, withSection } from "./upload_report.ts";

const EXECUTABLE = `${Deno.cwd()}/dist/kedro-azureml`;
const PAGE = "docs/benchmarks.md";
const NODES = [2, 8, 200, 1000, 5000];
const LATENCIES_MS = [0, 20, 100];
/** Nodes of the project that is submitted with the service times and limits of Azure. */
const AZURE_NODES = 20;

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      nodes: { type: "string", default: NODES.join(",") },
      only: { type: "string" },
      turns: { type: "string", default: "5" },
      print: { type: "boolean", default: false },
    },
  });
  if (!await Deno.stat(EXECUTABLE).catch(() => undefined)) throw new Error("Run `deno task build` first");
  if (![undefined, "azure", "upload"].includes(values.only)) {
    throw new Error("--only takes `azure` or `upload`");
  }
  const nodes = values.nodes.split(",").map(Number);
  const plugin = await findPlugin();
  const folder = await Deno.makeTempDir({ prefix: "bench-" });
  try {
    const world = { executable: EXECUTABLE, plugin, folder, turns: Number(values.turns) };
    const page = await Deno.readTextFile(PAGE).catch(() => "");
    const text = values.only === "upload"
      ? withSection(page, uploadSection(await uploadResult(world)))
      : values.only === "azure"
      ? withSection(page, azureSection(await azureRows(world)))
      : await measureAll(world, nodes);
    Deno.stdout.writeSync(new TextEncoder().encode(text));
    if (!values.print) await Deno.writeTextFile(PAGE, text);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  Deno.exit(0);
}

async function measureAll(world: Omit<Bench, "azure">, nodes: readonly number[]): Promise<string> {
  const { plugin, folder, turns } = world;
  await using azure = await startAzure(folder);
  for (const count of [...nodes, AZURE_NODES]) await writeProject(`${folder}/nodes-${count}`, count);
  await writeImportingProject(`${folder}/imports`, 400);
  const bench = { ...world, azure };
  return report({
    plugin,
    turns,
    start: await startRows(bench),
    compile: await compileRows(bench, nodes),
    imports: await importsRow(bench),
    submit: await submitRows(bench, nodes.filter((count) => count <= 200), LATENCIES_MS),
    azure: await submitRows(bench, [AZURE_NODES], ["azure"]),
    upload: await uploadResult(world),
    memory: await memoryRow(bench, nodes[0]!),
  });
}

async function azureRows(world: Omit<Bench, "azure">) {
  await using azure = await startAzure(world.folder);
  await writeProject(`${world.folder}/nodes-${AZURE_NODES}`, AZURE_NODES);
  return await submitRows({ ...world, azure }, [AZURE_NODES], ["azure"]);
}
