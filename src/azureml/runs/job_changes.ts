import { ExitCode, UserError } from "../../core/errors.ts";
import { exactJson, type Fields, fields, isPlainObject, leavesOf, ownValue } from "../../core/json.ts";
import { shortId } from "../../core/azure_limits.ts";
import { bindingOf, GROUP_VARIABLE } from "../../core/runs.ts";
import { maskedPair, maskedText } from "../../core/secrets.ts";
import { paramsOption } from "../../core/untrusted.ts";
import { requestLimit } from "../client/pace.ts";
import type { Workspace } from "../client/workspace.ts";
import type { JobBody } from "../job/body.ts";
import { withoutNodeReport, withoutSignalReport } from "../job/compile/command.ts";
import type { JobAndBody } from "./jobs.ts";
import { type Change, changeText } from "../../core/change.ts";
import { firstLines } from "../../core/format.ts";
import type { StepMetrics } from "./metrics.ts";
import type { OpenRun } from "./open_run.ts";

/** Something that differs between runs, with the value of each. */
interface ComparedFact extends Pick<Change, "step" | "aspect" | "name"> {
  /** The value in each run; `undefined` in a run that does not have it. */
  readonly values: (string | undefined)[];
}

/**
 * Compares runs with the first of them. Values that look like secrets are masked. Pure.
 *
 * @returns What differs between any two, equal differences of several steps once.
 */
export function comparedFacts(jobs: readonly DescribedJob[]): readonly Shared<ComparedFact>[] {
  const [first, ...others] = jobs;
  const rows = new Map<string, ComparedFact>();
  for (const [at, other] of others.entries()) {
    for (const { before, after, ...of } of changesOf(first!, other)) {
      const { step, aspect, name } = of;
      if (aspect === "input" && (readsMissing(before, first!, other) || readsMissing(after, other, first!))) {
        continue;
      }
      const key = JSON.stringify([step, aspect, name]);
      const values = jobs.map(({ steps }) => step === undefined || steps.has(step) ? before : undefined);
      const row = rows.get(key) ?? { ...of, values };
      row.values[at + 1] = after;
      rows.set(key, row);
    }
  }
  return together([...rows.values()]).sort((one, other) => rank(one) - rank(other));
}

/** A difference, and the keys of the steps that share it; none for the job itself. */
export type Shared<T> = Omit<T, "step"> & { readonly steps: readonly string[] };

export function together<T extends Pick<Change, "step">>(differences: readonly T[]): Shared<T>[] {
  const groups = Map.groupBy(
    differences,
    ({ step, ...rest }) => JSON.stringify([step !== undefined, rest]),
  );
  return [...groups.values()].map((group) => {
    const { step: _, ...rest } = group[0]!;
    return { ...rest, steps: group.flatMap(({ step }) => step ?? []) };
  });
}

/** Whether an input reads a step that the other run lacks, as a rerun does, which reads the same data from the old run. */
function readsMissing(value: string | undefined, run: DescribedJob, other: DescribedJob): boolean {
  const { step } = bindingOf(value);
  return step !== undefined && run.steps.has(step) && !other.steps.has(step);
}

/** What people change most often comes first. */
const ORDER = [
  "parameter",
  "logged parameter",
  "step",
  "code",
  "environment",
  "compute",
  "input",
  "variable",
  "setting",
];

function rank({ aspect }: Pick<Change, "aspect">): number {
  const at = ORDER.indexOf(aspect);
  return at === -1 ? ORDER.length : at;
}

const SHOWN = 10;

/**
 * Checks that an existing job is the same as one that is to be sent under its name: the same display name, and the
 * same steps with the same code, environment, compute, inputs and outputs. Descriptions, tags and properties may
 * differ, as they do between CI runs; jobs of azureml.yml may differ in nothing but their display names.
 *
 * @throws {UserError} `job.other`, which lists the differences.
 */
