import type { Place, Warning } from "../core/errors.ts";
import type { LoaderSettings } from "../core/loader_settings.ts";
import {
  type Json,
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

export type { Json };

export const place = record<Omit<Place, "key">>({
  file: text,
  line: optional(wholeNumber),
  column: optional(wholeNumber),
});

const warning = record<Warning>({
  code: text,
  message: text,
  hint: optional(text),
  place: optional(place),
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

const project = record({
  name: text,
  package_name: text,
  kedro_init_version: text,
  kedro_version: text,
  source: oneOf("embedded", "python", "file"),
  /** The Kedro environment, such as `local`. */
  env: text,
  runtime_params: mapOf(json),
  settings,
  /** Top-level modules that were missing and replaced by stubs, sorted. */
  stubs: listOf(text),
});

/** The project that was read, how, and in which Kedro environment. */
export type ProjectInfo = Shaped<typeof project>;

/** As written in the decorator; types other than numbers and text are rejected when a job is compiled. */
const setting: Shape<number | string> = (value, at) =>
  typeof value === "string" ? text(value, at) : json(value, at) as number;

/** The arguments of the plugin's `@distributed_job`; a number may be a parameter as `params:name`. */
const distributed = record({
  framework: text,
  num_nodes: setting,
  processes_per_node: orNull(setting),
});

const node = record({
  name: text,
  short_name: text,
  /** `module:qualname`. */
  func: text,
  inputs: listOf(text),
  outputs: listOf(text),
  /** Sorted. */
  tags: listOf(text),
  namespace: orNull(text),
  /** Names of the nodes that must finish first, sorted. */
  depends_on: listOf(text),
  /** Settings of `@distributed_job`; `null` for an ordinary node. */
  distributed: orNull(distributed),
});

export type NodeSnapshot = Shaped<typeof node>;

const pipeline = record({
  /** In the order of Kedro's `pipeline.nodes`. */
  nodes: listOf(node),
  /** Free inputs, as `pipeline.inputs()`, sorted. */
  inputs: listOf(text),
  /** Free outputs, as `pipeline.outputs()`, sorted. */
  outputs: listOf(text),
});

export type PipelineSnapshot = Shaped<typeof pipeline>;

const catalogEntry = mapOf(json);

/** A dataset's catalog entry, after factories and interpolation; credentials are names only. */
export type CatalogEntry = Shaped<typeof catalogEntry>;

/** A file that the project's code read, and where the code first did so. */
const fileRead = record({ file: text, place });

/** What the reader answers, and what `inspect --json` prints. */
export const snapshotShapes = {
  project,
  pipelines: mapOf(pipeline),
  /** Pipeline names in registration order; in an object, names that are whole numbers would come first. */
  pipeline_names: listOf(text),
  /** Catalog entries by dataset name, including those that dataset factories give the pipelines' datasets. */
  catalog: mapOf(catalogEntry),
  /** The parameters, as in Kedro's `context.params`. */
  parameters: mapOf(json),
  /**
   * The project's files that its code opened while Kedro read it, except code and configuration, sorted; paths are
   * relative to the project.
   */
  files_read: optional(listOf(fileRead)),
  warnings: listOf(warning),
};

type Checked = { readonly [Key in keyof typeof snapshotShapes]: Shaped<typeof snapshotShapes[Key]> };

/**
 * A description of a Kedro project, read once: the documented format of `inspect --json`, and the input of `compile`.
 *
 * Keys are in snake_case, as in Kedro; lists are in Kedro's order.
 */
export interface ProjectSnapshot extends Omit<Checked, "files_read"> {
  readonly version: 1;
  readonly files_read?: Checked["files_read"] | undefined;
}

/** Checks a snapshot file, except for its version. */
export const snapshotShape: Shape<Omit<ProjectSnapshot, "version">> = record<
  Omit<ProjectSnapshot, "version">
>(snapshotShapes);

/** Code of the warning about a module whose pipelines Kedro left out. */
export const LEFT_OUT = "kedro.pipeline_left_out";

/** The pipeline that Kedro left out, by a warning about its module; `undefined` for other warnings. */
export function leftOutPipeline({ code, message }: Warning): string | undefined {
  const [, module] = /^Kedro left out the pipelines of "([^"]+)": /.exec(message) ?? [];
  return code === LEFT_OUT ? module?.split(".").at(-1) : undefined;
}

/** A dataset's name without the `@format` suffix of transcoding. */
export function withoutTranscoding(name: string): string {
  return name.split("@")[0]!;
}
