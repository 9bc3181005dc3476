import { relative } from "node:path";
import { ownValue } from "../../core/json.ts";
import { bindingOf } from "../../core/runs.ts";
import type { ComponentSpec, JobNode, PipelineJob } from "../arm/shapes.ts";
import { badRequest, jsonAnswer, notFound } from "../http/refusal.ts";
import type { Disk } from "../state/disk.ts";
import type { Container, Content } from "../state/records.ts";
import { seedData } from "../state/seed.ts";
import {
  type EmulatedWorkspace,
  findContainer,
  findResource,
  jobKey,
  openContainer,
  studioId,
  workspaceWithId,
  type World,
} from "../state/world.ts";
import { grantBlob } from "../storage/sas.ts";
import { createBlob, fileContent, textContent } from "../storage/blob_content.ts";
import { artifactFolder } from "./mlflow_store.ts";
import { bodyOf, displayNameOf, findRun, nodesOf, type Run, stepRuns } from "./simulated_timeline.ts";

const CONTAINER = "azureml";
const MOST_LINES = 1000;

/** Stores the logs of a run so far as blobs. @returns SAS URLs by file name. */
export async function logFiles(world: World, run: Run): Promise<Readonly<Record<string, string>>> {
  if (run.startedAt === undefined) return {};
  if (run.step !== undefined && run.job.execution !== undefined) return await writtenLogs(world, run);
  const [name, text] = run.step === undefined ? ["logs/azureml/executionlogs.txt", jobLog(world, run)] : [
    "user_logs/std_log.txt",
    stepLog(world, run, nodesOf(world, run.job, run.step!)),
  ];
  return { [name!]: keepRunFile(world, run, name!, textContent(text!)) };
}

async function writtenLogs(world: World, run: Run): Promise<Readonly<Record<string, string>>> {
  const root = `${run.job.execution!.steps[run.step!]!.folder}/logs`;
  return world.disk === undefined
    ? {}
    : await filesIn(world.disk, root, (name, content) => keepRunFile(world, run, name, content));
}

/** Stores the artifacts of a completed step as blobs. @returns SAS URLs by path. */
export function leftFiles(world: World, run: Run): Readonly<Record<string, string>> {
  if (run.step === undefined || run.status !== "Completed") return {};
  return Object.fromEntries(
    Object.entries(world.outcome.artifacts ?? {}).map(([path, text]) => [
      path,
      keepRunFile(world, run, encodeURIComponent(path), textContent(text)),
    ]),
  );
}

/**
 * Stores what a run logged to MLflow as blobs; it may be nested in that of a step.
 *
 * @returns SAS URLs by path; `undefined` if MLflow does not know the run.
 */
export async function trackedFiles(
  world: World,
  workspace: EmulatedWorkspace,
  id: string,
): Promise<Readonly<Record<string, string>> | undefined> {
  const { disk } = world;
  const root = await artifactFolder(disk, id);
  if (disk === undefined || root === undefined) return undefined;
  return await filesIn(
    disk,
    root,
    (name, content) => keepFile(world, workspace, `ExperimentRun/dcid.${id}/${name}`, content),
  );
}

/** Stores the files of a folder as blobs. @returns SAS URLs by path. */
async function filesIn(
  { fs }: Disk,
  root: string,
  keep: (name: string, content: Content) => string,
): Promise<Readonly<Record<string, string>>> {
  if (await fs.stat(root) === undefined) return {};
  const urls: Record<string, string> = {};
  for await (const { path, kind } of fs.walk(root, () => true)) {
    const stat = kind === "file" ? await fs.stat(path) : undefined;
    if (stat === undefined) continue;
    const name = path.slice(root.length + 1).replaceAll("\\", "/");
    urls[name] = keep(name, fileContent(path, stat.sizeBytes));
  }
  return urls;
}

