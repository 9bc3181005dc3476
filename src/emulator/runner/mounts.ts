import { join } from "node:path";
import { ownValue } from "../../core/json.ts";
import { bindingOf } from "../../core/runs.ts";
import type { ComponentSpec, JobNode, PipelineJob } from "../arm/shapes.ts";
import { findResource, type World } from "../state/world.ts";
import type { StepPlace } from "./step_variables.ts";
import { blobPlaceOf, type createDataFinder, DataMissing, downloadBlobs } from "./data_assets.ts";
import type { Isolation } from "./isolation.ts";
import { makeFolders, runTool, type StepMachine } from "./programs.ts";

export interface StepTask extends StepPlace {
  readonly step: string;
  /** Returns the folder of another step of the same job, whose outputs this one may read. */
  readonly folderOf: (step: string) => string;
  readonly signal: AbortSignal;
}

export interface StepServices {
  readonly world: World;
  readonly machine: StepMachine;
  readonly data: ReturnType<typeof createDataFinder>;
  /** Absolute path of the folder for all files of the steps. */
  readonly root: string;
  readonly isolation: Isolation | undefined;
  /** Folder for one copy of each code asset. */
  readonly codeFolder: string;
  /** Copies by code asset id. */
  readonly codes: Map<string, Promise<string>>;
}

export interface StepParts {
  readonly job: PipelineJob;
  readonly node: JobNode;
  readonly spec: ComponentSpec;
}

/** Mounts the inputs and creates the output folders. @returns the ports, or an error message. */
export async function mount(
  services: StepServices,
  { folder, folderOf, job: { workspace } }: StepTask,
  { job, node, spec }: StepParts,
) {
  const targets: string[] = [];
  const inputs = new Map<string, string>();
  for (const [name, source] of portSources(job, node, spec)) {
    if (source.kind === "literal") {
      inputs.set(name, source.value);
      continue;
    }
    try {
      const path = source.kind === "step"
        ? await outputOf(services, folderOf(source.step), source.output)
        : await services.data.find(workspace, source.reference, source.type);
      targets.push(await services.machine.fs.realPath(path) ?? path);
      inputs.set(name, await link(services, path, join(folder, "mounts", `INPUT_${name}`)));
    } catch (thrown) {
      if (thrown instanceof DataMissing) return `Cannot mount input '${name}'. ${thrown.message}`;
      throw thrown;
    }
  }
  const outputs = new Map<string, string>();
  for (const [name, { type }] of Object.entries(spec.outputs ?? {})) {
    const path = join(folder, "outputs", name);
    await makeFolders(services.machine, path);
    outputs.set(name, type === "uri_file" ? join(path, name) : path);
  }
  return {
    ports: { inputs: Object.fromEntries(inputs), outputs: Object.fromEntries(outputs) },
    targets,
  };
}

/**
 * The folder of an earlier step's output. Blob storage has no empty folders, so an output without files cannot be
 * mounted, and Azure ML fails the step with this error: https://github.com/getindata/kedro-azureml/issues/56.
 */
async function outputOf({ machine: { fs } }: StepServices, folder: string, name: string): Promise<string> {
  const path = join(folder, "outputs", name);
  const exists = await fs.stat(path) !== undefined;
  if (exists && (await Array.fromAsync(fs.walk(path, () => true))).some(({ kind }) => kind !== "folder")) {
    return path;
  }
  throw new DataMissing(
    "ScriptExecution.StreamAccess.NotFound: StreamAccessException was caused by NotFoundException. " +
      `Found no resources for the input provided: the step that makes it wrote nothing to its output '${name}'.`,
  );
}

async function link({ machine }: StepServices, target: string, mountPoint: string): Promise<string> {
  const isFile = (await machine.fs.stat(target))?.kind === "file";
  const path = isFile ? join(mountPoint, target.split("/").at(-1)!) : mountPoint;
  if (isFile) await makeFolders(machine, mountPoint);
  await runTool(machine, "ln", "-s", "--", target, path);
  return path;
}

/** The folder with the files of a code asset, which are downloaded once from the emulator's storage. */
export function codeOf(
  { world, machine, codes, codeFolder }: StepServices,
  reference: string,
): Promise<string> {
  const id = reference.replace(/^azureml:/, "");
  const copy = codes.get(id) ?? download();
  codes.set(id, copy);
  return copy;

  async function download(): Promise<string> {
    const folder = join(codeFolder, machine.random.uuid());
    const place = blobPlaceOf(world, String(findResource(world, id)!.properties.codeUri));
    await downloadBlobs(world, machine, place!, folder);
    return folder;
  }
}

/** Where the value of an input comes from. */
type PortSource =
  | { readonly kind: "literal"; readonly value: string }
  | { readonly kind: "step"; readonly step: string; readonly output: string }
  /** A data asset, or a storage URI. */
  | { readonly kind: "data"; readonly reference: string; readonly type: string };

export function specOf(world: World, { componentId }: JobNode): ComponentSpec {
  return findResource(world, componentId)!.properties.componentSpec as ComponentSpec;
}

/** The source of each input with a value: set in the step or the job, or the component's default. */
export function portSources(
  job: PipelineJob,
  node: JobNode,
  spec: ComponentSpec,
): ReadonlyMap<string, PortSource> {
  const sources = new Map<string, PortSource>();
  for (const [name, input] of Object.entries(node.inputs ?? {})) {
    sources.set(
      name,
      input.job_input_type === "literal"
        ? bound(job, String(input.value))
        : { kind: "data", reference: input.uri, type: input.job_input_type },
    );
  }
  for (const [name, port] of Object.entries(spec.inputs ?? {})) {
    if (sources.has(name) || port.default === undefined || port.default === null) continue;
    sources.set(name, { kind: "literal", value: String(port.default) });
  }
  return sources;
}

function bound(job: PipelineJob, value: string): PortSource {
  const { input, step, output } = bindingOf(value);
  if (step !== undefined) return { kind: "step", step, output: output! };
  if (input === undefined) return { kind: "literal", value };
  const ofJob = ownValue(job.inputs, input);
  if (ofJob?.uri) return { kind: "data", reference: ofJob.uri, type: ofJob.jobInputType };
  return { kind: "literal", value: String(ofJob?.value ?? "") };
}
