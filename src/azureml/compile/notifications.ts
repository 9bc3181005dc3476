import type { NotificationConfig } from "../../config/azureml/types.ts";
import type { FoundJob } from "../../config/azureml/job_factories.ts";
import type { Places } from "../../config/azureml/load.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import type { PipelineSnapshot } from "../../kedro/snapshot.ts";
import { pythonJson } from "../../core/text/python_json.ts";

/** The variables of each step that tell it what to report, by node name. */
export type NotificationVariables = (node: string) => Record<string, string>;

/** What the notifications of one job depend on. */
export interface NotificationInput {
  readonly job: string;
  readonly config: FoundJob;
  readonly place: Places;
  readonly definition: NotificationConfig | undefined;
  readonly pipeline: PipelineSnapshot;
  readonly dependencies: ReadonlyMap<string, ReadonlySet<string>>;
  readonly experimentName: string | undefined;
}

/**
 * Chooses the step that reports the start of a job and the step that reports its end.
 *
 * As the plugin: the first root and the last leaf in topological order, ties broken by name; the last leaf waits for
 * the others, which it finds through MLflow.
 *
 * @throws {UserError} `compile.notification_needs_experiment` when several leaves cannot find each other.
 */
export function notificationVariables(input: NotificationInput): NotificationVariables {
  const { definition, pipeline, dependencies } = input;
  if (definition === undefined || pipeline.nodes.length === 0) return () => ({});
  const names = pipeline.nodes.map((node) => node.name);
  const needed = new Set([...dependencies.values()].flatMap((parents) => [...parents]));
  const roots = names.filter((name) => dependencies.get(name)!.size === 0);
  const leaves = names.filter((name) => !needed.has(name));
  if (leaves.length > 1 && definition.events.includes("success") && !input.experimentName) {
    throw noExperiment(input);
  }
  const order = byDepthThenName(names, dependencies);
  const announcer = roots.sort(order)[0]!;
  const poster = [...leaves].sort(order).at(-1)!;
  const variables = { KEDRO_AZUREML_NOTIFY: pythonJson(definitionFor(input, definition)) };
  return (node) => ({
    ...variables,
    ...(node === announcer ? { KEDRO_AZUREML_NOTIFY_START: "1" } : {}),
    ...(node === poster
      ? {
        KEDRO_AZUREML_NOTIFY_OUTCOME: "1",
        KEDRO_AZUREML_NOTIFY_SIBLINGS: leaves.filter((leaf) => leaf !== poster).sort().join(","),
      }
      : {}),
  });
}

function definitionFor(
  { job, config }: NotificationInput,
  definition: NotificationConfig,
): Record<string, unknown> {
  return {
    webhook_env: definition.webhook_env,
    token_env: definition.token_env,
    channel: definition.channel,
    events: definition.events,
    payload: definition.payload,
    wait_timeout: definition.wait_timeout,
    warning_repeat_hours: definition.warning_repeat_hours,
    warning_repeat_tolerance_minutes: definition.warning_repeat_tolerance_minutes,
    job_name: job,
    display_name: config.display_name || job,
    pipeline_name: config.pipeline.pipeline_name,
  };
}

function byDepthThenName(names: readonly string[], dependencies: ReadonlyMap<string, ReadonlySet<string>>) {
  const depths = new Map<string, number>();
  for (const name of names) {
    depths.set(name, Math.max(-1, ...[...dependencies.get(name)!].map((parent) => depths.get(parent)!)) + 1);
  }
  return (a: string, b: string) => depths.get(a)! - depths.get(b)! || (a < b ? -1 : 1);
}

function noExperiment({ job, config, place }: NotificationInput): UserError {
  return new UserError(
    `Job "${job}" notifies on "success" and has several last steps, which need an MLflow experiment to find each other`,
    {
      code: "compile.notification_needs_experiment",
      exit: ExitCode.Config,
      place: place(["jobs", config.key, "notifications"]),
      hint:
        `Set \`experiment_name\` of job "${job}" in azureml.yml, or \`tracking.experiment.name\` in mlflow.yml`,
    },
  );
}
