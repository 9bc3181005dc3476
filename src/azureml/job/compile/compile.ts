import type { FoundJob } from "../../../config/jobs.ts";
import { isPlaceholder } from "../../../config/init_placeholders.ts";
import { ExitCode, inQuotes, placing, UserError, type Warning } from "../../../core/errors.ts";
import { isFields, ownValue, pythonJson } from "../../../core/json.ts";
import { isParameter } from "../../../core/loader_settings.ts";
import { GROUP_VARIABLE, MLFLOW_NODE_NAME } from "../../../core/runs.ts";
import { shellWord } from "../../../core/untrusted.ts";
import type { Json, NodeSnapshot } from "../../../kedro/snapshot.ts";
import type { GroupedNode, JobOutput, JobSpec, Step } from "../job_spec.ts";
import {
  componentName,
  experimentOf,
  type NodeGroup,
  parseEnvironment,
  portName,
  requirePortNames,
  stepKeys,
  uniqueNames,
} from "../names.ts";
import {
  commandBytes,
  type ExecuteCommand,
  groupCommand,
  longestCommandBytes,
  stepCommand,
} from "./command.ts";
import { countParameters, distributionOf } from "./distribution.ts";
import { groupWarnings, isReusable, namedGroups, partition } from "./group_by.ts";
import { NO_GROUPS } from "../../../core/group_mode.ts";
import { type CompileInput, type JobOverrides, pipelineOfJob, type StepsInput } from "./input.ts";
import { jobCompute, stepCompute } from "./compute.ts";
import { mlflowVariables, NOTIFY_OUTCOME, NOTIFY_START, planNotifications } from "./step_variables.ts";
import { dataAsset, findWiring, nodeDependencies, type StepPorts, stepPorts } from "./ports.ts";

export interface Compiled {
  readonly spec: JobSpec;
  readonly warnings: readonly Warning[];
}

/**
 * Compiles one job of `azureml.yml` to the form that is sent to Azure ML. Pure.
 *
 * @throws {UserError} `pipeline.*` if a filter matches nothing; `compile.*`, `catalog.*`, `environment.*` or `group.*`
 *   for what cannot be compiled.
 */
export function compile(input: CompileInput, overrides: JobOverrides = {}): Compiled {
  const { job, definition, config } = input;
  const warnings: Warning[] = [];
  const pipeline = pipelineOfJob(input);
  const { environment } = config.execution;
  // A placeholder is reported with the others.
  if (!overrides.environment && environment && !isPlaceholder(environment)) {
    // Compiling the steps would reject it, too, but not say where it is written.
    placing(() => input.place(["execution", "environment"]), () => parseEnvironment(environment));
  }
  const experimentName = experimentOf(definition.experiment_name, input.mlflowExperimentName);
  const displayName = overrides.displayName ?? definition.display_name ?? undefined;
  const params = mergedParams(definition, overrides);
  const compute = jobCompute(config, definition, input.place);
  const steps = compileSteps({
    input,
    overrides,
    pipeline,
    displayName,
    experimentName,
    params,
    computeOf: (node) => stepCompute(config, compute, node, input.place),
    warn: (warning) => void warnings.push(warning),
  });
  const spec: JobSpec = {
    job,
    key: definition.key,
    pipelineName: definition.pipeline.pipeline_name,
    displayName,
    experimentName,
    description: definition.description ?? undefined,
    compute: compute.cluster,
    codeDirectory: config.execution.code_directory ?? undefined,
    environment: overrides.environment || config.execution.environment || undefined,
    steps,
    outputs: jobOutputs(steps),
  };
  return { spec, warnings };
}

/** The parameters of every step, as JSON; the command line's take precedence, by top-level key. */
function mergedParams({ params }: FoundJob, overrides: JobOverrides): string | undefined {
  const merged = { ...params, ...overrides.params };
  return Object.keys(merged).length === 0 ? undefined : pythonJson(merged);
}

function jobOutputs(steps: readonly Step[]): JobOutput[] {
  return steps.flatMap((step) =>
    step.outputs.flatMap(({ name, type, jobOutput }) =>
      jobOutput === undefined ? [] : [{ name: jobOutput, type, step: step.key, output: name }]
    )
  );
}

