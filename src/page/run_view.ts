import { exactJson, type Fields, fields, isFields, ownValue } from "../core/json.ts";
import { isParameter } from "../core/loader_settings.ts";
import { ANONYMOUS, shortId } from "../core/azure_limits.ts";
import type { PythonCause } from "../core/python_log.ts";
import { bindingOf, groupedNodes, withoutWaiting } from "../core/runs.ts";
import { asText, isReference, maskedPair, maskedText } from "../core/secrets.ts";
import { paramsOption, unquoted } from "../core/untrusted.ts";
import { firstGraph, inOrder } from "./graph_model.ts";
import type { FailureView, Pair, PortView, RunView, StepProgress, StepView } from "./view.ts";

/** A failure with secrets masked; `undefined` without a message. */
export function failureView(
  message: string | undefined,
  { hint, cause }: { readonly hint?: string | undefined; readonly cause?: PythonCause | undefined } = {},
): FailureView | undefined {
  if (message === undefined) return undefined;
  return {
    message: maskedText(message),
    ...(cause !== undefined && { exception: maskedText(cause.exception) }),
    ...(cause?.place !== undefined && { place: cause.place }),
    ...(cause?.causedBy !== undefined && { causedBy: maskedText(cause.causedBy) }),
    ...(hint !== undefined && { hint }),
  };
}

interface Submitted {
  /** `properties` of the job. */
  readonly properties: Fields;
  /** Returns a component's `componentSpec` by its id. */
  readonly componentOf: (id: string) => Fields | undefined;
}

/** The data of a run that its body does not have. */
export interface RunFacts extends
  Omit<
    RunView,
    "kind" | "displayName" | "experiment" | "description" | "tags" | "outputs" | "steps" | "graph"
  > {
  /** The steps in display order; a step that is not in the body has no details. */
  readonly steps: readonly (StepProgress & {
    readonly key: string;
    readonly label?: string | undefined;
    readonly compute?: string | undefined;
  })[];
}

/** Builds the page's view of a run. Pure; any field of the body may be missing or have an unexpected type. */
export function runView({ properties, componentOf }: Submitted, facts: RunFacts): RunView {
  const { steps: states, ...rest } = facts;
  const nodes = fields(properties.jobs);
  const steps = inOrder(
    withoutWaiting(rest.status, states).map(({ key, label, compute, ...state }): StepView => {
      // A job without steps, such as a single command, is shown as its own step.
      const node = properties.jobs === undefined ? properties : ownValue(nodes, key);
      const described = describeStep({ key, label }, fields(node), { properties, componentOf });
      return {
        ...described,
        ...state,
        compute: compute ?? described.compute,
      };
    }),
  );
  return {
    kind: "run",
    ...rest,
    displayName: text(properties.displayName),
    experiment: text(properties.experimentName),
    description: text(properties.description),
    tags: pairsOf(properties.tags),
    outputs: Object.entries(fields(properties.outputs)).map(([name, output]) =>
      outputPort(name, {}, fields(output))
    ),
    steps,
    graph: firstGraph(steps, rest.selected ?? steps.find(({ status }) => status === "Failed")?.key),
  };
}

function describeStep(
  { key, label }: { readonly key: string; readonly label: string | undefined },
  node: Fields,
  submitted: Submitted,
): StepView {
  const { properties, componentOf } = submitted;
  const id = text(node.componentId);
  const spec = (id === undefined ? undefined : componentOf(id)) ?? node;
  const inputs = Object.entries(fields(node.inputs)).map(([name, input]) =>
    inputPort(name, fields(ownValue(fields(spec.inputs), name)), fields(input))
  );
  const needs = new Set(inputs.flatMap(({ from }) => from ?? []));
  const declared = fields(spec.outputs);
  const bound = fields(node.outputs);
  const command = text(spec.command);
  const names = datasetNames(command);
  const variables = fields(node.environment_variables ?? node.environmentVariables);
  return {
    key,
    label: label ?? text(node.display_name) ?? text(node.displayName) ?? key,
    needs: [...needs],
    compute: lastPart(
      text(node.computeId) ?? text(properties.computeId) ?? text(fields(properties.settings).default_compute),
    ),
    inputs: inputs.map((port) => asParameter(named(port, names.inputs), parametersInCommand(command ?? ""))),
    outputs: [...new Set([...Object.keys(declared), ...Object.keys(bound)])].map((name) =>
      named(outputPort(name, fields(ownValue(declared, name)), fields(ownValue(bound, name))), names.outputs)
    ),
    command: command === undefined ? undefined : maskedText(command),
    facts: factsOf(node, spec, id),
    nodes: groupedNodes(variables),
    variables: pairsOf(variables).filter(([name]) => !OWN_VARIABLES.test(name)),
  };
}

/** Variables that this program sets. */
const OWN_VARIABLES = /^KEDRO_(?:ENV$|AZUREML_)/;

