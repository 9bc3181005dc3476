import type { Project } from "../../kedro/project.ts";
import type { ProjectSnapshot } from "../../kedro/snapshot.ts";
import { functionOfNode, readProjectSource } from "../../kedro/source/project_source.ts";
import { maskedText } from "../../page/mask.ts";
import type { StepView } from "../../page/view.ts";
import type { AppContext } from "../context.ts";

/** Where the functions of nodes are, by name of the node. */
export type NodeSources = ReadonlyMap<string, Pick<StepView, "source" | "code">>;

/** Lines of a function that are shown. */
const MOST_LINES = 200;

/** Finds the functions of nodes in the files of a project, of which no code is run. */
export async function readNodeSources(
  ctx: Pick<AppContext, "fs">,
  project: Pick<Project, "root" | "sourceDir">,
  { pipelines }: Pick<ProjectSnapshot, "pipelines">,
): Promise<NodeSources> {
  const files = await readProjectSource(ctx, project);
  const nodes = Object.values(pipelines).flatMap(({ nodes }) => nodes);
  return new Map(nodes.flatMap(({ name, func }) => {
    const definition = functionOfNode(files, func);
    if (definition === undefined) return [];
    const { file, line, text } = definition;
    const lines = text.split("\n");
    const code = lines.slice(0, MOST_LINES).join("\n") + (lines.length > MOST_LINES ? "\n…" : "");
    return [[name, { source: `${file}:${line}`, code: maskedText(code) }] as const];
  }));
}
