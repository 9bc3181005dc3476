import { inQuotes, type Place, UserError } from "../core/errors.ts";
import { isRawJson, ownValue } from "../core/json.ts";
import { didYouMean } from "../core/suggest.ts";
import type { Places } from "./azureml_yml.ts";
import { jobSchema } from "./schema.ts";
import type { AzureMLConfig, JobConfig, Selection } from "./schema.ts";
import { shellWord } from "../core/untrusted.ts";

/** Namespaces of each pipeline's nodes, keyed by pipeline name; `null` for a node without a namespace. */
type PipelineNamespaces = Readonly<
  Record<string, { readonly nodes: readonly { readonly namespace: string | null }[] }>
>;

/** A job that can be compiled, with the key of azureml.yml that defines it. */
export interface FoundJob extends JobConfig {
  /** Its key below `jobs`: the job's name, or the name pattern of the factory that created it. */
  readonly key: string;
  /** Which of its nodes to run; absent for all of them. */
  readonly selection?: Selection;
}

/** A job for nodes of a registered pipeline that no entry of azureml.yml describes. */
export function pipelineJob(key: string, pipeline: string): FoundJob {
  return { ...jobSchema.parse({ pipeline: { pipeline_name: pipeline } }), key };
}

interface JobSource {
  readonly azureml: Pick<AzureMLConfig, "jobs">;
  readonly place: Places;
}

/** The placeholder values that one namespace gives to a factory. */
interface Binding {
  readonly key: string;
  /** `job` holds the job type, see {@linkcode jobType}. */
  readonly values: PlaceholderValues;
}

/** Whether a key of `jobs` names a job factory, that is, contains a `{placeholder}`. */
export function isFactory(key: string): boolean {
  return key.includes("{") && key.includes("}");
}

/**
 * Returns all jobs by name: jobs that are written out, and jobs that factories create from namespaces.
 *
 * Each namespace yields one job per factory. Among the factories of one job type, the one with the most placeholders
 * determines the name; among factories that produce the same name, the one with the most fixed text determines the
 * job. A job that is written out takes precedence over all factories. These are the rules of the plugin 0.1.0.
 *
 * @throws {UserError} `job.factory` when a factory's name has a placeholder that its first `node_namespaces` entry
 *   lacks.
 */
export function allJobs(
  { azureml, place }: JobSource,
  pipelines: PipelineNamespaces,
): Map<string, FoundJob> {
  const all = Object.entries(azureml.jobs);
  const literals = all.filter(([key]) => !isFactory(key));
  const factories = all.filter(([key]) => isFactory(key));
  const rendered = new Map<string, NonNullable<ReturnType<typeof renderBinding>>>();
  for (const binding of factories.flatMap(([key, job]) => bindingsOf(key, job, { pipelines, place }))) {
    const job = renderBinding(binding, factories);
    const before = job && rendered.get(job.name);
    if (job !== undefined && (before === undefined || fixedLength(job.key) > fixedLength(before.key))) {
      rendered.set(job.name, job);
    }
  }
  return new Map([
    ...[...rendered].map(([name, { key, job }]) => [name, { ...job, key }] as const),
    ...literals.map(([key, job]) => [key, { ...job, key }] as const),
  ]);
}

/** The jobs with these names, in this order. @throws {UserError} `job.unknown`, `job.factory`. */
export function resolveJobs(
  source: JobSource,
  pipelines: PipelineNamespaces,
  names: readonly string[],
): Map<string, FoundJob> {
  const isWritten = (name: string) => Object.hasOwn(source.azureml.jobs, name) && !isFactory(name);
  const jobs = allJobs(source, names.every(isWritten) ? {} : pipelines);
  const unknown = names.filter((name) => !jobs.has(name));
  if (unknown.length > 0) throw unknownJobs(unknown, [...jobs.keys()].sort(), source, pipelines);
  return new Map(names.map((name) => [name, jobs.get(name)!]));
}

function unknownJobs(
  unknown: readonly string[],
  names: readonly string[],
  source: JobSource,
  pipelines: PipelineNamespaces,
): UserError {
  const [only] = unknown;
  const suggestion = unknown.length === 1 ? didYouMean(only!, names) : "";
  return new UserError(
    `${unknown.length === 1 ? "Job" : "Jobs"} ${inQuotes(unknown)} not found in azureml.yml${suggestion}`,
    {
      code: "job.unknown",
      hint: unknownHint(only!, names, suggestion),
      details: factoriesWithoutJobs(source, pipelines).map(({ message }) => message),
      place: source.place(["jobs"]),
      data: { unknown, jobs: names },
    },
  );
}

