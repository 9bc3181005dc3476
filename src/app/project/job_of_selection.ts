import { join, relative, sep } from "node:path";
import { allJobs, pipelineJob } from "../../config/azureml/job_factories.ts";
import type { Places } from "../../config/azureml/load.ts";
import type { Selection } from "../../config/azureml/types.ts";
import { pipelineNamed, sumOf } from "../../kedro/select_nodes.ts";
import type { ProjectSession } from "./open.ts";

/**
 * Makes a job for nodes that were selected without one. It has the name of their pipelines; the sum of several is added
 * to the snapshot. What is wrong with the job is in the file that registers pipelines: azureml.yml does not define it.
 */
export function withJobOfSelection(session: ProjectSession, selection: Selection) {
  const { config, project, snapshot } = session;
  const { pipelines: names = ["__default__"] } = selection;
  const label = names.join("+");
  const sum = sumOf(names.map((name) => pipelineNamed(snapshot, name)));
  const name = allJobs(config, snapshot.pipelines).has(label) ? `${label} (pipeline)` : label;
  const registry = join(project.sourceDir, ...project.packageName.split("."), "pipeline_registry.py");
  const file = relative(project.root, registry).replaceAll(sep, "/");
  const place: Places = (path) => path[0] === "jobs" && path[1] === name ? { file } : config.place(path);
  return {
    session: {
      ...session,
      config: { ...config, place },
      snapshot: { ...snapshot, pipelines: { ...snapshot.pipelines, [label]: sum } },
    },
    jobs: new Map([[name, { ...pipelineJob(name, label), selection }]]),
  };
}
