import { fields, parsedJson } from "./json.ts";

/**
 * A run is what Azure ML runs: a submitted job, or one of its steps. A job is an entry in azureml.yml, and a step is a
 * part of a job.
 */

export interface RunUsage {
  /** Memory of the largest process, in bytes. */
  readonly peakBytes: number;
  /** Processor time of all processes, in milliseconds. */
  readonly cpuMs: number;
}

export interface RunRef {
  /** Name of its job in azureml.yml; its name in Azure ML if that is unknown. */
  readonly job: string;
  readonly name: string;
}

/** A run that Azure ML has or is about to get, and its page in Azure ML studio. */
export interface SentRun extends RunRef {
  readonly studioUrl: string;
}

/** Azure's statuses of a run, in the order in which a run passes through them. */
export const RUN_STATUSES = [
  "NotStarted",
  "Starting",
  "Provisioning",
  "Preparing",
  "Queued",
  "Running",
  "Finalizing",
  "CancelRequested",
  "Completed",
  "Failed",
  "Canceled",
  "NotResponding",
  "Paused",
  "Unknown",
] as const;

/** Azure's status of a run; a new version of Azure ML may have others. */
export type RunStatus = typeof RUN_STATUSES[number] | (string & Record<never, never>);

/**
 * The statuses that end a run, as in azure-ai-ml 1.35 (`RunHistoryConstants.TERMINAL_STATUSES`). A run that is not
 * responding sent no heartbeat lately, and may go on.
 */
const FINAL = ["Completed", "Failed", "Canceled", "NotResponding", "Paused"];
const FAILED = ["Failed", "NotResponding"];
const RUNNING = ["Running", "Finalizing", "CancelRequested"];

export function isFinal(status: RunStatus): boolean {
  return FINAL.includes(status);
}

/** Whether a run with this status has failed, and has logs that say why. */
export function isFailed(status: RunStatus): boolean {
  return FAILED.includes(status);
}

/** Whether a step with this status runs on a compute. */
export function isRunning(status: RunStatus): boolean {
  return RUNNING.includes(status);
}

export const WAITING = "Waiting";

export const NOT_RUN = "NotRun";

/** A step that a rerun left out, because it completed in the run before. */
export const NOT_RUN_AGAIN = "NotRunAgain";

export interface StepState {
  /** Key in the job; for a run that belongs to no step of the job, its own id. */
  readonly key: string;
  readonly label: string;
  /** {@linkcode WAITING} while there is no run. */
  readonly status: RunStatus;
  readonly compute: string | undefined;
  readonly startedAt: Date | undefined;
  readonly endedAt: Date | undefined;
  readonly reason?: string | undefined;
  /** What its processes used; only known for steps that ran on this machine. */
  readonly usage?: RunUsage | undefined;
  /** Keys of the steps that it depends on. */
  readonly needs: readonly string[];
  /** The Kedro nodes that it runs in sequence; absent if it runs one. */
  readonly nodes?: readonly NodeState[] | undefined;
}

/** The state of a node in a step that runs several, according to the step's log. */
export interface NodeState {
  readonly name: string;
  readonly status: RunStatus;
  readonly durationMs?: number | undefined;
}

/** Environment variable of a step that runs several nodes: their names as a JSON list. */
export const GROUP_VARIABLE = "KEDRO_AZUREML_GROUP";
/** The one from which the plugin's MLflow hook takes the node's name. */
export const MLFLOW_NODE_NAME = "KEDRO_AZUREML_MLFLOW_NODE_NAME";

/** The nodes that a step runs, from its environment variables; `undefined` if it runs one. */
export function groupedNodes(variables: unknown): readonly string[] | undefined {
  const nodes = parsedJson(String(fields(variables)[GROUP_VARIABLE]));
  return Array.isArray(nodes) ? nodes.map(String) : undefined;
}

/** The steps of a run with this status: once it has ended, those without a run are not waiting any more. */
export function withoutWaiting<Step extends { readonly status?: RunStatus | undefined }>(
  status: string,
  steps: readonly Step[],
): readonly Step[] {
  if (!isFinal(status)) return steps;
  return steps.map((step) => step.status === undefined ? { ...step, status: NOT_RUN } : step);
}

const BINDING = /^\$\{\{\s*parent\.(?:inputs\.([^}\s]+)|(?:jobs\.([^.}\s]+)\.)?outputs\.([^.}\s]+))\s*\}\}$/;

/**
 * Reads a value such as `${{parent.jobs.train.outputs.model}}`; every other value is bound to nothing. Only names of
 * inputs can have periods: azure-ai-ml writes those of a group so.
 */
export function bindingOf(value: unknown) {
  const [, input, step, output] = BINDING.exec(String(value)) ?? [];
  return { input, step, output };
}

/** Whether MLflow logs a metric by itself: of the machine, or of the training data. */
export function isAutomaticMetric(name: string): boolean {
  return /^(?:system\/|training_)/.test(name);
}

/** The properties of a job in which azure-ai-ml records the checkout that it was submitted from. */
export const GIT_PROPERTIES = {
  repository: "mlflow.source.git.repoURL",
  branch: "mlflow.source.git.branch",
  commit: "mlflow.source.git.commit",
  dirty: "azureml.git.dirty",
  buildId: "azureml.git.build_id",
  buildUri: "azureml.git.build_uri",
} as const;

/** What a job's properties say of its checkout. */
export function gitOf(properties: Readonly<Record<string, string | undefined>>) {
  const { repository, branch, commit, dirty } = GIT_PROPERTIES;
  return {
    repository: properties[repository],
    branch: properties[branch],
    commit: properties[commit],
    isDirty: properties[dirty] === "True",
  };
}
