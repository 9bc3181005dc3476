import type { JobRecord } from "../world/world.ts";
import type { Ports } from "./command_line.ts";

/** A step's run and the location of its files on this machine. */
export interface StepPlace {
  readonly job: JobRecord;
  /** Id of the step's run. */
  readonly runId: string;
  /** Absolute path of the folder for all files of the step. */
  readonly folder: string;
  /** Folder with the programs of the step's Python. */
  readonly bin: string | undefined;
  /** The store that MLflow logs to; `undefined` if the step's Python has no MLflow. */
  readonly tracking: StepTracking | undefined;
}

/** Where the steps of a job log to with MLflow. */
export interface StepTracking {
  /** URI of a store of MLflow, such as `sqlite:////tmp/x/mlflow.db`. */
  readonly uri: string;
  readonly experimentId: string;
}

/** Folders with the system's programs, in the format of PATH. */
export const SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * The environment variables of a step, besides those of its job and its rank: what Azure ML sets for every command
 * (https://learn.microsoft.com/azure/machine-learning/how-to-use-environments, and `AZUREML_PARAMETER_…` as in the
 * documentation of azure-ai-ml's `CommandJob`), its own home and temporary folder, and unbuffered Python output, so
 * that logs can be followed. `DO_NOT_TRACK` keeps kedro-telemetry from sending, which takes seconds per step
 * without network. Nothing is taken from the user's environment.
 *
 * MLflow logs to a store on this machine instead of the workspace, which needs no token. As on Azure ML, the step's run
 * is already there, with the id of the step, and `mlflow.start_run()` continues it.
 */
export function stepEnvironment(
  { job, runId, folder, bin, tracking }: StepPlace,
  { inputs, outputs }: Ports,
): Readonly<Record<string, string>> {
  const { workspace, experimentName, name } = job;
  return {
    PATH: bin === undefined ? SYSTEM_PATH : `${bin}:${SYSTEM_PATH}`,
    HOME: `${folder}/home`,
    TMPDIR: `${folder}/tmp`,
    LANG: "C.UTF-8",
    LC_ALL: "C.UTF-8",
    PYTHONUNBUFFERED: "1",
    DO_NOT_TRACK: "1",
    AZUREML_RUN_ID: runId,
    AZUREML_ROOT_RUN_ID: name,
    AZUREML_ARM_SUBSCRIPTION: workspace.subscription,
    AZUREML_ARM_RESOURCEGROUP: workspace.resourceGroup,
    AZUREML_ARM_WORKSPACE_NAME: workspace.name,
    AZUREML_ARM_PROJECT_NAME: experimentName,
    AZUREML_WORKSPACE_ID: workspace.workspaceId,
    AZUREML_WORKSPACE_SCOPE: workspace.id,
    ...(tracking && {
      MLFLOW_TRACKING_URI: tracking.uri,
      MLFLOW_RUN_ID: runId,
      MLFLOW_EXPERIMENT_ID: tracking.experimentId,
      MLFLOW_EXPERIMENT_NAME: experimentName,
    }),
    AZUREML_EXPERIMENT_SCOPE: `${workspace.id}/experiments/${experimentName}`,
    ...Object.fromEntries(
      Object.entries({ ...inputs, ...outputs }).map(([port, value]) => [`AZUREML_PARAMETER_${port}`, value]),
    ),
  };
}
