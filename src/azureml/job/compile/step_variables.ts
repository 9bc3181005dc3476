import type { Places } from "../../../config/azureml_yml.ts";
import type { FoundJob } from "../../../config/jobs.ts";
import type { AzureMLConfig } from "../../../config/schema.ts";
import { UserError } from "../../../core/errors.ts";
import { pythonJson } from "../../../core/json.ts";
import { MLFLOW_NODE_NAME } from "../../../core/runs.ts";
import { compareText } from "../../../core/text_match.ts";
import type { StepsInput } from "./input.ts";

/** The variables with which the plugin's hooks log a step to MLflow; none without an experiment. */
export function mlflowVariables({ input, displayName, experimentName }: StepsInput, name: string) {
  if (experimentName === undefined) return {};
  return {
    KEDRO_AZUREML_MLFLOW_ENABLED: "1",
    KEDRO_AZUREML_MLFLOW_RUN_NAME: displayName || input.job,
    KEDRO_AZUREML_MLFLOW_EXPERIMENT_NAME: experimentName,
    [MLFLOW_NODE_NAME]: name,
  };
}

/** The variable set on the step that reports the start of a job. */
export const NOTIFY_START = "KEDRO_AZUREML_NOTIFY_START";

/** The variable set on the step that reports the end of a job. */
export const NOTIFY_OUTCOME = "KEDRO_AZUREML_NOTIFY_OUTCOME";

interface NotificationInput {
  readonly job: string;
  readonly config: FoundJob;
  readonly place: Places;
  readonly definition: AzureMLConfig["notifications"][string] | undefined;
  /** Names of the steps, each after those that it depends on. */
  readonly steps: readonly string[];
  readonly dependencies: ReadonlyMap<string, ReadonlySet<string>>;
  readonly experimentName: string | undefined;
}

/**
 * Chooses the steps that report the start and the end of a job.
 *
 * As in the plugin, these are the first root and the last leaf in topological order, with ties broken by name; the last
 * leaf waits for the others, which it finds through MLflow.
 *
 * @throws {UserError} `compile.notification_needs_experiment` if several leaves could not find each other.
 */
export function planNotifications(input: NotificationInput) {
  const { job, config, definition, steps, dependencies } = input;
  if (definition === undefined || steps.length === 0) {
    return { variablesOf: (): Record<string, string> => ({}), isAwaited: () => false };
  }
  const needed = new Set([...dependencies.values()].flatMap((parents) => [...parents]));
  const roots = steps.filter((name) => dependencies.get(name)!.size === 0);
  const leaves = steps.filter((name) => !needed.has(name));
  if (leaves.length > 1 && definition.events.includes("success") && !input.experimentName) {
    throw noExperiment(input);
  }
  const order = byDepthThenName(steps, dependencies);
  const announcer = roots.sort(order)[0]!;
  const poster = [...leaves].sort(order).at(-1)!;
  const siblings = leaves.filter((leaf) => leaf !== poster).sort();
  const names = {
    job_name: job,
    display_name: config.display_name || job,
    pipeline_name: config.pipeline.pipeline_name,
  };
  const variables = { KEDRO_AZUREML_NOTIFY: pythonJson({ ...definition, ...names }) };
  return {
    variablesOf: (step: string): Record<string, string> => ({
      ...variables,
      ...(step === announcer ? { [NOTIFY_START]: "1" } : {}),
      ...(step === poster
        ? { [NOTIFY_OUTCOME]: "1", KEDRO_AZUREML_NOTIFY_SIBLINGS: siblings.join(",") }
        : {}),
    }),
    isAwaited: (step: string) => siblings.includes(step),
  };
}

function byDepthThenName(names: readonly string[], dependencies: ReadonlyMap<string, ReadonlySet<string>>) {
  const depths = new Map<string, number>();
  for (const name of names) {
    depths.set(name, Math.max(-1, ...[...dependencies.get(name)!].map((parent) => depths.get(parent)!)) + 1);
  }
  return (a: string, b: string) => depths.get(a)! - depths.get(b)! || compareText(a, b);
}

function noExperiment({ job, config, place }: NotificationInput): UserError {
  return new UserError(
    `Job "${job}" notifies on "success" and has several last steps, which need an MLflow experiment to find each other`,
    {
      // compile.notification_needs_experiment: A notification on success needs an experiment for several last
      //   steps. Set `experiment_name`.
      code: "compile.notification_needs_experiment",
      place: place(["jobs", config.key, "notifications"]),
      hint:
        `Set \`experiment_name\` of job "${job}" in azureml.yml, or \`tracking.experiment.name\` in mlflow.yml`,
    },
  );
}
