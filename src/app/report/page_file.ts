import { Buffer } from "node:buffer";
import { maskedText } from "../../core/secrets.ts";
import { VERSION } from "../../core/version.ts";
import { functionOfNode, type ProjectSource } from "../../kedro/modules.ts";
import type { ProjectSnapshot } from "../../kedro/snapshot.ts";
import { writePage } from "../../page/html.ts";
import { parametersInCommand, parameterValue } from "../../page/run_view.ts";
import type { PageData, PageView, StepView } from "../../page/view.ts";
import type { AppContext } from "../context.ts";
import { shownPath, writeFile } from "../output_files.ts";

export function pageData(title: string, view: PageView, madeAt: Date): PageData {
  return { title, madeAt: madeAt.getTime(), program: `kedro-azureml ${VERSION}`, view };
}

export type WrittenPageFile = Awaited<ReturnType<typeof writePageFile>>;

/** Writes a page to a file. @throws {UserError} `file.not_written`. */
export async function writePageFile(
  ctx: Pick<AppContext, "cwd" | "fs">,
  path: string,
  data: PageData,
) {
  const { html } = writePage(data);
  await writeFile(ctx, path, html);
  return { file: shownPath(ctx, path), sizeBytes: Buffer.byteLength(html) };
}

export type NodeSources = ReadonlyMap<string, NodeSource>;

/** Where the function of a node is, and what its run does not say. */
export interface NodeSource extends Pick<StepView, "source" | "code" | "tags"> {
  readonly parameters: ReadonlyMap<string, string>;
}

export function withSource(step: StepView, node: NodeSource | undefined): StepView {
  if (node === undefined) return step;
  const { parameters, ...rest } = node;
  const isOverridden = parametersInCommand(step.command ?? "") !== undefined;
  const inputs = step.inputs.map((port) =>
    port.value === undefined && !isOverridden ? { ...port, value: parameters.get(port.name) } : port
  );
  return { ...step, ...rest, inputs };
}

const MOST_LINES = 200;

/** Finds the functions of nodes in the modules of a project. Pure. */
export function nodeSources(
  files: ProjectSource,
  { pipelines, parameters: all }: Pick<ProjectSnapshot, "pipelines" | "parameters">,
): NodeSources {
  const nodes = Object.values(pipelines).flatMap(({ nodes }) => nodes);
  return new Map(nodes.map(({ name, func, tags, inputs }) => {
    const values = inputs.map((input) => [input, parameterValue(input, all)] as const);
    const parameters = new Map(values.filter((entry): entry is [string, string] => entry[1] !== undefined));
    return [name, { ...sourceOf(files, func), tags, parameters }] as const;
  }));
}

function sourceOf(files: ProjectSource, func: string): Pick<StepView, "source" | "code"> {
  const definition = functionOfNode(files, func);
  if (definition === undefined) return {};
  const { file, line, text } = definition;
  const lines = text.split("\n");
  const code = lines.slice(0, MOST_LINES).join("\n") + (lines.length > MOST_LINES ? "\n…" : "");
  return { source: `${file}:${line}`, code: maskedText(code) };
}
