import { Buffer } from "node:buffer";
import { basename } from "node:path";
import { ARGUMENT_BYTES, REQUEST_BYTES } from "../../core/azure_limits.ts";
import { inQuotes, type Place } from "../../core/errors.ts";
import { countText } from "../../core/format.ts";
import { isFields, ownValue } from "../../core/json.ts";
import { gitOf } from "../../core/runs.ts";
import { nearest } from "../../core/suggest.ts";
import type { Json, NodeSnapshot } from "../../kedro/snapshot.ts";
import { planJob } from "../job/body.ts";
import { nodesOfStep } from "../job/steps.ts";
import type { Finding } from "./finding.ts";
import { secretParameters, secretVariables } from "./secrets_in_upload.ts";
import { eachJob, nodesOfJob, projectRow, row, type Subject } from "./subject.ts";

/** The timeout includes pulling an image and mounting data, which takes about this long. */
const SHORT_TIMEOUT_SECONDS = 60;

/** A dataset that nodes read, that no step writes and that is not in the catalog. */
interface UndeclaredInput {
  readonly dataset: string;
  readonly readers: readonly string[];
  /** Nodes that write it, but are not in the job. */
  readonly writers: readonly string[];
  readonly meant: string | undefined;
  readonly key: string;
  /** A hook of the project, which may add it. */
  readonly hook: Place | undefined;
}

const CATALOG_HOOK = /def (?:after_catalog_created|before_pipeline_run)\b/;

// submit.undeclared_input: A node reads a dataset that no node of the job writes and that is not in the catalog.
//   Correct its name, add it, or widen the filters.
export const undeclaredInputs = row<UndeclaredInput>("submit.undeclared_input", {
  asks: "Does every input have a source?",
  severity: ({ hook }) => hook === undefined ? "error" : "warning",
  find({ spec }, { snapshot: { pipelines, catalog }, source }) {
    const own = ownValue(pipelines, spec.pipelineName)?.nodes ?? [];
    const reads = spec.steps.flatMap((step) =>
      step.inputs.filter(({ from }) => from.kind === "undeclared").flatMap(({ dataset }) =>
        nodesOfStep(step).filter(({ inputs }) => inputs.includes(dataset)).map(({ name }) => ({
          name,
          dataset,
        }))
      )
    );
    const known = [...Object.keys(catalog), ...own.flatMap(({ outputs }) => outputs)];
    const writersOf = (nodes: readonly NodeSnapshot[], dataset: string, where = "") =>
      nodes.filter(({ outputs }) => outputs.includes(dataset)).map(({ name }) => `node "${name}"${where}`);
    return [...Map.groupBy(reads, ({ dataset }) => dataset)].map(([dataset, readers]) => {
      const inPipeline = writersOf(own, dataset);
      const elsewhere = Object.entries(pipelines).flatMap(([pipeline, { nodes }]) =>
        writersOf(nodes, dataset, ` of pipeline "${pipeline}"`)
      );
      return {
        dataset,
        readers: readers.map(({ name }) => name),
        writers: inPipeline.length > 0 ? inPipeline : elsewhere.slice(0, 1),
        meant: nearest(dataset, known, Math.min(2, Math.floor(dataset.length / 2))),
        key: spec.key,
        hook: source.placeOf(CATALOG_HOOK),
      };
    });
  },
  says: ({ dataset, readers, hook }) =>
    `${readText(readers)} "${dataset}", which no node of the job writes and the catalog does not have${
      unless(hook)
    }`,
  hint: ({ dataset, writers, meant }) =>
    writers.length > 0
      ? `Also run ${
        writers.length > 3 ? "the nodes that write it" : writers.join(", ")
      }, or add it to the catalog`
      : meant === undefined
      ? `Add "${dataset}" to the catalog`
      : `Did you mean "${meant}"?`,
  place: ({ dataset, writers, key }, { source, place }) =>
    (writers.length > 0 ? undefined : placeOfName(source, dataset)) ?? place(["jobs", key, "pipeline"]),
});

/** The start of a sentence about what nodes read. */
function readText(nodes: readonly string[]): string {
  return nodes.length === 1 ? `Node "${nodes[0]}" reads` : `Nodes ${inQuotes(nodes)} read`;
}

