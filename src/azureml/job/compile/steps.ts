import { isFields, ownValue } from "../../../core/fields.ts";
import { ExitCode, placing, UserError } from "../../../core/errors.ts";
import { isParameter } from "../../../core/loader_settings.ts";
import type { Json, NodeSnapshot } from "../../../kedro/snapshot.ts";
import { isReusable } from "../groups/group_by.ts";
import { NO_GROUPS } from "../groups/mode.ts";
import { namedGroups, type NodeGroup } from "../groups/names.ts";
import { groupWarnings, partition } from "../groups/partition.ts";
import type { GroupedNode, Step } from "../job_spec.ts";
import { dataAsset } from "./catalog_asset.ts";
import { distributionOf } from "./distribution.ts";
import { executionOf } from "./execution.ts";
import { commandBytes, longestCommandBytes } from "./group_command.ts";
import type { CompileInput, JobOverrides, StepsInput } from "./input.ts";
import { planNotifications } from "./notifications.ts";
import { componentName, portName, requirePortNames, stepKey, uniqueNames } from "./step_and_port_names.ts";
import { stepPorts } from "./step_ports.ts";
import { findWiring, nodeDependencies } from "./wiring.ts";

/** Compiles a pipeline to steps, each after those that it depends on; by default one step for each node. */
export function compileSteps(all: StepsInput): Step[] {
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

/** Groups the nodes by step. */
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

/** Assigns step keys. A step of one node has the same key as without groups. */
function stepKeys(groups: readonly NodeGroup[]): ReadonlyMap<string, string> {
  const single = groups.filter(({ nodes }) => nodes.length === 1);
  const several = groups.filter(({ nodes }) => nodes.length > 1);
  const names = [...single, ...several].map(({ name }) => name);
  return uniqueNames(names, (name) => stepKey(componentName(name)));
}

function groupedNode({ name, inputs, outputs }: NodeSnapshot): GroupedNode {
  return { name, inputs: inputs.filter((dataset) => !isParameter(dataset)), outputs };
}

/** The position in azureml.yml of a parameter that a node's counts refer to, if the job sets it. */
function placeOfParams({ definition, place }: CompileInput, { distributed, namespace }: NodeSnapshot) {
  const paths = [distributed?.num_nodes, distributed?.processes_per_node]
    .filter((count) => typeof count === "string")
    .map((count) => [...namespace?.split(".") ?? [], ...count.replace(/^params:/, "").split(".")]);
  const ours = paths.find(([first]) =>
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
      code: "compile.kedro_env_variable",
      exit: ExitCode.Usage,
      hint: `Use \`-e ${environmentVariables.KEDRO_ENV}\``,
    },
  );
}

function checkLoadVersions({ input, overrides }: StepsInput): void {
  for (const dataset of Object.keys(overrides.loadVersions ?? {})) {
    if (dataAsset(dataset, ownValue(input.snapshot.catalog, dataset)) !== undefined) continue;
    throw new UserError(
      `Cannot load a version of "${dataset}": it is not an AzureMLAssetDataset in the catalog`,
      {
        code: "compile.load_version",
        exit: ExitCode.Usage,
        hint: "Use it only for datasets of type `kedro_azureml_pipeline.datasets.AzureMLAssetDataset`",
      },
    );
  }
}
