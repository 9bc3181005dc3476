import { isPlaceholder } from "../../config/init_placeholders.ts";
import { workspaceKey } from "../../config/workspace.ts";
import {
  EXPERIMENT_NAME,
  EXPERIMENT_NAME_RULE,
  JOB_LIMITS,
  STEP_KEY,
  STEP_KEY_RULE,
} from "../../core/azure_limits.ts";
import { UserError } from "../../core/errors.ts";
import { isFields, ownValue } from "../../core/json.ts";
import { didYouMean } from "../../core/suggest.ts";
import { countParameters } from "../job/compile/distribution.ts";
import type { JobSpec, Step } from "../job/job_spec.ts";
import { isAssetType } from "../job/compile/ports.ts";
import { parseEnvironment } from "../job/names.ts";
import { errorToFindings, type Finding } from "./finding.ts";
import {
  type Check,
  type CompiledJob,
  eachJob,
  type JobSubject,
  nodesOfJob,
  row,
  type Subject,
} from "./subject.ts";

// submit.no_steps: The job has no steps. Change the pipeline or the filters.
const noSteps = row<JobSpec, JobSubject>("submit.no_steps", {
  asks: "Does the job have steps?",
  severity: "error",
  find: ({ spec }) => spec.steps.length === 0 ? [spec] : [],
  says: "The job has no steps",
  hint: ({ key }) => `Change the pipeline or the filters in \`jobs.${key}.pipeline\``,
  place: ({ key }, { place }) => place(["jobs", key, "pipeline"]),
});

// submit.step_name: The name of a step is not valid. Rename the node.
const stepNames = row<Step & { job: string }, JobSubject>("submit.step_name", {
  asks: "Does Azure ML accept the step names?",
  severity: "error",
  find: ({ spec }) =>
    spec.steps.filter(({ key }) => !STEP_KEY.test(key)).map((step) => ({ ...step, job: spec.key })),
  line: ({ node, key }) => `node "${node}" becomes step "${key}"`,
  says: STEP_KEY_RULE,
  hint: "Rename the nodes",
  place: ({ job }, { place }) => place(["jobs", job, "pipeline"]),
});

// submit.no_environment: No environment is set. Set `execution.environment`, or pass `--aml-env`.
const noEnvironment = row<JobSpec, JobSubject>("submit.no_environment", {
  asks: "Is an environment set?",
  severity: "error",
  find: ({ spec }) => spec.environment === undefined ? [spec] : [],
  says: "No environment is set",
  hint: "Set `execution.environment` in azureml.yml, or pass `--aml-env NAME`",
  place: (_, { place }) => place(["execution", "environment"]),
});

const environmentKind = eachJob<JobSubject>(
  "Can the environment be found?",
  ({ environment }, { place, config: { execution } }) => {
    const isConfigured = environment === execution.environment;
    // A placeholder is reported with the others.
    if (environment === undefined || (isConfigured && isPlaceholder(environment))) return [];
    return kindFindings(environment, isConfigured ? "execution.environment" : "--aml-env").map((finding) => ({
      ...finding,
      ...(isConfigured && { place: place(["execution", "environment"]) }),
    }));
  },
);

/** Checks the spelling of an environment. @param source The key or option that names it. */
function kindFindings(reference: string, source: string): Finding[] {
  let parsed;
  try {
    parsed = parseEnvironment(reference);
  } catch (thrown) {
    if (thrown instanceof UserError) return errorToFindings(thrown);
    throw thrown;
  }
  if (parsed.kind === "id") return idFindings(parsed.id);
  if (parsed.kind === "image") return [];
  const { name, version, label } = parsed;
  if (version === "latest") {
    return [{
      severity: "warning",
      // environment.version_latest: `:latest` is a version of that name. Write `@latest` for the newest
      //   version.
      code: "environment.version_latest",
      message: `"${reference}" is a version named "latest", not the newest version, unless you named one so`,
      hint: `Use \`${name}@latest\` as \`${source}\``,
    }];
  }
  if (version !== undefined) return [];
  if (label === "latest") return [latest(reference)];
  return [{
    severity: "error",
    // environment.no_version: The environment names no version. Write `name:version` or `name@latest`.
    code: "environment.no_version",
    message: label === undefined
      ? `Environment "${reference}" has no version`
      : `Environment "${reference}" has label "${label}", which Azure ML does not know`,
    hint: `Use \`${name}@latest\` or \`${name}:<version>\` as \`${source}\``,
  }];
}

function latest(asked: string): Finding {
  return {
    severity: "note",
    // environment.latest: The job uses the latest version of the environment at each submission. Pin a
    //   version for the same result each time.
    code: "environment.latest",
    message: `"${asked}" is resolved to the newest version when the job is submitted`,
    hint: "Run `kedro-azureml validate --online` to see the current version",
  };
}