/** Where the code names a dataset, also without the namespace that a pipeline adds; in a node, if it is in one. */
function placeOfName({ placeOf }: Subject["source"], dataset: string): Finding["place"] {
  const parts = dataset.split(".");
  const names = parts.map((_, at) => `["']${RegExp.escape(parts.slice(at).join("."))}["']`);
  return [...names.map((name) => `${name}(?<=\\b[Nn]ode\\([^]{0,800})`), ...names]
    .map((pattern) => placeOf(new RegExp(pattern))).find((place) => place !== undefined);
}

// job.long_command: The command of a step is too long to start. Pass fewer parameters or shorter variables.
export const longCommands = row<string>("job.long_command", {
  asks: "Is every command short enough to start?",
  severity: "error",
  find: ({ spec }) =>
    spec.steps.flatMap(({ node, command, environmentVariables }) => [
      ...(Buffer.byteLength(command) > ARGUMENT_BYTES
        ? [`the command of node "${node}" has ${Buffer.byteLength(command)} bytes`]
        : []),
      ...Object.entries(environmentVariables)
        .filter(([name, value]) => Buffer.byteLength(name + value) > ARGUMENT_BYTES)
        .map(([name]) => `variable ${name} of node "${node}" is longer`),
    ]),
  line: (long) => long,
  says: `Commands and variables can have at most ${ARGUMENT_BYTES} bytes on Linux`,
  hint: "Move large parameters from the job into conf/base/parameters.yml",
});

// job.too_large: The job is larger than Azure accepts. Split the pipeline, or pass fewer parameters.
export const largeJob = row<number>("job.too_large", {
  asks: "Is the job small enough for one request?",
  severity: "error",
  find({ spec, workspace }, { project, properties }) {
    if (workspace === undefined) return [];
    const experiment = basename(project.root);
    const { body } = planJob(spec, { workspace, code: undefined, properties, experiment });
    return [Buffer.byteLength(JSON.stringify(body))].filter((bytes) => bytes > REQUEST_BYTES);
  },
  says: (bytes) => `The job has ${bytes} bytes as JSON; Azure allows at most ${REQUEST_BYTES}`,
  hint: "Split the pipeline into several jobs, or pass fewer parameters",
});

// job.visible_secret: A variable or parameter that looks like a secret can be read by everyone who can read
//   the job. Use a key vault.
export const visibleSecrets = row<string>("job.visible_secret", {
  asks: "Does the job show a secret?",
  severity: "warning",
  find: ({ spec }) => spec.steps.flatMap((step) => [...secretVariables(step), ...secretParameters(step)]),
  says: (name) => `Anyone who can read the job can see the value of ${name}`,
  hint: "Read it from a key vault in the step",
});

// job.short_timeout: The time limit of steps is very short. Raise `limits.timeout`.
export const shortTimeout = row<{ seconds: number; key: string }>("job.short_timeout", {
  asks: "Is the time limit long enough?",
  severity: "warning",
  find: ({ spec: { steps, key } }) =>
    [{ seconds: steps[0]?.timeoutSeconds ?? Infinity, key }]
      .filter(({ seconds }) => seconds < SHORT_TIMEOUT_SECONDS),
  says: ({ seconds }) =>
    `Each step is stopped after ${seconds} s, which includes starting its container and Kedro`,
  hint: ({ key }) => `Raise \`jobs.${key}.limits.timeout\` in azureml.yml`,
  place: ({ key }, { place }) => place(["jobs", key, "limits", "timeout"]),
});

export const groups = eachJob("How many containers start?", ({ steps }) => {
  const grouped = steps.flatMap(({ node, nodes }) => nodes === undefined ? [] : [{ node, nodes }]);
  if (grouped.length === 0) return [];
  const timeout = steps[0]?.timeoutSeconds;
  const saved = grouped.reduce((sum, { nodes }) => sum + nodes.length - 1, 0);
  return [{
    severity: "note",
    // job.groups: How many container starts the grouping saves. Nothing to do.
    code: "job.groups",
    message: `${countText(steps.length + saved, "node")} run in ${
      countText(steps.length, "step")
    }, which saves ${countText(saved, "container start")} of half a minute to several minutes each`,
    details: grouped.map(({ node, nodes }) =>
      `step "${node}" runs ${inQuotes(nodes.map(({ name }) => name))}`
    ),
    ...(timeout !== undefined && {
      hint: `Make sure that \`limits.timeout\` (${timeout} s) is enough for all nodes of a step`,
    }),
  }];
});