/** A dataset, whose name is quoted or without spaces, and its port. */
const PORT_OPTION = /--az-(input|output)=((?:'[^']*'|\\')+|[^\s';&|]+) \$\{\{(?:in|out)puts\.(\w+)\}\}/g;

/** The names of datasets by port, from the command of a step. */
export function datasetNames(command = "") {
  const names = { inputs: new Map<string, string>(), outputs: new Map<string, string>() };
  for (const [, kind, dataset, port] of command.split("; rc=$?")[0]!.matchAll(PORT_OPTION)) {
    names[kind === "input" ? "inputs" : "outputs"].set(port!, unquoted(dataset!));
  }
  return names;
}

/** Gives an input that is a parameter the name that it has in Kedro, and its value if the command sets it. */
function asParameter(port: PortView, parameters: Fields = {}): PortView {
  const { name, value = "" } = port;
  if (!isParameter(value)) return port;
  const set = parameterValue(value, parameters);
  // Of a mapping, the command may set a part only.
  return { name: value, port: name, value: set?.startsWith("{") ? undefined : set };
}

function named(port: PortView, names: ReadonlyMap<string, string>): PortView {
  const dataset = names.get(port.name);
  return dataset === undefined || dataset === port.name ? port : { ...port, name: dataset, port: port.name };
}

function factsOf(node: Fields, spec: Fields, componentId: string | undefined): readonly Pair[] {
  return [
    ...fact("Component", componentId?.includes(`/${ANONYMOUS}/`) ? undefined : assetName(componentId)),
    ...fact("Environment", assetName(text(spec.environment) ?? text(spec.environmentId))),
    ...fact("Reuses results", /^true$/i.test(asText(spec.is_deterministic)) ? "yes" : undefined),
    ...settings("Limit", node.limits),
    ...settings("Resources", node.resources ?? spec.resources),
    ...settings("Distribution", node.distribution ?? spec.distribution),
  ];
}

function fact(label: string, value: string | undefined): Pair[] {
  return value === undefined ? [] : [[label, value]];
}

/** Fields that say nothing: the type of their object, and what is usual. */
const USUAL: Readonly<Record<string, string>> = { instance_count: "1" };

function settings(label: string, value: unknown): Pair[] {
  return Object.entries(fields(value))
    .filter(([name, setting]) =>
      setting !== null && name !== "job_limits_type" && ownValue(USUAL, name) !== asText(setting)
    )
    .map(([name, setting]) => {
      const words = name.replace(/^distribution_/, "").replaceAll("_", " ");
      return [`${label}: ${words}`, asText(setting)];
    });
}

function inputPort(name: string, declared: Fields, input: Fields): PortView {
  const type = text(declared.type) ?? text(input.job_input_type) ?? text(input.jobInputType);
  const uri = text(input.uri);
  if (uri !== undefined) return { name, type, value: assetName(uri) };
  const value = input.value === undefined ? undefined : asText(input.value);
  const { input: ofJob, step, output } = bindingOf(value);
  if (step !== undefined) return { name, type, value: output, from: step };
  return {
    name,
    type,
    value: ofJob !== undefined
      ? `job input ${ofJob}`
      : isReference(value)
      ? value
      : value && maskedPair(name, value)[1],
  };
}

function outputPort(name: string, declared: Fields, output: Fields): PortView {
  const type = text(declared.type) ?? text(output.jobOutputType) ?? text(output.job_output_type);
  const { output: ofJob } = bindingOf(output.value);
  const asset = text(output.assetName) ?? text(output.name);
  return { name, type, value: ofJob !== undefined ? `job output ${ofJob}` : asset && `data asset ${asset}` };
}

/** A short form of an id: `kedro-env:12`, or its last part if it has no version. */
function assetName(id: string | undefined): string | undefined {
  if (id === undefined) return undefined;
  const short = shortId(id);
  return short === id ? maskedText(id) : short;
}

function lastPart(id: string | undefined): string | undefined {
  return id?.split("/").at(-1) || undefined;
}

function pairsOf(value: unknown): readonly Pair[] {
  return Object.entries(fields(value)).map(([name, inner]) => maskedPair(name, inner));
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The value of an input such as `params:train.rate` as text, with secrets masked; `undefined` if it is not given. */
export function parameterValue(input: string, parameters: Fields): string | undefined {
  if (!input.startsWith("params:")) return undefined;
  const path = input.slice("params:".length).split(".");
  let value: unknown = parameters;
  for (const key of path) value = isFields(value) ? ownValue(value, key) : undefined;
  return value === undefined ? undefined : maskedPair(path.join("."), value)[1];
}

/** The parameters that the command of a step sets. */
export function parametersInCommand(command: string): Fields | undefined {
  const value = exactJson(paramsOption(command)?.json ?? "");
  return isFields(value) ? value : undefined;
}
