import type { Place, Warning } from "../../core/errors.ts";
import type { LoaderSettings } from "../../core/loader_settings.ts";
import {
  json,
  listOf,
  mapOf,
  oneOf,
  optional,
  orNull,
  record,
  type Shape,
  type Shaped,
  text,
  wholeNumber,
} from "./shape.ts";
import type {
  DistributedSettings,
  FileRead,
  NodeSnapshot,
  PipelineSnapshot,
  ProjectInfo,
  ProjectSnapshot,
} from "../snapshot.ts";

/** The reader's answer to a `snapshot` request. */
export type ReadSnapshot = Omit<ProjectSnapshot, "version"> & { readonly problems: readonly Problem[] };

const place = record<Omit<Place, "key">>({
  file: text,
  line: optional(wholeNumber),
  column: optional(wholeNumber),
});

const warning = record<Omit<Warning, "wasShown">>({
  code: text,
  message: text,
  hint: optional(text),
  place: optional(place),
});

const distributed = record<DistributedSettings>({
  framework: text,
  num_nodes: settingOf(),
  processes_per_node: orNull(settingOf()),
});

/** As written in the decorator; types other than numbers and text are rejected when a job is compiled. */
function settingOf(): Shape<number | string> {
  return (value, at) => (typeof value === "string" ? text(value, at) : json(value, at) as number);
}

const node = record<NodeSnapshot>({
  name: text,
  short_name: text,
  func: text,
  inputs: listOf(text),
  outputs: listOf(text),
  tags: listOf(text),
  namespace: orNull(text),
  depends_on: listOf(text),
  distributed: orNull(distributed),
});

const pipeline = record<PipelineSnapshot>({
  nodes: listOf(node),
  inputs: listOf(text),
  outputs: listOf(text),
});

const settings = record<LoaderSettings>({
  conf_source: text,
  config_loader_class: text,
  base_env: orNull(text),
  default_run_env: orNull(text),
  config_patterns: mapOf(listOf(text)),
  merge_strategy: mapOf(oneOf("destructive", "soft")),
  custom_resolvers: listOf(text),
});

const project = record<ProjectInfo>({
  name: text,
  package_name: text,
  kedro_init_version: text,
  kedro_version: text,
  source: oneOf("embedded", "python", "file"),
  env: text,
  runtime_params: mapOf(json),
  settings,
  stubs: listOf(text),
});

const failureShapes = {
  /** Name of the exception's class. */
  kind: text,
  module: text,
  text,
  place: orNull(place),
  /** The project's own lines of the traceback. */
  traceback: listOf(text),
  /** Name of the module that an import did not find; `null` for other errors. */
  missing: orNull(text),
  /** Earlier warnings, which may explain the failure. */
  notes: listOf(text),
  /** Modules replaced by stubs, which may explain it too. */
  stubs: listOf(text),
};
const failure = record(failureShapes);
const problem = record({ ...failureShapes, area: text });

/** A Python exception, as failures.py describes it. */
export type Failure = Shaped<typeof failure>;

/** A part of the configuration that could not be read. */
export type Problem = Shaped<typeof problem>;

const snapshotShapes = {
  project,
  pipelines: mapOf(pipeline),
  pipeline_names: listOf(text),
  catalog: mapOf(mapOf(json)),
  parameters: mapOf(json),
  files_read: optional(listOf(record<FileRead>({ file: text, place }))),
  warnings: listOf(warning),
};

/** Checks a snapshot file, except for its version. */
export const snapshotShape: Shape<Omit<ProjectSnapshot, "version">> = record<
  Omit<ProjectSnapshot, "version">
>(snapshotShapes);

/** Checks the reader's answer to a `snapshot` request, which the project's code could have tampered with. */
export const readSnapshot: Shape<ReadSnapshot> = record<ReadSnapshot>({
  ...snapshotShapes,
  problems: listOf(problem),
});

/** Checks any answer: the requested value, or a failure. */
export function answerOf<T>(
  shape: Shape<T>,
  value: unknown,
): { readonly ok: T } | { readonly error: Failure } {
  const answer = value as { error?: unknown; ok?: unknown } | null;
  if (answer?.error !== undefined) return { error: failure(answer.error, "error") };
  return { ok: shape(answer?.ok, "answer") };
}