function unknownHint(typed: string, names: readonly string[], suggestion: string): string | undefined {
  const listed = typed.split(",").map((name) => name.trim());
  if (listed.every((name) => names.includes(name))) {
    return `Name each: \`${listed.map((name) => `-j ${shellWord(name)}`).join(" ")}\``;
  }
  if (names.length > 1) return `Use one of ${names.join(", ")}`;
  if (suggestion !== "") return undefined;
  const [only] = names;
  return only === undefined ? "Add one below `jobs`" : `Use ${only}, the only job, or add one below \`jobs\``;
}

interface EmptyFactory {
  readonly message: string;
  /** Where the reason is in azureml.yml. */
  readonly place: Place;
}

/** The job factories that no namespace of their pipeline matches, with what was probably meant. */
export function factoriesWithoutJobs(
  { azureml, place }: JobSource,
  pipelines: PipelineNamespaces,
): EmptyFactory[] {
  return Object.entries(azureml.jobs).flatMap(([key, { pipeline }]): EmptyFactory[] => {
    if (!isFactory(key)) return [];
    const { pipeline_name: name, node_namespaces: templates } = pipeline;
    const template = templates?.[0];
    const empty = (reason: string, path: readonly (string | number)[]) => [{
      message: `Job factory "${key}" makes no job: ${reason}`,
      place: place(["jobs", key, "pipeline", ...path]),
    }];
    if (template === undefined) return empty("it has no `node_namespaces`", []);
    if (!Object.hasOwn(pipelines, name)) {
      const meant = didYouMean(name, Object.keys(pipelines));
      return empty(`pipeline "${name}" is not registered${meant}`, ["pipeline_name"]);
    }
    const namespaces = shortenedNamespaces(pipelines[name]!.nodes, template);
    if (namespaces.some((namespace) => matchTemplate(template, namespace) !== undefined)) return [];
    const similar = namespaces.map((namespace) => {
      const parts = namespace.split(".");
      return template.split(".").map((part, at) => isFactory(part) ? part : parts[at]).join(".");
    });
    return empty(
      `no namespace of pipeline "${name}" matches "${template}"${didYouMean(template, similar)}`,
      ["node_namespaces", 0],
    );
  });
}

/** The namespaces of nodes that are at least as deep as a template, cut to its depth. */
function shortenedNamespaces(
  nodes: PipelineNamespaces[string]["nodes"],
  template: string,
): readonly string[] {
  const depth = template.split(".").length;
  const deep = nodes.flatMap(({ namespace }) => namespace ? [namespace.split(".")] : [])
    .filter((parts) => parts.length >= depth);
  return [...new Set(deep.map((parts) => parts.slice(0, depth).join(".")))];
}

/** The placeholder values of each namespace in a pipeline that fits the first `node_namespaces` entry. */
function bindingsOf(
  key: string,
  job: JobConfig,
  { pipelines, place }: { pipelines: PipelineNamespaces; place: Places },
): Binding[] {
  const template = job.pipeline.node_namespaces?.[0];
  const nodes = ownValue(pipelines, job.pipeline.pipeline_name)?.nodes;
  if (template === undefined || nodes === undefined) return [];
  const names = placeholders(template);
  const unbound = placeholders(key).filter((name) => !names.includes(name));
  if (unbound.length > 0) throw unbindable(key, unbound, template, place);
  return shortenedNamespaces(nodes, template).flatMap((namespace) => {
    const binding = matchTemplate(template, namespace);
    return binding === undefined ? [] : [{ key, values: { ...binding, job: jobType(key) } }];
  });
}

function unbindable(key: string, unbound: readonly string[], template: string, place: Places): UserError {
  const list = unbound.map((name) => `"{${name}}"`).join(", ");
  return new UserError(
    `Cannot make jobs of "${key}": ${list} of its name ${
      unbound.length === 1 ? "is" : "are"
    } not in "${template}"`,
    {
      // job.factory: A job factory of azureml.yml does not fit the name. Correct its pattern.
      code: "job.factory",
      hint: `Put ${list} into the first entry of jobs.${key}.pipeline.node_namespaces`,
      place: place(["jobs", key, "pipeline", "node_namespaces", 0]),
      data: { factory: key, placeholders: unbound },
    },
  );
}

