import { ownValue } from "../../core/fields.ts";
import { relative } from "node:path";
import { bindingOf } from "../../core/binding.ts";
import { createBlob, fileContent, textContent } from "../storage/store.ts";
import { seedData } from "../world/seed.ts";
import {
  findContainer,
  findResource,
  jobKey,
  studioId,
  workspaceWithId,
  type World,
} from "../world/world.ts";
import type { Container } from "../world/contents.ts";
import { bodyOf, findRun, reusedRun, type Run, stepRuns } from "./state.ts";
import { badRequest, jsonAnswer, notFound } from "../world/refusal.ts";
import type { ComponentSpec, JobNode, PipelineJob } from "../check/job_shapes.ts";

/** Names of data types in run history. */
const TYPES: Readonly<Record<string, string>> = {
  uri_file: "UriFile",
  uri_folder: "UriFolder",
  mltable: "MLTable",
};

/** The outputs of a completed step as data assets, with the names set in the job or generated ones. */
export function outputsOf(
  world: World,
  run: Run,
): Readonly<Record<string, { assetId: string; type: string }>> {
  const { id, job, step, status } = run;
  if (step === undefined || status !== "Completed" || reusedRun(world, run) !== undefined) return {};
  const { workspace } = job;
  const body = bodyOf(world, job);
  const node = body.jobs[step]!;
  const { outputs } = findResource(world, node.componentId)!.properties.componentSpec as ComponentSpec;
  const data = `azureml://locations/eastus/workspaces/${workspace.workspaceId}/data`;
  return Object.fromEntries(
    Object.entries(outputs ?? {}).map(([name, { type }]) => {
      const asset = assetName(body, node, name);
      const versioned = asset === undefined
        ? `azureml_${id}_output_data_${name}/versions/1`
        : `${asset}/versions/${versionOf(world, run)}`;
      return [name, { assetId: `${data}/${versioned}`, type: TYPES[type] ?? type }];
    }),
  );
}

/** The asset name of an output, set in the step or in the job output that it is bound to. */
function assetName(job: PipelineJob, { outputs }: JobNode, name: string): string | undefined {
  const output = ownValue(outputs, name);
  if (output === undefined) return undefined;
  if (!("value" in output)) return output.name ?? undefined;
  return ownValue(job.outputs, bindingOf(output.value).output ?? "")?.assetName ?? undefined;
}

/** The version of a job's output assets; each job creates a new version. */
function versionOf({ jobs }: World, { job }: Run): number {
  return [...jobs.values()].findIndex((other) => jobKey(other) === jobKey(job)) + 1;
}

/** Updates the blobs of a run's outputs; call it before listing blobs with a prefix. */
export async function keepOutputs(
  world: World,
  { account, name, blobs }: Container,
  prefix: string,
): Promise<void> {
  const id = /^azureml\/([^/]+)\//.exec(prefix)?.[1];
  const workspace = world.workspaces.find((workspace) => workspace.account === account);
  if (id === undefined || workspace === undefined || !name.startsWith(BLOBSTORE)) return;
  const run = findRun(world, workspace, id);
  if (run === undefined) return;
  if (run.job.execution !== undefined) return await publishOutputs(world, run);
  for (const output of Object.keys(outputsOf(world, run))) {
    for (const [path, text] of Object.entries(ownValue(world.outcome.outputs, output) ?? {})) {
      const blob = `azureml/${id}/${output}/${path}`;
      if (!blobs.has(blob)) blobs.set(blob, createBlob(world, textContent(text)));
    }
  }
}

const BLOBSTORE = "azureml-blobstore-";

/** Publishes the outputs of a step that ran on this machine: files become blobs, named outputs data assets. */
export async function publishOutputs(world: World, run: Run): Promise<void> {
  const { workspace, execution } = run.job;
  const container = findContainer(world, workspace.account, `${BLOBSTORE}${workspace.workspaceId}`);
  const folder = ownValue(execution?.steps, run.step ?? "")?.folder;
  if (container === undefined || folder === undefined || world.disk === undefined) return;
  for (const [output, { assetId, type }] of Object.entries(outputsOf(world, run))) {
    const root = `${folder}/outputs/${output}`;
    if (await world.disk.fs.stat(root) === undefined) continue;
    for await (const { path, kind } of world.disk.fs.walk(root, () => true)) {
      const blob = `azureml/${run.id}/${output}/${relative(root, path).replaceAll("\\", "/")}`;
      const stat = kind === "file" && !container.blobs.has(blob) ? await world.disk.fs.stat(path) : undefined;
      if (stat !== undefined) {
        container.blobs.set(blob, createBlob(world, fileContent(path, stat.sizeBytes)));
      }
    }
    const [, name, version] = /\/data\/([^/]+)\/versions\/([^/]+)$/.exec(assetId)!;
    if (
      name!.startsWith("azureml_") || findResource(world, `${workspace.id}/data/${name}/versions/${version}`)
    ) {
      continue;
    }
    seedData(world, workspace, [{
      name: name!,
      versions: [version!],
      path: `azureml/${run.id}/${output}/`,
      type: type === "UriFile" ? "uri_file" : type === "MLTable" ? "mltable" : "uri_folder",
    }]);
  }
}

/** Resolves the storage locations of output data assets: each is a folder of its run. */
export async function resolveUris(world: World, request: Request, workspaceId: string): Promise<Response> {
  const workspace = workspaceWithId(world, workspaceId);
  if (workspace === undefined) throw notFound(workspaceId);
  const { values } = await request.json() as { values?: unknown };
  if (!Array.isArray(values)) throw badRequest("The request names no values.");
  const placeOf = (asset: string) => {
    // The name of an output that the job does not name has the run's id, which saves a search of all jobs.
    const id = /\/data\/azureml_(.+)_output_data_/.exec(asset)?.[1];
    const runs = id === undefined
      ? [...world.jobs.values()].flatMap((job) => stepRuns(world, job))
      : [findRun(world, workspace, id)].filter((run) => run !== undefined);
    for (const run of runs) {
      const output = Object.entries(outputsOf(world, run)).find(([, { assetId }]) => assetId === asset);
      if (output !== undefined) return `${run.id}/${output[0]}`;
    }
    return undefined;
  };
  const start = `azureml:/${studioId(workspace)}/datastores/workspaceblobstore/paths`;
  return jsonAnswer({
    values: Object.fromEntries(values.flatMap((asset) => {
      const place = placeOf(String(asset));
      return place === undefined ? [] : [[asset, { uri: `${start}/azureml/${place}/`, type: "UriFolder" }]];
    })),
  });
}