function idFindings(id: string): Finding[] {
  // The label of a registry's environment is resolved when the job runs.
  if (/\/(?:versions|labels)\/[^/]+$/i.test(id)) return [];
  return [{
    severity: "error",
    code: "environment.no_version",
    message: `Environment "${id}" has no version`,
    hint: "End it with `/versions/<version>`",
  }];
}

// A name that is derived from the folder is always valid.
// job.experiment_name: The experiment name is not valid. Use letters, digits, `_` and `-`.
const experimentNames = row<CompiledJob, JobSubject>("job.experiment_name", {
  asks: "Does Azure ML accept the experiment name?",
  severity: "error",
  find: (job) => EXPERIMENT_NAME.test(job.spec.experimentName ?? "default") ? [] : [job],
  says: ({ spec }) => `"${spec.experimentName}" is not a valid experiment name: ${EXPERIMENT_NAME_RULE}`,
  hint: ({ spec, config }) =>
    config.experiment_name
      ? `Change \`jobs.${spec.key}.experiment_name\` in azureml.yml`
      : "Change `tracking.experiment.name` in mlflow.yml",
  place: ({ spec, config }, { place }) =>
    config.experiment_name ? place(["jobs", spec.key, "experiment_name"]) : undefined,
});

interface LongText {
  readonly what: string;
  readonly text: string;
  readonly most: number;
  readonly path: readonly string[];
}

// job.long_text: A text of the job is longer than Azure ML allows. Shorten it.
const longTexts = row<LongText, JobSubject>("job.long_text", {
  asks: "Are the job's texts short enough?",
  severity: "error",
  find({ spec: { displayName, pipelineName, description = "", key } }) {
    const { displayNameCharacters, descriptionCharacters } = JOB_LIMITS;
    const name = displayName || pipelineName;
    const path = ["jobs", key];
    return [
      { what: "display name", text: name, most: displayNameCharacters, path: [...path, "display_name"] },
      { what: "description", text: description, most: descriptionCharacters, path: [...path, "description"] },
    ].filter(({ text, most }) => text.length > most);
  },
  says: ({ what, text, most }) =>
    `The ${what} has ${text.length} characters; Azure ML allows at most ${most}`,
  hint: ({ path }) => `Shorten \`${path.join(".")}\``,
  place: ({ path }, { place }) => place(path),
});

// plugin.compute: The steps of a job run on its `compute`, which the plugin uses for the job itself only. Remove it to
//   run where the plugin does.
const otherComputes = row<CompiledJob & { usual: string }, JobSubject>("plugin.compute", {
  asks: "Do the steps run on the computes that the plugin uses?",
  severity: "note",
  find(job, { config: { compute }, snapshot }) {
    const usual = compute.__default__?.cluster_name?.replace(/^azureml:/, "") ?? "";
    if (job.config.compute === null || usual === "" || usual === job.spec.compute) return [];
    const isOfJob = nodesOfJob(job.spec, snapshot)
      .some(({ tags }) => !tags.some((tag) => Object.hasOwn(compute, tag)));
    return isOfJob ? [{ ...job, usual }] : [];
  },
  says: ({ spec, usual }) =>
    `Steps run on ${spec.compute}, the compute of job "${spec.job}"; the plugin runs them on ${usual}`,
  hint: ({ spec }) => `Remove \`jobs.${spec.key}.compute\` to run them there, too`,
  place: ({ spec }, { place }) => place(["jobs", spec.key, "compute"]),
});

// plugin.empty_compute: A compute of azureml.yml has an empty name or instance type, so its steps use that of
//   `__default__`; the plugin gives them none. Remove the key, or write its value.
const emptyComputes = row<{ path: readonly string[]; value: string }, JobSubject>(
  "plugin.empty_compute",
  {
    asks: "Is what a compute leaves empty what the plugin uses?",
    severity: "note",
    find({ spec, config }, { config: { compute }, snapshot }) {
      const empty = Object.entries(compute).flatMap(([key, entry]) =>
        (["cluster_name", "instance_type"] as const).flatMap((field) => {
          const value = compute.__default__?.[field];
          return value && entry[field] === "" ? [{ path: ["compute", key, field] as const, value }] : [];
        })
      );
      if (empty.length === 0) return [];
      const used = nodesOfJob(spec, snapshot).map(({ tags }) =>
        tags.find((tag) => Object.hasOwn(compute, tag)) ?? config.compute ?? "__default__"
      );
      return empty.filter(({ path: [, key] }) => used.includes(key));
    },
    says: ({ path, value }) =>
      `\`${
        path.join(".")
      }\` is empty, so steps use ${value} of \`__default__\`; with the plugin they have none`,
    hint: ({ path }) => `Remove \`${path.at(-1)}\`, or write its value`,
    place: ({ path }, { place }) => place(path),
  },
);