/** Compiles a pipeline to steps, each after those that it depends on; by default one step for each node. */
function compileSteps(all: StepsInput): Step[] {
  const { input, overrides, pipeline } = all;
  const { config, snapshot } = input;
  checkVariables(overrides);
  checkLoadVersions(all);
  requirePortNames(pipeline);
  const groups = groupNodes(all);
  const wiring = findWiring({
    pipeline,
    groups,
    isAlwaysOutput: (dataset) => dataAsset(dataset, ownValue(snapshot.catalog, dataset)) !== undefined,
  });
  const keys = stepKeys(groups);
  const jobOutputs = uniqueNames(
    pipeline.nodes.flatMap((node) => node.outputs.filter(wiring.isJobOutput)),
    portName,
  );
  const notifications = planNotifications({
    job: input.job,
    config: input.definition,
    place: input.place,
    definition: ownValue(config.notifications, input.definition.notifications ?? ""),
    steps: groups.map(({ name }) => name),
    dependencies: wiring.dependencies,
    experimentName: all.experimentName,
  });
  const parameters = laidOver(snapshot.parameters, (input.definition.params ?? {}) as Parameters);
  return groups.map((group): Step => {
    const { name, nodes } = group;
    const [node] = nodes as readonly [NodeSnapshot];
    const ports = stepPorts({ all, wiring, keys, jobOutputs }, group);
    const { command, environmentVariables } = executionOf(all, { group, ports, notifications });
    const { cluster, instanceType } = all.computeOf(node);
    return {
      key: keys.get(name)!,
      node: name,
      ...(nodes.length > 1 && { nodes: nodes.map(groupedNode) }),
      name: componentName(name),
      displayName: name,
      command,
      inputs: ports.inputs,
      outputs: ports.outputs,
      environmentVariables,
      compute: cluster,
      instanceType,
      isDeterministic: nodes.every(isReusable),
      timeoutSeconds: input.definition.limits?.timeout,
      distribution: placing(
        () => placeOfParams(input, node),
        () => distributionOf(node, parameters, all.warn),
      ),
    };
  });
}

function groupNodes(all: StepsInput): NodeGroup[] {
  const { groupBy = NO_GROUPS } = all.overrides;
  const { nodes } = all.pipeline;
  if (groupBy.kind === "none") return nodes.map((node) => ({ name: node.name, nodes: [node] }));
  const settingsOf = (node: NodeSnapshot) => {
    const { cluster: compute, instanceType } = all.computeOf(node);
    return { compute, instanceType, isAlone: node.distributed !== null, commandBytes: commandBytes(node) };
  };
  const dependencies = nodeDependencies(all.pipeline);
  const { parts, splits } = partition({
    nodes,
    dependencies,
    settingsOf,
    longestCommandBytes: longestCommandBytes(all.params),
  }, groupBy);
  groupWarnings({ parts, splits }, groupBy).forEach(all.warn);
  return namedGroups(parts, groupBy);
}

function groupedNode({ name, inputs, outputs }: NodeSnapshot): GroupedNode {
  return { name, inputs: inputs.filter((dataset) => !isParameter(dataset)), outputs };
}

/** The position in azureml.yml of a parameter that a node's counts refer to, if the job sets it. */
function placeOfParams({ definition, place }: CompileInput, node: NodeSnapshot) {
  const ours = countParameters(node).find(([first]) =>
    definition.params !== null && Object.hasOwn(definition.params, first!)
  );
  return ours && place(["jobs", definition.key, "params", ...ours]);
}

type Parameters = Readonly<Record<string, Json>>;

/** Merges the job's parameters over the project's at every level, as Kedro merges runtime parameters. */
function laidOver(under: Parameters, over: Parameters): Parameters {
  const changed = Object.entries(over).map(([key, value]) => {
    const below = ownValue(under, key);
    return [key, isFields(below) && isFields(value) ? laidOver(below, value) : value] as const;
  });
  return { ...under, ...Object.fromEntries(changed) };
}

/** Rejects variables that each step's command sets. @throws {UserError} `compile.kedro_env_variable`. */
export function checkVariables(
  { environmentVariables = {} }: Pick<JobOverrides, "environmentVariables">,
): void {
  if (!Object.hasOwn(environmentVariables, "KEDRO_ENV")) return;
  throw new UserError(
    "Cannot set the variable KEDRO_ENV: the command of each step already sets the Kedro environment",
    {
      // compile.kedro_env_variable: KEDRO_ENV cannot be set for steps. Use `-e` instead.
      code: "compile.kedro_env_variable",
      exit: ExitCode.Usage,
      hint: `Use \`-e ${shellWord(environmentVariables.KEDRO_ENV!)}\``,
    },
  );
}

function checkLoadVersions({ input, overrides }: StepsInput): void {
  for (const dataset of Object.keys(overrides.loadVersions ?? {})) {
    if (dataAsset(dataset, ownValue(input.snapshot.catalog, dataset)) !== undefined) continue;
    throw new UserError(
      `Cannot load a version of "${dataset}": it is not an AzureMLAssetDataset in the catalog`,
      {
        // compile.load_version: `--load-versions` names a dataset that has no version in Azure ML. Use it for
        //   data assets only.
        code: "compile.load_version",
        exit: ExitCode.Usage,
        hint: "Use it only for datasets of type `kedro_azureml_pipeline.datasets.AzureMLAssetDataset`",
      },
    );
  }
}

interface ExecutionInput {
  readonly group: NodeGroup;
  readonly ports: StepPorts;
  readonly notifications: ReturnType<typeof planNotifications>;
}

type Execution = Pick<Step, "command" | "environmentVariables">;

function executionOf(all: StepsInput, step: ExecutionInput): Execution {
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
    // pipeline.no_sum: Pipelines that `--pipelines` names cannot be one. Run them one after the other, or
    //   follow the hint.
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
