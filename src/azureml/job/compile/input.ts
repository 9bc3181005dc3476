import type { Places } from "../../../config/azureml_yml.ts";
import type { FoundJob } from "../../../config/jobs.ts";
import type { AzureMLConfig, Selection } from "../../../config/schema.ts";
import { placing, UserError, type Warning } from "../../../core/errors.ts";
import {
  nodesText,
  pipelineNamed,
  pipelineOf,
  selectNodes,
  slice,
  type SliceFilter,
} from "../../../kedro/select.ts";
import type { NodeSnapshot, PipelineSnapshot, ProjectSnapshot } from "../../../kedro/snapshot.ts";
import type { GroupMode } from "../../../core/group_mode.ts";
import type { StepCompute } from "./compute.ts";

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
