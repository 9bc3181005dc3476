import { bindingOf } from "../../../core/binding.ts";
import { parameterFacts } from "./command_parameters.ts";
import { type Fields, fields, ownValue } from "../../../core/fields.ts";
import { shortId } from "../../../core/text/names.ts";
import { withoutNodeReport } from "../../job/compile/group_command.ts";
import { withoutSignalReport } from "../../job/compile/step_command.ts";
import { GROUP_VARIABLE } from "../../../core/run.ts";
import type { JobBody } from "../../job/write/job_body.ts";

/** What a fact is about. */
export type Aspect =
  | "display name"
  | "description"
  | "experiment"
  | "job output"
  | "command"
  | "nodes"
  | "parameter"
  | "logged parameter"
  | "environment"
  | "code"
  | "compute"
  | "input"
  | "output"
  | "variable"
  | "setting";

/** A property of a job or a step, in terms of Azure ML. */
export interface Fact {
  readonly aspect: Aspect;
  /** Name of the input, variable or setting; `""` if there is only one. */
  readonly name: string;
  readonly value: string;
}

/** A job as facts, so that it can be compared with another one, including jobs that the plugin submitted. */
export interface DescribedJob {
  readonly facts: readonly Fact[];
  /** By step key, in the order of the job. */
  readonly steps: ReadonlyMap<string, readonly Fact[]>;
}

/** The description that the plugin gives every job, whatever azureml.yml says. */
const PLUGINS_OWN = "Build Azure ML pipeline components from Kedro nodes.";

/**
 * Describes a job from the body of a request or of a response.
 *
 * Additions of Azure that carry no information, such as null fields, are ignored; ids are shortened to names.
 *
 * @param componentOf Returns the `componentSpec` of a component by its id.
 */
export function describeJob(
  { properties }: JobBody,
  componentOf: (id: string) => Fields | undefined,
): DescribedJob {
  const nodes = Object.entries(fields(properties.jobs));
  return {
    facts: [
      ...fact("display name", "", properties.displayName),
      ...fact("description", "", properties.description === PLUGINS_OWN ? undefined : properties.description),
      ...fact("experiment", "", properties.experimentName),
      ...Object.entries(fields(properties.outputs)).flatMap(([name, output]) =>
        fact("job output", name, outputText(fields(output)))
      ),
    ],
    steps: new Map(nodes.map(([key, node]) => [key, stepFacts(fields(node), properties, componentOf)])),
  };
}

/** The ids of the components that a job's steps use. */
export function componentIds({ properties }: JobBody): string[] {
  const ids = Object.values(fields(properties.jobs)).map((node) => fields(node).componentId);
  return [...new Set(ids.filter((id): id is string => typeof id === "string"))];
}

/** Name and version of the code that a job's steps run, without duplicates. */
export function codesOf({ steps }: DescribedJob): string[] {
  const codes = [...steps.values()].flat().filter(({ aspect }) => aspect === "code");
  return [...new Set(codes.map(({ value }) => value))];
}

function stepFacts(
  node: Fields,
  job: Fields,
  componentOf: (id: string) => Fields | undefined,
): readonly Fact[] {
  const spec = typeof node.componentId === "string" ? componentOf(node.componentId) ?? {} : node;
  const { command, parameters } = parameterFacts(bareCommand(String(spec.command ?? "")));
  const variables = new Map(Object.entries(fields(node.environment_variables)));
  return [
    ...fact("command", "", command),
    ...fact("nodes", "", variables.get(GROUP_VARIABLE)),
    ...parameters.map(([name, value]) => ({ aspect: "parameter" as const, name, value })),
    ...fact("environment", "", curatedName(shortened(spec.environment ?? spec.environmentId))),
    ...fact("code", "", shortened(spec.code ?? spec.codeId)),
    ...fact(
      "compute",
      "",
      shortened(node.computeId ?? job.computeId ?? fields(job.settings).default_compute),
    ),
    ...Object.entries(fields(node.inputs)).flatMap(([name, input]) =>
      fact("input", name, inputText(fields(input)))
    ),
    ...Object.entries(fields(spec.outputs)).flatMap(([name, port]) =>
      fact("output", name, outputText({ ...fields(port), ...fields(ownValue(fields(node.outputs), name)) }))
    ),
    ...[...variables].filter(([name]) => name !== GROUP_VARIABLE)
      .flatMap(([name, value]) => fact("variable", name, value)),
    ...fact("setting", "is_deterministic", String(spec.is_deterministic ?? "true").toLowerCase()),
    ...settings("limits", node.limits),
    ...settings("resources", withoutOne({ ...fields(spec.resources), ...fields(node.resources) })),
    ...settings("distribution", { ...kindOf(spec.distribution), ...kindOf(node.distribution) }),
  ];
}

/** Leaves out an instance count of one, which Azure ML adds to each component, as text. */
function withoutOne({ instance_count: count, ...resources }: Fields): Fields {
  return count === undefined || Number(count) === 1 ? resources : { instance_count: count, ...resources };
}

/** A distribution in the form of a component; that of a step names its kind differently. */
function kindOf(distribution: unknown): Fields {
  const { distribution_type: type, ...rest } = fields(distribution);
  return type === undefined ? rest : { ...rest, type };
}

/** Removes the parts of a step's command that write to the log, which differ between versions of this program. */
function bareCommand(command: string): string {
  return withoutNodeReport(withoutSignalReport(command));
}

/** Fields that only state the type of their object. */
const KINDS = ["job_limits_type"];

function settings(of: string, value: unknown): Fact[] {
  return Object.entries(fields(value)).filter(([name]) => !KINDS.includes(name)).flatMap(([name, one]) =>
    fact("setting", `${of}.${name}`, settingText(name, one))
  );
}

function settingText(name: string, value: unknown): unknown {
  if (typeof value === "string" && /type$/.test(name)) return value.toLowerCase();
  return typeof value === "object" && value !== null ? undefined : value;
}

function inputText({ value, uri, job_input_type: type }: Fields): unknown {
  return uri === undefined || uri === null ? value : `${shortened(uri)} (${type})`;
}

function outputText(output: Fields): string {
  if (typeof output.value === "string") {
    return `of the job: ${bindingOf(output.value).output ?? output.value}`;
  }
  const type = output.jobOutputType ?? output.job_output_type ?? output.type;
  const asset = output.assetName ?? output.name;
  return asset === undefined || asset === null ? String(type) : `${type}, data asset ${asset}`;
}

function fact(aspect: Aspect, name: string, value: unknown): Fact[] {
  return value === undefined || value === null || value === ""
    ? []
    : [{ aspect, name, value: String(value) }];
}

/** The name of a curated environment without its place: Azure ML replaces `azureml:AzureML-…` by its id in a registry. */
function curatedName(environment: string | undefined): string | undefined {
  const curated = /^azureml:\/\/registries\/azureml\/environments\/([^/]+)\/(versions|labels)\/([^/]+)$/;
  const [, name, kind, version] = curated.exec(environment ?? "") ?? [];
  if (name !== undefined) return `${name}${kind === "labels" ? "@" : ":"}${version}`;
  return environment?.replace(/^azureml:(?=AzureML-)/, "");
}

/** A short id; one that begins with `azureml://` stays whole. */
function shortened(id: unknown): string | undefined {
  if (typeof id !== "string") return undefined;
  return id.startsWith("azureml://") ? id : shortId(id);
}