// git.dirty: The code has changes that the recorded commit does not have. Commit them for a job that can be
//   traced.
export const dirtyCheckout = projectRow<string>("git.dirty", {
  asks: "Can the run be reproduced from git?",
  severity: "note",
  find({ properties }) {
    const { commit, isDirty } = gitOf(properties);
    return isDirty && commit ? [commit.slice(0, 12)] : [];
  },
  says: (commit) => `There are uncommitted changes; the job records commit ${commit} without them`,
  hint: "Commit the changes",
});

function unless(hook: Place | undefined): string {
  return hook === undefined ? "" : `, unless the hook in ${hook.file}:${hook.line} adds it`;
}

/** Hooks with which a project can add parameters after its configuration was read. */
const ADDING_HOOK = /def (?:after_(?:catalog|context)_created|before_pipeline_run)\b/;

export const missingParameters = eachJob("Are the parameters defined?", (spec, subject, { config }) => {
  const { snapshot, source } = subject;
  const nodes = nodesOfJob(spec, snapshot);
  const sets = [snapshot.parameters ?? {}, config.params ?? {}] as readonly Readonly<Record<string, Json>>[];
  const missing = new Map<string, string[]>();
  for (const { name, inputs } of nodes) {
    for (const input of inputs) {
      if (!input.startsWith("params:") || Object.hasOwn(snapshot.catalog, input)) continue;
      const path = input.slice("params:".length);
      if (!sets.some((values) => hasPath(values, path))) {
        missing.set(path, [...missing.get(path) ?? [], name]);
      }
    }
  }
  if (missing.size === 0) return [];
  const paths = sets.flatMap((values) => pathsOf(values));
  const hook = source.placeOf(ADDING_HOOK);
  return [...missing].map(([path, readers]): Finding => {
    const meant = paths.find((name) => name.endsWith(`.${path}`)) ?? nearestParameter(path, paths);
    return {
      severity: hook === undefined ? "error" : "warning",
      // params.missing: No parameters file defines a parameter that a node reads. Add it, or correct its
      //   name.
      code: "params.missing",
      message: `${readText(readers)} "params:${path}", which no parameters file in ${
        inAnyOf(subject)
      } defines${unless(hook)}`,
      hint: meant === undefined
        ? `Add \`${path}\` to ${parametersFile(subject)}, or ${
          Object.hasOwn(subject.config.jobs, spec.key)
            ? "to `params` of the job in azureml.yml"
            : "pass it with `--params`"
        }`
        : `Did you mean "params:${meant}"?`,
      place: placeOf(subject, path, meant),
    };
  });
});

/** The most similar name: one below the same parent if there is that parent, as others' parameters mean another thing. */
function nearestParameter(path: string, paths: readonly string[]): string | undefined {
  const parent = path.slice(0, path.lastIndexOf(".") + 1);
  const siblings = paths.filter((name) => name.startsWith(parent));
  if (siblings.length === 0) return nearest(path, paths);
  const name = nearest(path.slice(parent.length), siblings.map((name) => name.slice(parent.length)));
  return name === undefined ? undefined : parent + name;
}

/** Where the code names a parameter; else where the one that is meant is written; else a parameters file. */
function placeOf({ source, conf }: Subject, path: string, meant: string | undefined): Finding["place"] {
  const place = source.placeOf(new RegExp(`["']params:${RegExp.escape(path)}["']`));
  const written = meant === undefined ? undefined : conf.placeOfKey("parameters", meant);
  const file = conf.files.find((name) => /(?:^|\/)parameters[^/]*$/.test(name));
  return place ?? written ?? (file === undefined ? undefined : { file, line: 1, column: 1 });
}

/** The folders whose files count: those of other environments do not. */
function inAnyOf({ conf: { folders: { base, env } } }: Subject): string {
  return [...new Set([base, env])].join(" or ");
}

function parametersFile({ conf }: Subject): string {
  return conf.files.find((name) => /\/parameters[^/]*$/.test(name)) ?? `${conf.folders.base}/parameters.yml`;
}

/** Whether Kedro has `params:path`: a key at the top level, or one below mappings. */
function hasPath(values: Readonly<Record<string, Json>>, path: string): boolean {
  if (Object.hasOwn(values, path)) return true;
  return Object.entries(values).some(([key, value]) =>
    path.startsWith(`${key}.`) && isFields(value) && hasPath(value, path.slice(key.length + 1))
  );
}

/** All names that parameters have, such as `model` and `model.alpha`. */
export function pathsOf(values: Readonly<Record<string, unknown>>, above = ""): string[] {
  return Object.entries(values).flatMap(([key, value]) => [
    above + key,
    ...(isFields(value) ? pathsOf(value, `${above}${key}.`) : []),
  ]);
}
