import type { Places } from "../../../config/azureml_yml.ts";
import type { FoundJob } from "../../../config/jobs.ts";
import type { AzureMLConfig, JobConfig, Selection } from "../../../config/types.ts";
import { inQuotes, placing, UserError, type Warning } from "../../../core/errors.ts";
import {
  nodesText,
  pipelineNamed,
  pipelineOf,
  selectNodes,
  slice,
  type SliceFilter,
} from "../../../kedro/select.ts";
import type { NodeSnapshot, PipelineSnapshot, ProjectSnapshot } from "../../../kedro/snapshot.ts";
import type { GroupMode } from "./group_mode.ts";
import { ownValue } from "../../../core/json.ts";

/**
 * The nodes that a job runs: those that its entry in azureml.yml selects, and of these, those that the command line
 * selects.
 *
 * @throws {UserError} `pipeline.*`.
 */
export function pipelineOfJob(input: Omit<CompileInput, "config">): PipelineSnapshot {
  const own = filtered(input);
  const { selection } = input.definition;
  return selection === undefined ? own : narrowed(own, selection, input);
}

/** Applies only the filters that are set, as the plugin does, so that an empty pipeline still compiles. */
function filtered({ definition, snapshot, place }: Omit<CompileInput, "config">): PipelineSnapshot {
  const { pipeline_name: name, ...filters } = definition.pipeline;
  const path = ["jobs", definition.key, "pipeline"];
  const pipeline = placing(() => place([...path, "pipeline_name"]), () => pipelineNamed(snapshot, name));
  if (Object.values(filters).every((names) => names === null)) return pipeline;
  return placing(
    () => place([...path, ...refusedAlone(pipeline, filters)]),
    () => selectNodes(snapshot, [name], filters),
  );
}

/** The key of the first filter that fails on its own, if any. */
function refusedAlone(pipeline: PipelineSnapshot, filters: SliceFilter): string[] {
  const keys = Object.keys(filters) as (keyof SliceFilter)[];
  const failing = keys.find((key) => {
    try {
      return slice(pipeline, { [key]: filters[key] }) === undefined;
    } catch {
      return true;
    }
  });
  return failing === undefined ? [] : [failing];
}

/** The nodes of a job that the command line selects, as Kedro intersects filters: by what each selects alone. */
function narrowed(
  own: PipelineSnapshot,
  selection: Selection,
  { job, definition, snapshot }: Omit<CompileInput, "config">,
): PipelineSnapshot {
  const { pipelines, ...filters } = selection;
  const names = pipelines ?? [definition.pipeline.pipeline_name];
  const selected = selectNodes(snapshot, names, filters, { filter: optionOf });
  const wanted = new Set(selected.nodes.map(({ name }) => name));
  const nodes = own.nodes.filter(({ name }) => wanted.has(name));
  if (nodes.length === own.nodes.length) return own;
  if (nodes.length > 0) return pipelineOf(nodes);
  throw new UserError(`Job "${job}" runs none of the selected nodes`, {
    // pipeline.empty: The filters leave no node of the pipeline. Change them.
    code: "pipeline.empty",
    details: [
      `${selectionText(selection)}: ${nodesText(selected.nodes)}`,
      `job ${job}: ${nodesText(own.nodes)}`,
    ],
    hint: `Omit "${job}" to run the selected nodes without a job of azureml.yml`,
  });
}

/** A selection as options of `kedro run`. */
function selectionText({ pipelines, ...filters }: Selection): string {
  const keys = Object.keys(filters) as (keyof SliceFilter)[];
  return [
    ...(pipelines === undefined ? [] : [`-p ${pipelines.join(",")}`]),
    ...keys.flatMap((key) => filters[key]?.length ? [`${optionOf(key)} ${filters[key].join(",")}`] : []),
  ].join(" ");
}

/** The option of `kedro run` for a filter, such as `--nodes` for `node_names`. */
function optionOf(key: keyof SliceFilter): string {
  if (key === "node_names") return "--nodes";
  return key === "node_namespaces" ? "--namespaces" : `--${key.replace("_", "-")}`;
}

