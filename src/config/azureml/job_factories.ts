import { ExitCode, UserError } from "../../core/errors.ts";
import type { Places } from "./load.ts";
import { didYouMean } from "../../core/text/suggest.ts";
import type { AzureMLConfig, JobConfig } from "./types.ts";

/** The namespaces of each pipeline's nodes, by the pipeline's name; `null` for a node without one. */
export type PipelineNamespaces = Readonly<
  Record<string, { readonly nodes: readonly { readonly namespace: string | null }[] }>
>;

/** A job that can be compiled, and where azureml.yml has it. */
export interface FoundJob extends JobConfig {
  /** Its key below `jobs`: its own name, or the pattern of the factory that made it. */
  readonly key: string;
}

/** Where jobs are looked for. */
export interface JobSource {
  readonly azureml: Pick<AzureMLConfig, "jobs">;
  /** Where a value of azureml.yml is written. */
  readonly place: Places;
}

/** What a factory's placeholders stand for in one job; `job` is the job's type. */
type Values = Readonly<Record<string, string>>;

/** What a namespace gives a factory. */
interface Binding {
  /** The factory's key. */
  readonly key: string;
  readonly values: Values;
}

/** A job that a factory gave. */
interface Rendered {
  /** The factory's key. */
  readonly key: string;
  readonly name: string;
  readonly job: JobConfig;
}

/** Whether a key of `jobs` is a job factory: one with `{placeholder}` in it. */
export function isFactory(key: string): boolean {
  return key.includes("{") && key.includes("}");
}

/**
 * Gives every job there is, by name: those written out first, then those that factories make of the namespaces.
 *
 * Each namespace gives a factory one job. Of several factories of one type, that with most placeholders names it; of
 * several that give one name, that with most fixed text makes it; a job that is written out wins over all.
 *
 * @throws {UserError} `job.factory` when a factory's name has a placeholder that its first namespace has not.
 */
export function allJobs(
  { azureml, place }: JobSource,
  pipelines: PipelineNamespaces,
): Map<string, FoundJob> {
  const all = Object.entries(azureml.jobs);
  const literals = all.filter(([key]) => !isFactory(key));
  const factories = all.filter(([key]) => isFactory(key));
  const rendered = new Map<string, Rendered>();
  for (const binding of factories.flatMap(([key, job]) => bindingsOf(key, job, { pipelines, place }))) {
    const found = renderBinding(binding, factories);
    const before = found && rendered.get(found.name);
    if (found !== undefined && (before === undefined || fixedLength(found.key) > fixedLength(before.key))) {
      rendered.set(found.name, found);
    }
  }
  return new Map([
    ...[...rendered].map(([name, { key, job }]) => [name, { ...job, key }] as const),
    ...literals.map(([key, job]) => [key, { ...job, key }] as const),
  ]);
}

/**
 * Gives the jobs of these names, in this order.
 *
 * @throws {UserError} `job.unknown`, which names the jobs there are, or `job.factory`.
 */
export function resolveJobs(
  source: JobSource,
  pipelines: PipelineNamespaces,
  names: readonly string[],
): Map<string, FoundJob> {
  const isWritten = (name: string) => Object.hasOwn(source.azureml.jobs, name) && !isFactory(name);
  const jobs = allJobs(source, names.every(isWritten) ? {} : pipelines);
  const unknown = names.filter((name) => !jobs.has(name));
  if (unknown.length > 0) throw unknownJobs(unknown, [...jobs.keys()].sort(), source.place);
  return new Map(names.map((name) => [name, jobs.get(name)!]));
}

function unknownJobs(unknown: readonly string[], names: readonly string[], place: Places): UserError {
  const list = unknown.map((name) => `"${name}"`).join(", ");
  const [only] = unknown;
  const suggestion = unknown.length === 1 ? didYouMean(only!, names) : "";
  return new UserError(
    `Cannot find ${unknown.length === 1 ? "job" : "jobs"} ${list} in azureml.yml${suggestion}`,
    {
      code: "job.unknown",
      exit: ExitCode.Config,
      hint: names.length === 0
        ? "Add a job below `jobs` in azureml.yml"
        : `Choose with \`-j\`: ${names.join(", ")}`,
      place: place(["jobs"]),
      data: { unknown, jobs: names },
    },
  );
}

