import { findResource, type World } from "../world/world.ts";
import type { Run } from "./state.ts";
import { badRequest, jsonAnswer, notFound } from "../world/refusal.ts";
import type { ComponentSpec, PipelineJob } from "../check/shapes.ts";

/** How run history calls the types of data. */
const TYPES: Readonly<Record<string, string>> = {
  uri_file: "UriFile",
  uri_folder: "UriFolder",
  mltable: "MLTable",
};

/** What a step that completed has left: each output is a data asset of its own, which nobody named. */
export function outputsOf(world: World, { id, job, step, status }: Run) {
  if (step === undefined || status !== "Completed") return {};
  const { workspace } = job;
  const { properties } = findResource(world, `${workspace.id}/jobs/${job.name}`)!;
  const { componentId } = (properties as PipelineJob).jobs[step]!;
  const { outputs } = findResource(world, componentId)!.properties.componentSpec as ComponentSpec;
  return Object.fromEntries(
    Object.entries(outputs ?? {}).map(([name, { type }]) => [name, {
      assetId:
        `azureml://locations/eastus/workspaces/${workspace.workspaceId}/data/azureml_${id}_output_data_${name}/versions/1`,
      type: TYPES[type] ?? type,
    }]),
  );
}

/** Says where data assets that runs have left lie: each output in a folder of its run. */
export async function resolveUris(world: World, request: Request, workspaceId: string): Promise<Response> {
  const workspace = world.workspaces.find((one) => one.id.toLowerCase() === workspaceId.toLowerCase());
  if (workspace === undefined) throw notFound(workspaceId);
  const { values } = await request.json() as { values?: unknown };
  if (!Array.isArray(values)) throw badRequest("The request names no values.", { target: "values" });
  const start = `${workspace.id}/datastores/workspaceblobstore/paths/azureml`;
  return jsonAnswer({
    values: Object.fromEntries(values.flatMap((asset) => {
      const [, run, output] = /\/data\/azureml_(.+)_output_data_(.+)\/versions\/1$/.exec(String(asset)) ?? [];
      if (run === undefined) return [];
      const uri = `azureml://${
        start.slice(1).replace("providers/Microsoft.MachineLearningServices/", "")
      }/${run}/${output}/`;
      return [[asset, { uri, type: "UriFolder" }]];
    })),
  });
}
