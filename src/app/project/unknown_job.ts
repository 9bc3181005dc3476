import { changedError, type UserError } from "../../core/errors.ts";
import { shellWord } from "../../core/text/shell_word.ts";
import type { ProjectSnapshot } from "../../kedro/snapshot.ts";

/** Adds to the error for an unknown job how to run a pipeline or node of that name. */
export function namePipelineOrNode(error: UserError, pipelines: ProjectSnapshot["pipelines"]): UserError {
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