// plugin.node_count: A count of `@distributed_job` is a parameter that the job sets; the plugin takes it from the
//   project's parameters files. Set it there, too.
export const nodeCounts = row<readonly string[], JobSubject>("plugin.node_count", {
  asks: "Do distributed steps start as often as with the plugin?",
  severity: "note",
  find: ({ spec, config: { params } }, { snapshot }) =>
    nodesOfJob(spec, snapshot).flatMap(countParameters).filter((path) => isIn(params, path))
      .map((path) => ["jobs", spec.key, "params", ...path]),
  says: (path) =>
    `\`${path.join(".")}\` is the count of a distributed step; the plugin takes it from the parameters files`,
  hint: "Set it in conf/base/parameters.yml to start as many there, too",
  place: (path, { place }) => place(path),
});

function isIn(values: unknown, [first, ...rest]: readonly string[]): boolean {
  if (first === undefined) return true;
  return isFields(values) && Object.hasOwn(values, first) && isIn(values[first], rest);
}

// plugin.data_version: A dataset is read in the version of its `azureml_version`, which the plugin ignores. Remove the
//   key to read the newest version, as the plugin does.
const pinnedData = row<{ dataset: string; version: string }, JobSubject>("plugin.data_version", {
  asks: "Do steps read the versions of data that the plugin reads?",
  severity: "note",
  find: ({ spec }, { snapshot }) => {
    const pinned = spec.steps.flatMap(({ inputs }) => inputs).flatMap(({ dataset, from }) => {
      const version = ownValue(snapshot.catalog, dataset)?.azureml_version;
      return from.kind === "asset" && from.path.endsWith(`:${version}`)
        ? [[dataset, String(version)] as const]
        : [];
    });
    return [...new Map(pinned)].map(([dataset, version]) => ({ dataset, version }));
  },
  says: ({ dataset, version }) =>
    `Dataset "${dataset}" reads version ${version} of its data asset; the plugin reads the newest`,
  hint: "Remove `azureml_version` to read the newest, too",
  place: ({ dataset }, subject) => placeOfDataset(subject, dataset, "azureml_version"),
});

// plugin.asset_class: A dataset with `azureml_dataset` is of a class of its own, which is not mounted; the plugin mounts
//   it if the class derives from AzureMLAssetDataset. Use AzureMLAssetDataset.
const assetClasses = row<{ dataset: string; type: string }, JobSubject>("plugin.asset_class", {
  asks: "Are the data assets that the plugin mounts mounted?",
  severity: "note",
  find: ({ spec }, { snapshot }) => {
    const ports = spec.steps.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]);
    return [...new Set(ports.map(({ dataset }) => dataset))].flatMap((dataset) => {
      const entry = ownValue(snapshot.catalog, dataset) ?? {};
      const type = String(entry.type);
      return Object.hasOwn(entry, "azureml_dataset") && !isAssetType(type) ? [{ dataset, type }] : [];
    });
  },
  says: ({ dataset, type }) =>
    `Steps do not mount the data asset of "${dataset}"; the plugin does if ${type} derives from AzureMLAssetDataset`,
  hint: "Use `kedro_azureml_pipeline.datasets.AzureMLAssetDataset`",
  place: ({ dataset }, subject) => placeOfDataset(subject, dataset, "type"),
});

function placeOfDataset(subject: JobSubject, dataset: string, key: string) {
  return "conf" in subject ? (subject as Subject).conf.placeOfDataset(dataset, [key]) : undefined;
}

export const unknownWorkspaces: Check<JobSubject> = {
  asks: "Is the workspace of every job defined?",
  run: ({ jobs, config, place, workspace }) =>
    jobs.filter((job) => job.workspace === undefined).map(({ name, config: job }): Finding => {
      const key = workspaceKey(workspace, job);
      const names = Object.keys(config.workspace);
      return {
        severity: "error",
        code: "workspace.unknown",
        message: `Workspace "${key}" is not defined in azureml.yml${didYouMean(key, names)}`,
        hint: `Use one of them, or add "${key}" to \`workspace\` in azureml.yml`,
        details: [`workspaces: ${names.join(", ")}`],
        ...(workspace === undefined && { place: place(["jobs", job.key, "workspace"]) }),
        jobs: [name],
      };
    }),
};

/**
 * The checks that `compile` makes, too: problems in the job's own configuration, which fail in Azure. They stand apart
 * because all others need the project's code and the packages of its environments.
 */
export const COMPILED_JOB_CHECKS: readonly Check<JobSubject>[] = [
  noSteps,
  stepNames,
  noEnvironment,
  environmentKind,
  experimentNames,
  longTexts,
  otherComputes,
  emptyComputes,
  nodeCounts,
  pinnedData,
  assetClasses,
  unknownWorkspaces,
];