export interface CompileInput {
  readonly job: string;
  /** The job's definition in azureml.yml, with the placeholders of a job factory filled in. */
  readonly definition: FoundJob;
  readonly config: AzureMLConfig;
  readonly place: Places;
  readonly snapshot: ProjectSnapshot;
  /** `tracking.experiment.name` of mlflow.yml. */
  readonly mlflowExperimentName?: string | undefined;
}

export interface JobOverrides {
  readonly environment?: string | undefined;
  /** Runtime parameters, which take precedence over the job's own. */
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  readonly environmentVariables?: Readonly<Record<string, string>> | undefined;
  /** Versions of data assets, by dataset. */
  readonly loadVersions?: Readonly<Record<string, string>> | undefined;
  readonly displayName?: string | undefined;
  /** Which nodes share a step (default: none). */
  readonly groupBy?: GroupMode | undefined;
}

export interface StepsInput {
  readonly input: CompileInput;
  readonly overrides: JobOverrides;
  readonly pipeline: PipelineSnapshot;
  readonly displayName: string | undefined;
  readonly experimentName: string | undefined;
  readonly params: string | undefined;
  readonly computeOf: (node: NodeSnapshot) => StepCompute;
  readonly warn: (warning: Warning) => void;
}

interface StepCompute {
  readonly cluster: string;
  readonly instanceType: string | undefined;
}

/**
 * The compute of steps without a compute tag: `jobs.X.compute` is a key of `compute`, or else a cluster name.
 *
 * @throws {UserError} `compile.no_cluster` if the default compute's name is empty.
 */
export function jobCompute(config: AzureMLConfig, job: JobConfig, place: Places): StepCompute {
  const { compute } = job;
  if (compute === null) return withDefaults(config, config.compute.__default__!, place);
  const entry = ownValue(config.compute, compute);
  return withDefaults(config, entry ?? { cluster_name: compute, instance_type: null }, place);
}

/**
 * The compute of one step: chosen by the node's tag, else the job's.
 *
 * @throws {UserError} `compile.two_computes` if two tags of the node are keys of `compute`; `compile.no_cluster`.
 */
export function stepCompute(
  config: AzureMLConfig,
  ofJob: StepCompute,
  node: NodeSnapshot,
  place: Places,
): StepCompute {
  const keys = node.tags.filter((tag) => Object.hasOwn(config.compute, tag));
  if (keys.length > 1) {
    throw new UserError(
      `Node "${node.name}" has tags for ${keys.length} computes`,
      {
        // compile.two_computes: A node has tags for several computes. Keep one of them.
        code: "compile.two_computes",
        details: [`tags: ${keys.join(", ")}`, `function: ${node.func}`],
        place: place(["compute", keys[0]!]),
        hint: `Keep only one of the tags ${inQuotes(keys, " and ")} on the node`,
      },
    );
  }
  return keys[0] === undefined ? ofJob : withDefaults(config, config.compute[keys[0]]!, place);
}

function withDefaults(
  config: AzureMLConfig,
  entry: AzureMLConfig["compute"][string],
  place: Places,
): StepCompute {
  const fallback = config.compute.__default__!;
  const cluster = entry.cluster_name || fallback.cluster_name;
  if (!cluster) throw noCluster(place);
  return {
    cluster: clusterName(cluster),
    instanceType: entry.instance_type || fallback.instance_type || undefined,
  };
}

function noCluster(place: Places): UserError {
  return new UserError("The name of the default compute is empty", {
    // compile.no_cluster: The default compute has no name. Set `compute.__default__.cluster_name` in
    //   azureml.yml.
    code: "compile.no_cluster",
    place: place(["compute", "__default__", "cluster_name"]),
    hint: "Set `compute.__default__.cluster_name` in azureml.yml",
  });
}

/** The bare name of a cluster given as `azureml:name` or by its id, which is in the job's workspace. */
function clusterName(text: string): string {
  const bare = text.replace(/^azureml:/, "");
  return /^\/subscriptions\/.+\/computes\/([^/]+)$/i.exec(bare)?.[1] ?? bare;
}
