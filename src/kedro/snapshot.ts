import type { Warning } from "../core/errors.ts";
import type { LoaderSettings } from "../core/loader_settings.ts";

/**
 * What a Kedro project is, read once: the documented format of `inspect --json`, and the input of `compile`.
 *
 * Keys are snake_case as Kedro's are; lists are in Kedro's own order.
 */
export interface ProjectSnapshot {
  readonly version: 1;
  readonly project: ProjectInfo;
  readonly pipelines: Readonly<Record<string, PipelineSnapshot>>;
  /** The pipelines' names as they are registered: an object puts names that are whole numbers first. */
  readonly pipeline_names: readonly string[];
  /** Entries of the catalog by dataset name, those that a factory gives to a dataset of a pipeline too. */
  readonly catalog: Readonly<Record<string, CatalogEntry>>;
  /** As `context.params` of Kedro gives them. */
  readonly parameters: Readonly<Record<string, Json>>;
  readonly warnings: readonly Warning[];
}

/** Which project was read, by what, and under which environment. */
export interface ProjectInfo {
  readonly name: string;
  readonly package_name: string;
  /** The version of Kedro that the project's pyproject.toml names. */
  readonly kedro_init_version: string;
  /** The version of Kedro that read it. */
  readonly kedro_version: string;
  readonly source: "embedded" | "python" | "file";
  /** The Kedro environment, such as `local`. */
  readonly env: string;
  readonly runtime_params: Readonly<Record<string, Json>>;
  readonly settings: ProjectSettings;
  /** Top-level modules that were not there when the project was read, sorted. */
  readonly stand_ins: readonly string[];
}

/** How the project's settings.py arranges its configuration. */
export type ProjectSettings = LoaderSettings;

/** One registered pipeline. */
export interface PipelineSnapshot {
  /** In the order of Kedro's `pipeline.nodes`. */
  readonly nodes: readonly NodeSnapshot[];
  /** Free inputs, as `pipeline.inputs()`, sorted. */
  readonly inputs: readonly string[];
  /** Free outputs, as `pipeline.outputs()`, sorted. */
  readonly outputs: readonly string[];
}

/** One node of a pipeline. */
export interface NodeSnapshot {
  readonly name: string;
  readonly short_name: string;
  /** `module:qualname`. */
  readonly func: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Sorted. */
  readonly tags: readonly string[];
  readonly namespace: string | null;
  /** Names of the nodes that must be done before, sorted. */
  readonly depends_on: readonly string[];
  /** Settings of `@distributed_job`; `null` for an ordinary node. */
  readonly distributed: DistributedSettings | null;
}

/** The arguments of the plugin's `@distributed_job`. */
export interface DistributedSettings {
  readonly framework: string;
  /** A number, or `params:name`. */
  readonly num_nodes: number | string;
  readonly processes_per_node: number | string | null;
}

/** One dataset's entry in the catalog, as written after factories and interpolation; credentials are names only. */
export type CatalogEntry = Readonly<Record<string, Json>>;

/** What JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