export async function requireSame(
  workspace: Workspace,
  there: JobAndBody,
  ours: PreparedJob,
): Promise<void> {
  const before = await describeRun({ workspace, body: there.body }, ours.components);
  const changes = changesOf(before, describePrepared(ours)).filter(({ aspect }) => aspect !== "description");
  if (changes.length > 0) throw differentJob(workspace, there.job.name, changes);
}

function differentJob({ config }: Workspace, name: string, changes: readonly Change[]): UserError {
  return new UserError(
    `Workspace "${config.name}" already has a different job named "${name}"`,
    {
      // job.other: The workspace has a different job of this name. Use another `--name`.
      code: "job.other",
      exit: ExitCode.Rejected,
      details: firstLines(changes.map(changeText), SHOWN),
      hint: "Use another `--name`",
      data: { name, changes },
    },
  );
}

/** Compares two jobs: first the jobs themselves, then each step of the later one. Secrets are masked. */
export function changesOf(before: DescribedJob, after: DescribedJob): Change[] {
  const gone = [...before.steps.keys()].filter((step) => !after.steps.has(step));
  return [
    ...factChanges(before.facts, after.facts),
    ...gone.map((step): Change => ({ step, aspect: "step", before: step })),
    ...[...after.steps].flatMap(([step, facts]): Change[] => {
      const were = before.steps.get(step);
      if (were === undefined) return [{ step, aspect: "step", after: step }];
      return factChanges(were, facts).map((change) => ({ step, ...change }));
    }),
  ];
}

function factChanges(before: readonly Fact[], after: readonly Fact[]): Change[] {
  const keyOf = ({ aspect, name }: Fact) => `${aspect} ${name}`;
  const [old, now] = [before, after].map((facts) => new Map(facts.map((fact) => [keyOf(fact), fact])));
  return [...new Set([...old!.keys(), ...now!.keys()])].flatMap((key): Change[] => {
    const [was, is] = [old!.get(key), now!.get(key)];
    if (was?.value === is?.value || isSameEnvironment(was, is)) return [];
    const { aspect, name } = (was ?? is)!;
    return [{
      aspect,
      ...(name === "" ? {} : { name }),
      ...(was === undefined ? {} : { before: shown(was) }),
      ...(is === undefined ? {} : { after: shown(is) }),
    }];
  });
}

/**
 * Whether one is the version of an environment that the other names by a label, or a curated one without either. Azure
 * ML pins the labels of registries: https://github.com/ansible-collections/azure, `azure_rm_ml_component_info`.
 */
function isSameEnvironment(was: Fact | undefined, is: Fact | undefined): boolean {
  if (was?.aspect !== "environment" || is?.aspect !== "environment") return false;
  const pins = (pinned: string, other: string) =>
    VERSION.test(pinned) && pinned.replace(VERSION, "") === other.replace(LABEL, "") &&
    (LABEL.test(other) || other.startsWith("AzureML-"));
  return pins(was.value, is.value) || pins(is.value, was.value);
}

const VERSION = /(?::|\/versions\/)[^/:@]+$/;
const LABEL = /(?:@|\/labels\/)[^/:@]+$/;

function shown({ aspect, name, value }: Fact): string {
  const isNamed = ["variable", "parameter", "logged parameter"].includes(aspect);
  return isNamed ? maskedPair(name, value)[1] : maskedText(value);
}

/** The version of the code that the steps of a job use, by its name; `undefined` if it is not known. */
export function codeOf({ steps }: DescribedJob): string | undefined {
  return [...steps.values()].flat().find(({ aspect }) => aspect === "code")?.value;
}

export interface PreparedJob {
  readonly body: JobBody;
  readonly components: ComponentSpecs;
}

/** `componentSpec` by component id. */
export type ComponentSpecs = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

export function describePrepared({ body, components }: PreparedJob): DescribedJob {
  return describeJob(body, (id) => components.get(id));
}