/**
 * Renders the job of one binding: its name from the factory with the most placeholders, its body from the factory
 * with the most fixed text.
 */
function renderBinding(
  { key: own, values }: Binding,
  factories: readonly (readonly [string, JobConfig])[],
) {
  const fitting = factories
    .filter(([key]) => placeholders(key).every((name) => Object.hasOwn(values, name)))
    .map(([key, job]) => ({ key, job, name: renderText(key, values) }))
    .filter(({ name }) => !name.includes("{"))
    .filter(({ key, name }) => key === own || isOfType(key, name, values.job!));
  const general = best(
    fitting,
    ({ key }) => [placeholders(key).length, key === own ? 1 : 0, fixedLength(key), key],
  );
  const body = best(
    fitting.filter(({ name }) => name === general?.name),
    ({ key }) => [fixedLength(key), key],
  );
  return body && { ...body, job: renderValue(body.job, values) as JobConfig };
}

/** Whether a factory's job has the type of a binding; a key that ends in a placeholder has no type. */
function isOfType(key: string, name: string, type: string): boolean {
  return type === "" ? jobType(key) === "" : name === type || name.endsWith(`-${type}`);
}

function best<T>(items: readonly T[], rank: (item: T) => readonly (number | string)[]): T | undefined {
  return items.reduce<T | undefined>(
    (top, item) => top === undefined || isAbove(rank(item), rank(top)) ? item : top,
    undefined,
  );
}

function isAbove(left: readonly (number | string)[], right: readonly (number | string)[]): boolean {
  const at = left.findIndex((value, index) => value !== right[index]);
  return at >= 0 && left[at]! > right[at]!;
}

/** The type of a factory's jobs: the part of its key after the last placeholder. */
function jobType(key: string): string {
  return key.slice(key.lastIndexOf("}") + 1).replace(/^-+/, "");
}

type PlaceholderValues = Readonly<Record<string, string>>;

/** Matches a template such as `{region}.{vehicle}` against a namespace; `undefined` if it does not match. */
function matchTemplate(template: string, namespace: string): PlaceholderValues | undefined {
  const parts = namespace.split(".");
  const binding: Record<string, string> = {};
  for (const [at, segment] of template.split(".").entries()) {
    const [name] = placeholders(segment);
    if (name !== undefined) binding[name] = parts[at]!;
    else if (segment !== parts[at]) return undefined;
  }
  return binding;
}

/** Fills in the placeholders of all text in a plain value; keys and numbers stay as they are. */
export function renderValue(value: unknown, values: PlaceholderValues): unknown {
  if (typeof value === "string") return renderText(value, values);
  if (Array.isArray(value)) return value.map((item) => renderValue(item, values));
  if (typeof value !== "object" || value === null || isRawJson(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, renderValue(item, values)]));
}

/** Fills in placeholders. Text with an unknown placeholder or an unmatched brace is returned unchanged. */
export function renderText(text: string, values: PlaceholderValues): string {
  const pieces = text.includes("{") && text.includes("}") ? splitTemplate(text) : undefined;
  if (pieces === undefined) return text;
  const isKnown = ({ name }: Piece) => name === undefined || Object.hasOwn(values, name);
  if (!pieces.every(isKnown)) return text;
  return pieces.map(({ literal, name }) => literal + (name === undefined ? "" : values[name])).join("");
}

/** Fixed text and the placeholder that follows it. */
interface Piece {
  readonly literal: string;
  readonly name?: string;
}

/** Splits text as Python's `str.format`, where `{{` is a brace; `undefined` for text that it rejects. */
function splitTemplate(text: string): Piece[] | undefined {
  const pieces: Piece[] = [];
  let literal = "";
  for (let at = 0; at < text.length;) {
    const [piece, name] = text.slice(at).match(/^(?:\{\{|\}\}|\{([^{}]*)\}|[^{}]+)/) ?? [];
    if (piece === undefined) return undefined;
    at += piece.length;
    if (name === undefined) literal += piece === "{{" || piece === "}}" ? piece[0] : piece;
    else {
      pieces.push({ literal, name });
      literal = "";
    }
  }
  return [...pieces, { literal }];
}

function placeholders(text: string): string[] {
  return [...new Set((splitTemplate(text) ?? []).flatMap(({ name }) => name ? [name] : []))];
}

function fixedLength(text: string): number {
  return (splitTemplate(text) ?? []).reduce((length, { literal }) => length + literal.length, 0);
}