/** What the namespaces of a factory's pipeline give its placeholders; its first `node_namespaces` says which. */
function bindingsOf(
  key: string,
  job: JobConfig,
  { pipelines, place }: { pipelines: PipelineNamespaces; place: Places },
): Binding[] {
  const template = job.pipeline.node_namespaces?.[0];
  const nodes = pipelines[job.pipeline.pipeline_name]?.nodes;
  if (template === undefined || nodes === undefined) return [];
  const known = placeholders(template);
  const unbound = placeholders(key).filter((name) => !known.includes(name));
  if (unbound.length > 0) throw unbindable(key, unbound, template, place);
  const depth = template.split(".").length;
  const shortened = nodes
    .flatMap(({ namespace }) => namespace ? [namespace.split(".")] : [])
    .filter((parts) => parts.length >= depth)
    .map((parts) => parts.slice(0, depth).join("."));
  return [...new Set(shortened)].flatMap((namespace) => {
    const binding = bind(template, namespace);
    return binding === undefined ? [] : [{ key, values: { ...binding, job: suffix(key) } }];
  });
}

function unbindable(key: string, unbound: readonly string[], template: string, place: Places): UserError {
  const list = unbound.map((name) => `"{${name}}"`).join(", ");
  return new UserError(
    `Cannot make jobs of "${key}": ${list} of its name ${
      unbound.length === 1 ? "is" : "are"
    } not in "${template}"`,
    {
      code: "job.factory",
      exit: ExitCode.Config,
      hint: `Put ${list} into the first entry of jobs.${key}.pipeline.node_namespaces`,
      place: place(["jobs", key, "pipeline", "node_namespaces", 0]),
      data: { factory: key, placeholders: unbound },
    },
  );
}

/** Lays a template such as `{region}.{vehicle}` on a namespace; `undefined` where they do not fit. */
function bind(template: string, namespace: string): Record<string, string> | undefined {
  const parts = namespace.split(".");
  const binding: Record<string, string> = {};
  for (const [at, segment] of template.split(".").entries()) {
    const [name] = placeholders(segment);
    if (name !== undefined) binding[name] = parts[at]!;
    else if (segment !== parts[at]) return undefined;
  }
  return binding;
}

/** Chooses the factory for a binding: its name is that with most placeholders, its body that with most fixed text. */
function renderBinding(
  { key: own, values }: Binding,
  factories: readonly (readonly [string, JobConfig])[],
): Rendered | undefined {
  const fitting = factories
    .filter(([key]) => placeholders(key).every((name) => Object.hasOwn(values, name)))
    .map(([key, job]) => ({ key, job, name: render(key, values) }))
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

/** Whether a factory that gave a name is of a binding's type; one whose key ends in a placeholder has none. */
function isOfType(key: string, name: string, type: string): boolean {
  return type === "" ? suffix(key) === "" : name === type || name.endsWith(`-${type}`);
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

function renderValue(value: unknown, values: Values): unknown {
  if (typeof value === "string") return render(value, values);
  if (Array.isArray(value)) return value.map((item) => renderValue(item, values));
  if (typeof value !== "object" || value === null || isLiteral(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, renderValue(item, values)]));
}

/** Whether a value is a number that is kept as it was written. */
function isLiteral(value: object): boolean {
  return (JSON as unknown as { isRawJSON(value: unknown): boolean }).isRawJSON(value);
}

/** Fills in placeholders; text with one that is not known, or with a brace that stands alone, stays as it is. */
function render(text: string, values: Values): string {
  const pieces = text.includes("{") && text.includes("}") ? cut(text) : undefined;
  if (pieces === undefined) return text;
  const isKnown = ({ name }: Piece) => name === undefined || Object.hasOwn(values, name);
  if (!pieces.every(isKnown)) return text;
  return pieces.map(({ literal, name }) => literal + (name === undefined ? "" : values[name])).join("");
}

/** Fixed text and the placeholder behind it. */
interface Piece {
  readonly literal: string;
  readonly name?: string;
}

/** Cuts text as Python's `str.format` reads it, `{{` being a brace; `undefined` when it does not read it. */
function cut(text: string): Piece[] | undefined {
  const pieces: Piece[] = [];
  let literal = "";
  for (let at = 0; at < text.length;) {
    const [found, name] = text.slice(at).match(/^(?:\{\{|\}\}|\{([^{}]*)\}|[^{}]+)/) ?? [];
    if (found === undefined) return undefined;
    at += found.length;
    if (name === undefined) literal += found === "{{" || found === "}}" ? found[0] : found;
    else {
      pieces.push({ literal, name });
      literal = "";
    }
  }
  return [...pieces, { literal }];
}

function placeholders(text: string): string[] {
  return [...new Set((cut(text) ?? []).flatMap(({ name }) => name ? [name] : []))];
}

function fixedLength(text: string): number {
  return (cut(text) ?? []).reduce((length, { literal }) => length + literal.length, 0);
}

/** The type of a factory's jobs: what its key has behind the last placeholder. */
function suffix(key: string): string {
  return key.slice(key.lastIndexOf("}") + 1).replace(/^-+/, "");
}