/**
 * Describes a job in Azure ML; reads its components.
 *
 * @param known Components that need not be read.
 * @param logged What its runs logged to MLflow, whose parameters are facts of their steps.
 * @throws {UserError} `azure.*` when a component cannot be read.
 */
export async function describeRun(
  { workspace, body }: Pick<OpenRun, "workspace" | "body">,
  known: ComponentSpecs = new Map(),
  logged?: Promise<readonly StepMetrics[]>,
): Promise<DescribedJob> {
  const specs = new Map([...known].map(([id, spec]) => [id.toLowerCase(), spec]));
  const missing = componentIds(body).filter((id) => !specs.has(id.toLowerCase()));
  for (const [id, spec] of await readAll(workspace, missing)) specs.set(id.toLowerCase(), spec);
  const { facts, steps } = describeJob(body, (id) => specs.get(id.toLowerCase()));
  const parameters = Map.groupBy((await logged ?? []).flatMap(loggedFacts), ({ key }) => key);
  const factsOf = (key: string | undefined) => parameters.get(key)?.map(({ key: _, ...fact }) => fact) ?? [];
  return {
    facts: [...facts, ...factsOf(undefined)],
    steps: new Map([...steps].map(([key, facts]) => [key, [...facts, ...factsOf(key)]])),
  };
}

function loggedFacts({ key, nested, params }: StepMetrics): readonly (Fact & Pick<StepMetrics, "key">)[] {
  return Object.entries(params).map(([name, value]) => ({
    key,
    aspect: "logged parameter",
    name: [...nested, name].join(" > "),
    value,
  }));
}

export async function readComponents(workspace: Workspace, body: JobBody): Promise<ComponentSpecs> {
  return await readAll(workspace, componentIds(body));
}

async function readAll(workspace: Workspace, ids: readonly string[]): Promise<ComponentSpecs> {
  const limit = requestLimit(workspace);
  const components = await Promise.all(ids.map((id) => limit(() => readComponent(workspace, id))));
  return new Map(
    ids.flatMap((id, at) => components[at] === undefined ? [] : [[id, components[at]] as const]),
  );
}

async function readComponent(workspace: Workspace, id: string) {
  const path = /\/workspaces\/[^/]+\/(components\/[^/]+\/versions\/[^/]+)$/i.exec(id)?.[1];
  if (path === undefined) return undefined;
  const component = await workspace.find<{ properties?: { componentSpec?: Record<string, unknown> } | null }>(
    {
      action: `read ${path.replace("components/", "component ").replace("/versions/", ":")}`,
      method: "GET",
      path,
    },
  );
  return component?.properties?.componentSpec;
}

type Aspect =
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

interface Fact {
  readonly aspect: Aspect;
  /** Name of the input, variable or setting; `""` if there is only one. */
  readonly name: string;
  readonly value: string;
}

/** A job as facts, so that it can be compared with another one, including jobs that the plugin submitted. */
interface DescribedJob {
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

function componentIds({ properties }: JobBody): string[] {
  const ids = Object.values(fields(properties.jobs)).map((node) => fields(node).componentId);
  return [...new Set(ids.filter((id): id is string => typeof id === "string"))];
}

function stepFacts(
  node: Fields,
  job: Fields,
  componentOf: (id: string) => Fields | undefined,
): readonly Fact[] {
  const spec = typeof node.componentId === "string" ? componentOf(node.componentId) ?? {} : node;
  // The parts that write to the log differ between versions of this program.
  const bare = withoutNodeReport(withoutSignalReport(String(spec.command ?? "")));
  const { command, parameters } = parameterFacts(bare);
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

/** Extracts the runtime parameters from a step's command, including commands compiled by the plugin. */
export function parameterFacts(command: string) {
  const { option = "", json = "" } = paramsOption(command) ?? {};
  const value = exactJson(json);
  if (!isPlainObject(value)) return { command, parameters: [] };
  const parameters = leavesOf(value).map(([name, each]) => [name, JSON.stringify(each)] as const);
  return { command: command.replace(option, ""), parameters };
}
