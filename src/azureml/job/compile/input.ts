import type { FoundJob } from "../../../config/azureml/job_factories.ts";
import type { Places } from "../../../config/azureml/load.ts";
import type { AzureMLConfig } from "../../../config/azureml/types.ts";
import type { Warning } from "../../../core/errors.ts";
import type { NodeSnapshot, PipelineSnapshot, ProjectSnapshot } from "../../../kedro/snapshot.ts";
import type { GroupMode } from "../groups/mode.ts";
import type { StepCompute } from "./choose_compute.ts";

/** The input of compiling a job. */
export interface CompileInput {
  /** The job's name in azureml.yml. */
  readonly job: string;
  /** The job's definition in azureml.yml, with the placeholders of a job factory filled in. */
  readonly definition: FoundJob;
  readonly config: AzureMLConfig;
  /** Finds where a value is in azureml.yml. */
  readonly place: Places;
  readonly snapshot: ProjectSnapshot;
  /** `tracking.experiment.name` of mlflow.yml. */
  readonly mlflowExperimentName?: string | undefined;
}

/** What a job gets instead of what the project says. */
export interface JobOverrides {
  /** Azure ML environment. */
  readonly environment?: string | undefined;
  /** Runtime parameters, which take precedence over the job's own. */
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  /** Environment variables to set in every step. */
  readonly environmentVariables?: Readonly<Record<string, string>> | undefined;
  /** Versions of data assets, by dataset. */
  readonly loadVersions?: Readonly<Record<string, string>> | undefined;
  readonly displayName?: string | undefined;
  /** Which nodes share a step (default: none). */
  readonly groupBy?: GroupMode | undefined;
}

/** What all steps of a job share. */
export interface StepsInput {
  readonly input: CompileInput;
  readonly overrides: JobOverrides;
  /** The job's nodes, filtered. */
  readonly pipeline: PipelineSnapshot;
  readonly displayName: string | undefined;
  readonly experimentName: string | undefined;
  /** Runtime parameters of every step, as JSON. */
  readonly params: string | undefined;
  readonly computeOf: (node: NodeSnapshot) => StepCompute;
  readonly warn: (warning: Warning) => void;
}
