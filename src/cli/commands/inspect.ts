import { countText, sizeText } from "../../core/format.ts";
import { shownJson } from "../../core/untrusted.ts";
import type { CatalogEntry, NodeSnapshot, PipelineSnapshot, ProjectSnapshot } from "../../kedro/snapshot.ts";
import { command } from "../parse/command.ts";
import { flag, text } from "../parse/field.ts";
import { overwriting, reading, selecting } from "../parse/options.ts";
import { withParams } from "../parse/params.ts";

export const inspect = command({
  name: "inspect",
  about: "Show pipelines, catalog and parameters",
  examples: [
    ["inspect", "List pipelines, nodes and datasets"],
    ["inspect --json > snapshot.json", "Save a snapshot for --snapshot"],
    ["inspect --html -o pipelines.html", "Draw the pipelines on an HTML page"],
  ],
  needs: ["pipelines"],
  options: {
    ...withParams,
    ...selecting("only this pipeline"),
    ...reading,
    ...overwriting("--html"),
    html: flag("--html", "write an HTML page with a graph of each pipeline"),
    output: text("-o, --output <file>", "with --html, file to write (default: pipelines.html)", {
      rules: [{
        needs: "html",
        // usage.output_without_html: `--output` only works with `--html`. Add it.
        code: "usage.output_without_html",
        hint: "Add `--html` to write a page, or redirect standard output",
        rank: 1,
      }],
    }),
  },
  async run(ctx, typed) {
    if (typed.html) {
      const { writeProjectPage } = await import("../../app/report/project_page.ts");
      const output = { file: typed.output ?? "pipelines.html", force: typed.force };
      const { file, sizeBytes, pipelines, warnings } = await writeProjectPage(ctx, typed, output);
      const text = `✓ Wrote ${countText(pipelines.length, "pipeline")} to ${file}, ${sizeText(sizeBytes)}\n`;
      return { data: { file, sizeBytes, pipelines }, text, warnings };
    }
    const { inspectProject } = await import("../../app/project/inspect.ts");
    const snapshot = await inspectProject(ctx, typed);
    return { data: snapshotData(snapshot), text: renderSnapshot(snapshot), warnings: snapshot.warnings };
  },
});

/** The snapshot for `--json`; a `Map` keeps the order of the pipelines. */
function snapshotData(snapshot: ProjectSnapshot): unknown {
  const { pipelines, pipeline_names: names } = snapshot;
  return { ...snapshot, pipelines: new Map(names.map((name) => [name, pipelines[name]!])) };
}

function renderSnapshot(snapshot: ProjectSnapshot): string {
  const { project, pipelines, pipeline_names: names, catalog, parameters } = snapshot;
  const sections = [
    [`${project.name} (Kedro ${project.kedro_version}, environment "${project.env}")`],
    ...names.map((name) => pipelineLines(name, pipelines[name]!)),
    section("Catalog", Object.entries(catalog).map(([name, entry]) => [name, entryText(entry)])),
    section(
      "Parameters",
      Object.entries(parameters).map(([name, value]) => [name, shownJson(JSON.stringify(value))]),
    ),
  ];
  return sections.filter((lines) => lines.length > 0).map((lines) => lines.join("\n") + "\n").join("\n");
}

function pipelineLines(name: string, { nodes, inputs, outputs }: PipelineSnapshot): string[] {
  const count = countText(nodes.length, "node");
  return [
    `Pipeline ${name} (${count})`,
    ...(inputs.length === 0 ? [] : [`  in   ${inputs.join(", ")}`]),
    ...aligned(nodes.map((node) => [node.name, flow(node)]), "  · "),
    ...(outputs.length === 0 ? [] : [`  out  ${outputs.join(", ")}`]),
  ];
}

function flow({ inputs, outputs, tags, distributed }: NodeSnapshot): string {
  const notes = [
    ...(tags.length === 0 ? [] : [`tags ${tags.join(", ")}`]),
    ...(distributed === null
      ? []
      : [`${distributed.framework} on ${countText(distributed.num_nodes, "node")}`]),
  ];
  return `${inputs.join(", ") || "–"} → ${outputs.join(", ") || "–"}${
    notes.length === 0 ? "" : `  [${notes.join("; ")}]`
  }`;
}

function entryText({ type, filepath, path, azureml_dataset: asset }: CatalogEntry): string {
  return [type, asset ?? filepath ?? path].filter((part) => typeof part === "string").join("  ");
}

function section(title: string, rows: readonly (readonly [name: string, text: string])[]): string[] {
  return rows.length === 0 ? [] : [title, ...aligned(rows)];
}

function aligned(rows: readonly (readonly [name: string, text: string])[], start = "  "): string[] {
  const width = Math.min(48, Math.max(0, ...rows.map(([name]) => name.length)));
  return rows.map(([name, text]) => `${start}${name.padEnd(width)}  ${text}`);
}
