import type { Place, Warning } from "../core/errors.ts";
import type { LoaderSettings } from "../core/loader_settings.ts";

/**
 * A description of a Kedro project, read once: the documented format of `inspect --json`, and the input of `compile`.
 *
 * Keys are in snake_case, as in Kedro; lists are in Kedro's order.
 */
export interface ProjectSnapshot {
  readonly version: 1;
  readonly project: ProjectInfo;
  readonly pipelines: Readonly<Record<string, PipelineSnapshot>>;
  /** Pipeline names in registration order; in an object, names that are whole numbers would come first. */
  readonly pipeline_names: readonly string[];
  /** Catalog entries by dataset name, including those that dataset factories give the pipelines' datasets. */
  readonly catalog: Readonly<Record<string, CatalogEntry>>;
  /** The parameters, as in Kedro's `context.params`. */
  readonly parameters: Readonly<Record<string, Json>>;
  /**
   * The project's files that its code opened while Kedro read it, except code and configuration, sorted; paths are
   * relative to the project.
   */
  readonly files_read?: readonly FileRead[] | undefined;
  readonly warnings: readonly Warning[];
}

/** A file that the project's code read, and where the code first did so. */
export interface FileRead {
  readonly file: string;
  readonly place: Place;
}

/** The project that was read, how, and in which Kedro environment. */
export interface ProjectInfo {
  readonly name: string;
  readonly package_name: string;
  /** The Kedro version in the project's pyproject.toml. */
  readonly kedro_init_version: string;
  readonly kedro_version: string;
  readonly source: "embedded" | "python" | "file";
  /** The Kedro environment, such as `local`. */
  readonly env: string;
  readonly runtime_params: Readonly<Record<string, Json>>;
  readonly settings: LoaderSettings;
  /** Top-level modules that were missing and replaced by stubs, sorted. */
  readonly stubs: readonly string[];
}

export interface PipelineSnapshot {
  /** In the order of Kedro's `pipeline.nodes`. */
  readonly nodes: readonly NodeSnapshot[];
  /** Free inputs, as `pipeline.inputs()`, sorted. */
  readonly inputs: readonly string[];
  /** Free outputs, as `pipeline.outputs()`, sorted. */
  readonly outputs: readonly string[];
}

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
  /** Names of the nodes that must finish first, sorted. */
  readonly depends_on: readonly string[];
  /** Settings of `@distributed_job`; `null` for an ordinary node. */
  readonly distributed: DistributedSettings | null;
}

/** The arguments of the plugin's `@distributed_job`. */
export interface DistributedSettings {
  readonly framework: string;
  /** A number, or a parameter as `params:name`. */
  readonly num_nodes: number | string;
  readonly processes_per_node: number | string | null;
}

/** A dataset's catalog entry, after factories and interpolation; credentials are names only. */
export type CatalogEntry = Readonly<Record<string, Json>>;

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A dataset's name without the `@format` suffix of transcoding. */
export function withoutTranscoding(name: string): string {
  return name.split("@")[0]!;
}
