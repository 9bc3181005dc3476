import { join, relative, sep } from "node:path";
import { allJobs, pipelineJob } from "../../config/azureml/job_factories.ts";
import type { Places } from "../../config/azureml/load.ts";
import type { Selection } from "../../config/azureml/types.ts";
import { changedError, type UserError } from "../../core/errors.ts";
import { shellWord } from "../../core/text/shell_word.ts";
import { pipelineNamed, sumOf } from "../../kedro/select_nodes.ts";
import type { ProjectSnapshot } from "../../kedro/snapshot.ts";
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

/** Adds to the error for an unknown job how to run a pipeline or node of that name. */
export function withOption(error: UserError, pipelines: ProjectSnapshot["pipelines"]): UserError {
  const { unknown: [name, ...more] = [] } = error.data as { readonly unknown?: readonly string[] };
  if (name === undefined || more.length > 0) return error;
  const isPipeline = Object.hasOwn(pipelines, name);
  const pipeline = Object.keys(pipelines).find((pipeline) =>
    pipelines[pipeline]!.nodes.some((node) => node.name === name)
  );
  if (!isPipeline && pipeline === undefined) return error;
  const inPipeline = pipeline === "__default__" ? "" : `-p ${shellWord(pipeline ?? "")} `;
  const option = isPipeline ? `-p ${shellWord(name)}` : `${inPipeline}--nodes ${shellWord(name)}`;
  const bare = error.message.split(" (did you mean")[0];
  return changedError(error, {
    message: `${bare}; it is a ${isPipeline ? "pipeline" : "node"}`,
    details: [],
    hint: `Run it with \`kedro-azureml submit ${option}\`, or add a job for it below \`jobs\` in azureml.yml`,
  });
}
