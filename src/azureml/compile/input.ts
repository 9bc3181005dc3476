import type { FoundJob } from "../../config/azureml/job_factories.ts";
import type { Places } from "../../config/azureml/load.ts";
import type { AzureMLConfig } from "../../config/azureml/types.ts";
import type { Warning } from "../../core/errors.ts";
import type { NodeSnapshot, PipelineSnapshot, ProjectSnapshot } from "../../kedro/snapshot.ts";
import type { GroupMode } from "../groups/mode.ts";
import type { StepCompute } from "./choose_compute.ts";

/** What a job is compiled from. */
export interface CompileInput {
  /** The job's name in azureml.yml. */
  readonly job: string;
  /** What azureml.yml says of it, with the placeholders of a factory filled in. */
  readonly definition: FoundJob;
  readonly config: AzureMLConfig;
  /** Where a value of azureml.yml is written. */
  readonly place: Places;
  readonly snapshot: ProjectSnapshot;
  /** `tracking.experiment.name` of mlflow.yml. */
  readonly defaultExperimentName?: string | undefined;
}

/** What the command line changes in every job that it compiles. */
export interface CompileOptions {
  /** `--aml-env`. */
  readonly environment?: string | undefined;
  /** `--params`; wins over the job's own. */
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  /** `--env-var`. */
  readonly environmentVariables?: Readonly<Record<string, string>> | undefined;
  /** `--load-versions`, by dataset. */
  readonly loadVersions?: Readonly<Record<string, string>> | undefined;
  readonly displayName?: string | undefined;
  /** Which nodes share a step; none where absent. */
  readonly groupBy?: GroupMode | undefined;
}

/** What all steps of one job share. */
export interface StepsInput {
  readonly input: CompileInput;
  readonly options: CompileOptions;
  /** The job's nodes, after its filters. */
  readonly pipeline: PipelineSnapshot;
  readonly displayName: string | undefined;
  readonly experimentName: string | undefined;
  /** Runtime parameters of every step, as JSON. */
  readonly params: string | undefined;
  readonly computeOf: (node: NodeSnapshot) => StepCompute;
  readonly warn: (warning: Warning) => void;
}
