import { noFilesError, type Origin, originsOf } from "../../config/azureml_yml.ts";
import { allJobs, isFactory } from "../../config/jobs.ts";
import { loadLayers } from "../../config/load_layers.ts";
import { toPlain } from "../../config/omegaconf/node.ts";
import type { AzureMLConfig, JobConfig } from "../../config/schema.ts";
import { commentedYamlText } from "../../config/write_yaml.ts";
import { type Place, placeText } from "../../core/errors.ts";
import { isPlainObject } from "../../core/json.ts";
import { compareText } from "../../core/text_match.ts";
import { ownSecrets, redact } from "../../core/secrets.ts";
import type { AppContext } from "../context.ts";
import { openConfig, openSession, type ReadOptions, withLoadOptions } from "./open.ts";

/**
 * Reads azureml.yml with the layers of the environment merged; with `origin`, also where each value comes from. Secrets
 * are masked.
 *
 * @throws {UserError} `config.*`, also if the project has no azureml.yml.
 */
export async function showConfig(
  ctx: AppContext,
  options: ReadOptions & { readonly origin?: boolean | undefined },
) {
  const { origin = false } = options;
  const layers = await withLoadOptions(ctx, options, async (load) => {
    const loaded = await loadLayers(ctx, "azureml", load);
    if (loaded.files.length === 0) throw await noFilesError(ctx, loaded, load);
    return loaded;
  });
  const secrets = ownSecrets(ctx.env);
  const shown = (text: string) => redact(text, secrets);
  const origins = originsOf(layers).map((origin) => ({ ...origin, value: mapTexts(origin.value, shown) }));
  // Unescaped, a literal `${` would become an interpolation when the output is pasted into a file.
  const values = mapTexts(
    toPlain(layers.values, { keepFloats: true }),
    (text) => shown(text).replaceAll("${", "\\${"),
  );
  const texts = new Map(origins.map((each) => [each.key, originText(each)]));
  return {
    values: origin ? origins : origins.map(({ key, value }) => ({ key, value })),
    yaml: commentedYamlText(values, origin ? keysIn(values).map((key) => texts.get(key)!) : []),
  };
}

function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((each) => mapTexts(each, change));
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, mapTexts(each, change)]));
}

/** The keys of all values in data, which has keys that are numbers before others. */
function keysIn(data: unknown, at = ""): readonly string[] {
  const entries = Array.isArray(data) || isPlainObject(data) ? Object.entries(data) : [];
  if (entries.length === 0) return [at];
  return entries.flatMap(([name, value]) => {
    const key = Array.isArray(data) ? `[${name}]` : at === "" ? name : `.${name}`;
    return keysIn(value, at + key);
  });
}

function originText({ place, overrides, interpolated, sources }: Origin): string {
  const from = sources.map((source) =>
    `${placeText(source.place)}${overridesText(source.overrides, " (", ")")}`
  );
  const interpolation = !interpolated
    ? ""
    : from.length === 0
    ? ", interpolated"
    : `, interpolated from ${from.join(" and ")}`;
  return `${placeText(place)}${interpolation}${overridesText(overrides, ", ")}`;
}

function overridesText(places: readonly Place[], before: string, after = ""): string {
  return places.length === 0 ? "" : `${before}overrides ${places.map(placeText).join(", ")}${after}`;
}

export interface ResolvedJob {
  readonly job: string;
  readonly pipeline: string;
  readonly namespaces: readonly string[];
  readonly schedule: JobConfig["schedule"];
  readonly fromFactory: boolean;
}

/** Lists the job factories of azureml.yml without reading the project's pipelines. */
export async function listFactories(ctx: AppContext, options: ReadOptions) {
  const { azureml, warnings } = await openConfig(ctx, options);
  return { patterns: factoriesOf(azureml), warnings };
}

function factoriesOf({ jobs }: AzureMLConfig): readonly string[] {
  return Object.keys(jobs).filter(isFactory).sort();
}

/**
 * Lists all jobs: those written out, and those that job factories create from the pipelines' namespaces.
 *
 * @throws {UserError} as {@linkcode openSession}, `job.factory`.
 */
export async function resolveFactories(ctx: AppContext, options: ReadOptions) {
  const { config, snapshot, warnings } = await openSession(ctx, options);
  const jobs = [...allJobs(config, snapshot.pipelines)].map(([job, { pipeline, schedule }]): ResolvedJob => ({
    job,
    pipeline: pipeline.pipeline_name,
    namespaces: pipeline.node_namespaces ?? [],
    schedule,
    fromFactory: !Object.hasOwn(config.azureml.jobs, job),
  }));
  return {
    patterns: factoriesOf(config.azureml),
    jobs: jobs.sort((a, b) => compareText(a.job, b.job)),
    warnings,
  };
}
