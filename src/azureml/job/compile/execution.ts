import { inQuotes, UserError } from "../../../core/errors.ts";
import type { NodeSnapshot } from "../../../kedro/snapshot.ts";
import type { NodeGroup } from "../groups/names.ts";
import { GROUP_VARIABLE } from "../../../core/run.ts";
import type { Step } from "../job_spec.ts";
import { groupCommand } from "./group_command.ts";
import type { StepsInput } from "./input.ts";
import { type Notifications, NOTIFY_OUTCOME, NOTIFY_START } from "./notifications.ts";
import { type ExecuteCommand, stepCommand } from "./step_command.ts";
import type { StepPorts } from "./step_ports.ts";

/** The step to write the command of. */
export interface ExecutionInput {
  readonly group: NodeGroup;
  readonly ports: StepPorts;
  readonly notifications: Notifications;
}

/** The command of a step, and its environment variables. */
export type Execution = Pick<Step, "command" | "environmentVariables">;

/** Builds a step's command and environment variables. */
export function executionOf(all: StepsInput, step: ExecutionInput): Execution {
  const { input: { config: { execution }, snapshot: { project } } } = all;
  const shared = {
    env: project.env,
    pipeline: registeredPipeline(all, step.group.nodes),
    params: all.params,
    workingDirectory: execution.code_directory === null
      ? execution.working_directory || undefined
      : undefined,
  };
  return step.group.nodes.length === 1 ? ofOneNode(all, step, shared) : ofSeveral(all, step, shared);
}

/**
 * The registered pipeline with which a step runs its nodes. A job of several pipelines is none itself.
 *
 * @throws {UserError} `pipeline.no_sum` if no registered pipeline has all nodes of the step.
 */
function registeredPipeline(
  { input: { definition: { pipeline, selection }, snapshot: { pipelines, pipeline_names: names } } }:
    StepsInput,
  nodes: readonly NodeSnapshot[],
): string {
  const own = pipeline.pipeline_name;
  if (names.includes(own)) return own;
  const registered = [...selection?.pipelines ?? [], ...names].find((name) => {
    const names = new Set(pipelines[name]!.nodes.map(({ name }) => name));
    return nodes.every(({ name }) => names.has(name));
  });
  if (registered !== undefined) return registered;
  const listed = inQuotes(nodes.map(({ name }) => name));
  throw new UserError(`No registered pipeline has all nodes of one step: ${listed}`, {
    code: "pipeline.no_sum",
    hint: "Omit `--group-by`, or register the sum of the pipelines in register_pipelines()",
  });
}

function ofOneNode(
  all: StepsInput,
  { group: { name, nodes }, ports, notifications }: ExecutionInput,
  shared: ExecuteCommand,
): Execution {
  return {
    command: stepCommand({ ...shared, node: name, ...ports.mountsOf(nodes[0]!) }),
    environmentVariables: {
      KEDRO_ENV: shared.env,
      ...mlflowVariables(all, name),
      ...notifications.variablesOf(name),
      ...all.overrides.environmentVariables,
    },
  };
}

/**
 * Only the first node announces the start of the job, and only the last its end. MLflow gets the name of each node, or
 * the name of the step if another step waits for it by that name.
 */
function ofSeveral(
  all: StepsInput,
  { group: { name, nodes }, ports, notifications }: ExecutionInput,
  shared: ExecuteCommand,
): Execution {
  const mlflow = mlflowVariables(all, name);
  const { [NOTIFY_OUTCOME]: outcome, ...notify } = notifications.variablesOf(name);
  const isNamed = all.experimentName !== undefined && !notifications.isAwaited(name);
  return {
    command: groupCommand({
      ...shared,
      nodes: nodes.map((node) => ({ name: node.name, ...ports.mountsOf(node) })),
      folders: ports.folders,
      nameVariable: isNamed ? MLFLOW_NODE_NAME : undefined,
      firstVariables: NOTIFY_START in notify ? [NOTIFY_START] : [],
      lastVariables: outcome === undefined ? {} : { [NOTIFY_OUTCOME]: outcome },
    }),
    environmentVariables: {
      KEDRO_ENV: shared.env,
      ...mlflow,
      ...notify,
      [GROUP_VARIABLE]: JSON.stringify(nodes.map((node) => node.name)),
      ...all.overrides.environmentVariables,
    },
  };
}

/** The environment variable from which the plugin's MLflow hook takes the node's name. */
const MLFLOW_NODE_NAME = "KEDRO_AZUREML_MLFLOW_NODE_NAME";

function mlflowVariables({ input, displayName, experimentName }: StepsInput, name: string) {
  if (experimentName === undefined) return {};
  return {
    KEDRO_AZUREML_MLFLOW_ENABLED: "1",
    KEDRO_AZUREML_MLFLOW_RUN_NAME: displayName || input.job,
    KEDRO_AZUREML_MLFLOW_EXPERIMENT_NAME: experimentName,
    [MLFLOW_NODE_NAME]: name,
  };
}
