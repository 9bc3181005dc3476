import type { AppContext } from "../context.ts";
import { environments } from "../../config/conf_folders.ts";
import { allJobs } from "../../config/jobs.ts";
import { openConfig, openSession, type ReadOptions, withLoadOptions } from "../project/open.ts";
import { GROUP_MODES } from "../../azureml/job/compile/group_mode.ts";
import { scheduleNames } from "../../azureml/schedules/from_config.ts";
import { CREDENTIALS } from "../../credentials/chain_order.ts";
import { countText } from "../../core/format.ts";
import { findProject } from "../../kedro/project.ts";
import type { NodeSnapshot } from "../../kedro/snapshot.ts";
import { type RememberedJob, rememberedJobs } from "./remembered.ts";

export interface Candidate {
  readonly value: string;
  readonly description?: string;
}

/** What is completed: an option's value, by the option's attribute name, or an argument, by its name. */
export interface CandidateTarget {
  readonly option?: string;
  readonly argument?: string;
  readonly command: string;
}

const COMPLETION_READ_TIMEOUT_MS = 5000;

type CandidateSource = (ctx: AppContext, options: ReadOptions) => Promise<readonly Candidate[]>;

/** Sources by the attribute name of an option or the name of an argument. */
const SOURCES: Readonly<Record<string, CandidateSource>> = {
  env: envs,
  job: jobs,
  jobs,
  workspace: workspaces,
  pipeline: pipelines,
  pipelines,
  tags: (ctx, options) => ofNodes(ctx, options, ({ tags }) => tags),
  namespaces: (ctx, options) =>
    ofNodes(ctx, options, ({ namespace }) => namespace === null ? [] : [namespace]),
  nodes: nodeNames,
  fromNodes: nodeNames,
  toNodes: nodeNames,
  fromInputs: (ctx, options) => ofNodes(ctx, options, ({ inputs }) => inputs),
  step: nodeNames,
  fail: nodeNames,
  dataset: (ctx, options) => ofNodes(ctx, options, ({ outputs }) => outputs),
  names: runsAndJobs,
  groupBy: groupModes,
  schedule: schedules,
  schedules,
  against: async (ctx, options) => (await remembered(ctx, options)).map(asCandidate),
  credential: () =>
    Promise.resolve(Object.entries(CREDENTIALS).map(([value, { about }]) => ({ value, description: about }))),
  toOutputs: (ctx, options) => ofNodes(ctx, options, ({ outputs }) => outputs),
};

/** Sources by command and argument, for arguments whose name means something else in other commands. */
const SOURCES_BY_ARGUMENT: Readonly<Record<string, CandidateSource>> = {
  "rerun job": runsAndJobs,
  "data push name": dataAssets,
};

/** Looks up candidates that no declaration lists, such as the jobs of a project. */
export async function projectCandidates(
  ctx: AppContext,
  { option, argument, command }: CandidateTarget,
  project: ReadOptions,
): Promise<readonly Candidate[]> {
  const source = SOURCES_BY_ARGUMENT[`${command} ${argument}`] ?? SOURCES[option ?? argument ?? ""];
  return source === undefined
    ? []
    : await source(ctx, { ...project, readTimeoutMs: COMPLETION_READ_TIMEOUT_MS });
}

/** The modes, and the beginnings of the nodes' tags. */
async function groupModes(ctx: AppContext, options: ReadOptions): Promise<readonly Candidate[]> {
  const tags = await ofNodes(
    ctx,
    options,
    ({ tags }) => tags.flatMap((tag) => /^[^.:]+(?=[.:].)/.exec(tag) ?? []),
  );
  const modes = GROUP_MODES.filter((mode) => !/[A-Z]/.test(mode)).map((value) => ({ value }));
  return [...modes, ...tags.map(({ value }) => ({ value: `tag:${value}` }))];
}

async function envs(ctx: AppContext, options: ReadOptions): Promise<readonly Candidate[]> {
  return await withLoadOptions(ctx, options, async (load) => {
    const names = await environments(ctx, load);
    return names.filter((name) => name !== load.settings.base_env).map((value) => ({ value }));
  });
}

async function jobs(ctx: AppContext, options: ReadOptions): Promise<readonly Candidate[]> {
  const config = await openConfig(ctx, options);
  const { azureml } = config;
  const literal = Object.keys(azureml.jobs).every((name) => !name.includes("{"));
  const all = literal
    ? azureml.jobs
    : Object.fromEntries(allJobs(config, (await openSession(ctx, options)).snapshot.pipelines));
  return Object.entries(all).map(([value, { description }]) => ({ value, description: description ?? "" }));
}

async function remembered(ctx: AppContext, options: ReadOptions) {
  const { root } = await findProject(ctx, options.directory);
  return await Array.fromAsync(rememberedJobs(ctx, root));
}

function asCandidate({ name, job, at }: RememberedJob): Candidate {
  return { value: name, description: `${job}, ${at.slice(0, 16)}` };
}

/** The remembered runs, and their jobs, which stand for their last runs. */
async function runsAndJobs(ctx: AppContext, options: ReadOptions): Promise<readonly Candidate[]> {
  const runs = await remembered(ctx, options);
  const lastOf = new Map<string, string>();
  for (const { job, name } of runs) lastOf.set(job, lastOf.get(job) ?? name);
  const jobs = [...lastOf].map(([value, name]) => ({ value, description: `its last run, ${name}` }));
  return [...runs.map(asCandidate), ...jobs];
}

/** The schedules that azureml.yml defines; sends no request. */
async function schedules(ctx: AppContext, options: ReadOptions): Promise<readonly Candidate[]> {
  const { azureml } = await openConfig(ctx, options);
  return Object.entries(azureml.jobs).flatMap(([key, { schedule }]) =>
    scheduleNames(key, { key, schedule }).map((value) => ({ value, description: `job ${key}` }))
  );
}

async function workspaces(ctx: AppContext, options: ReadOptions): Promise<readonly Candidate[]> {
  const { azureml } = await openConfig(ctx, options);
  return Object.entries(azureml.workspace).map(([value, { name }]) => ({ value, description: name }));
}

async function pipelines(ctx: AppContext, options: ReadOptions): Promise<readonly Candidate[]> {
  const { snapshot } = await openSession(ctx, options);
  return Object.entries(snapshot.pipelines).map(([value, { nodes }]) => ({
    value,
    description: countText(nodes.length, "node"),
  }));
}

/** The data assets of the catalog that `data push` uploads. */
async function dataAssets(ctx: AppContext, options: ReadOptions): Promise<readonly Candidate[]> {
  const { snapshot } = await openSession(ctx, options);
  return Object.entries(snapshot.catalog).flatMap(([dataset, { azureml_dataset: value }]) =>
    typeof value === "string" ? [{ value, description: `dataset ${dataset}` }] : []
  );
}

async function nodeNames(ctx: AppContext, options: ReadOptions): Promise<readonly Candidate[]> {
  return await ofNodes(ctx, options, ({ name }) => [name]);
}

async function ofNodes(
  ctx: AppContext,
  options: ReadOptions,
  namesOf: (node: NodeSnapshot) => readonly string[],
): Promise<readonly Candidate[]> {
  const { snapshot } = await openSession(ctx, options);
  const names = Object.values(snapshot.pipelines).flatMap(({ nodes }) => nodes.flatMap(namesOf));
  return [...new Set(names)].map((value) => ({ value }));
}