/** Updates the blobs of a run's logs and artifacts; call it before listing blobs with a prefix. */
export async function keepArtifacts(
  world: World,
  { account, name }: Container,
  prefix: string,
): Promise<void> {
  const id = /^ExperimentRun\/dcid\.([^/]+)\//.exec(prefix)?.[1];
  const workspace = world.workspaces.find((workspace) => workspace.account === account);
  if (name !== CONTAINER || id === undefined || workspace === undefined) return;
  const run = findRun(world, workspace, id);
  if (run === undefined) return;
  await logFiles(world, run);
  leftFiles(world, run);
  if (run.step !== undefined || run.startedAt === undefined) return;
  // Two logs of a pipeline job are always empty.
  for (const name of ["stderrlogs.txt", "stdoutlogs.txt"]) {
    keepRunFile(world, run, `logs/azureml/${name}`, textContent(""));
  }
}

function keepRunFile(world: World, { id, job: { workspace } }: Run, name: string, content: Content): string {
  return keepFile(world, workspace, `ExperimentRun/dcid.${id}/${name}`, content);
}

/** Stores a blob unless it already has that size. @returns a SAS URL to read it. */
function keepFile(
  world: World,
  { account }: EmulatedWorkspace,
  blob: string,
  content: Content,
): string {
  const { blobs } = openContainer(world, account, CONTAINER);
  if (blobs.get(blob)?.sizeBytes !== content.sizeBytes) {
    blobs.set(blob, createBlob(world, content, { contentType: "application/octet-stream" }));
  }
  return grantBlob(world, { account, container: CONTAINER, blob, permissions: "r" });
}

function jobLog(world: World, run: Run): string {
  const lines = stepRuns(world, run.job).flatMap((step) => [
    `[${stamp(step.createdAt)}] Submitting 1 runs, first five are: ${step.step}:${step.id}`,
    ...(step.endedAt === undefined ? [] : [
      `[${stamp(step.endedAt)}] ${
        step.status === "Completed" ? "Completing" : "Ending"
      } processing run id ${step.id}.`,
    ]),
  ]);
  return lines.sort().map((line) => `${line}\n`).join("");
}

/** The log of a simulated step of several nodes, which take equal time; the last one may fail. */
function groupLog(run: Run, now: number, nodes: readonly string[]): string {
  const seconds = Math.floor(((run.endedAt ?? now) - run.startedAt!) / 1000);
  const running = run.endedAt === undefined ? Math.min(seconds, nodes.length - 1) : nodes.length - 1;
  return nodes.slice(0, running + 1).flatMap((node, at) => {
    const line = `kedro-azureml: node ${at + 1}/${nodes.length} ${node}`;
    if (at === running && run.endedAt === undefined) return [`${line}: started`];
    const isFailed = at === running && run.error !== undefined;
    return [
      `${line}: started`,
      ...isFailed ? [`[${stamp(run.endedAt!)}] ERROR    ${run.error}`] : [],
      `${line}: ${isFailed ? "failed in 1 s with exit code 1" : "completed in 1 s"}`,
    ];
  }).map((line) => `${line}\n`).join("");
}

/** The log of a simulated step: one line at its start, one for each second, and one at its end. */
function stepLog(world: World, run: Run, nodes: readonly string[]): string {
  const now = world.clock.now().getTime();
  if (nodes.length > 0) return groupLog(run, now, nodes);
  const start = run.startedAt!;
  const name = displayNameOf(world, run);
  const seconds = Math.min(Math.floor(((run.endedAt ?? now) - start) / 1000), MOST_LINES);
  const lines = [
    `[${stamp(start)}] INFO     Running node: ${name}`,
    ...Array.from(
      { length: seconds },
      (_, at) => `[${stamp(start + (at + 1) * 1000)}] INFO     ${name} has run for ${at + 1} s`,
    ),
    ...(run.endedAt === undefined ? [] : [
      run.error === undefined
        ? `[${stamp(run.endedAt)}] INFO     Pipeline execution completed successfully.`
        : `[${stamp(run.endedAt)}] ERROR    ${run.error}`,
    ]),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function stamp(time: number): string {
  return new Date(time).toISOString().replace("T", " ").replace(/\.\d+Z$/, "Z");
}

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
  if (step === undefined || status !== "Completed") return {};
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
