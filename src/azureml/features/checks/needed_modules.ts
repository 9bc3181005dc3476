import type { JobSpec } from "../../job/job_spec.ts";
import { nodesOfStep } from "../../job/job_nodes.ts";
import { definitionsOf } from "../catalog/dataset_definitions.ts";
import type { Subject } from "./subject.ts";

/**
 * Modules of the project that every step of a job imports: what Kedro imports at its start, the pipelines with the
 * job's nodes, their functions, and the classes of the catalog. Other pipelines do not count, because Kedro skips a
 * pipeline that cannot be imported.
 */
export function neededModules(
  spec: JobSpec,
  { snapshot, source, project: { packageName } }: Pick<Subject, "snapshot" | "source" | "project">,
): string[] {
  const functions = functionsOf(spec, snapshot).map(({ module }) => module);
  const starts = ["settings", "pipeline_registry", "cli", "hooks"].map((name) => `${packageName}.${name}`);
  const parents = `${packageName}.pipelines.`;
  const pipelines = new Set(
    functions.filter((module) => module.startsWith(parents))
      .map((module) => parents + module.slice(parents.length).split(".")[0]),
  );
  const classes = Object.entries(snapshot.catalog).flatMap(([name, entry]) =>
    definitionsOf(name, entry).map(({ type }) => type.split(".").slice(0, -1).join("."))
  );
  return [packageName, ...starts, ...pipelines, ...functions, ...classes]
    .filter((module) => source.read(module) !== undefined);
}

/** The functions of a job's nodes. */
export function functionsOf(
  spec: JobSpec,
  snapshot: Subject["snapshot"],
): { readonly node: string; readonly module: string; readonly name: string }[] {
  const names = new Set(spec.steps.flatMap((step) => nodesOfStep(step).map(({ name }) => name)));
  return (snapshot.pipelines?.[spec.pipelineName]?.nodes ?? []).filter(({ name }) => names.has(name))
    .map(({ name, func }) => ({ node: name, module: func.split(":")[0]!, name: func.split(":")[1] ?? "" }));
}
