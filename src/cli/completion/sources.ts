import type { AppContext } from "../../app/context.ts";
import { environments } from "../../config/layers/folders.ts";
import { allJobs } from "../../config/azureml/job_factories.ts";
import {
  openConfig,
  openLoadOptions,
  openSession,
  type ReadingOptions,
  workingFolder,
} from "../../app/project/open.ts";
import { CREDENTIALS } from "../../credentials/credential.ts";
import { findProject } from "../../kedro/project.ts";
import type { NodeSnapshot } from "../../kedro/snapshot.ts";
import { rememberedJobs } from "../../app/records/remembered_jobs.ts";
import type { Candidate, Sources } from "./answer.ts";

/** Seconds that somebody waits for the names in a project before there are none. */
const READ_TIMEOUT = 5;

type Source = (ctx: AppContext, options: ReadingOptions) => Promise<readonly Candidate[]>;

/** By the attribute of an option, or by the name of an argument. */
const SOURCES: Readonly<Record<string, Source>> = {
  env: envs,
  job: jobs,
  workspace: workspaces,
  pipeline: pipelines,
  tags: (ctx, options) => ofNodes(ctx, options, ({ tags }) => tags),
  namespaces: (ctx, options) =>
    ofNodes(ctx, options, ({ namespace }) => namespace === null ? [] : [namespace]),
  nodes: (ctx, options) => ofNodes(ctx, options, ({ name }) => [name]),
  fromNodes: (ctx, options) => ofNodes(ctx, options, ({ name }) => [name]),
  toNodes: (ctx, options) => ofNodes(ctx, options, ({ name }) => [name]),
  fromInputs: (ctx, options) => ofNodes(ctx, options, ({ inputs }) => inputs),
  names: submittedJobs,
  against: submittedJobs,
  credential: () =>
    Promise.resolve(Object.entries(CREDENTIALS).map(([value, { about }]) => ({ value, description: about }))),
  toOutputs: (ctx, options) => ofNodes(ctx, options, ({ outputs }) => outputs),
};

/** The names in the project that the words before choose; none where it cannot be read. */
export function projectSources(ctx: AppContext): Sources {
  return async (wanted, given) => {
    const source = SOURCES[wanted.option ?? wanted.argument ?? ""];
    if (source === undefined) return [];
    const { env, directory, python } = given;
    const options = {
      json: true,
      readTimeout: READ_TIMEOUT,
      ...(env !== undefined && { env }),
      ...(directory !== undefined && { directory }),
      ...(python !== undefined && { python }),
    };
    return await source(ctx, options);
  };
}

async function envs(ctx: AppContext, options: ReadingOptions): Promise<readonly Candidate[]> {
  return await openLoadOptions(ctx, options, async (load) => {
    const names = await environments(ctx, load);
    return names.filter((name) => name !== load.settings.base_env).map((value) => ({ value }));
  });
}

async function jobs(ctx: AppContext, options: ReadingOptions): Promise<readonly Candidate[]> {
  const config = await openConfig(ctx, options);
  const { azureml } = config;
  const literal = Object.keys(azureml.jobs).every((name) => !name.includes("{"));
  const all = literal
    ? azureml.jobs
    : Object.fromEntries(allJobs(config, (await openSession(ctx, options)).snapshot.pipelines));
  return Object.entries(all).map(([value, { description }]) => ({ value, description: description ?? "" }));
}

async function submittedJobs(ctx: AppContext, options: ReadingOptions): Promise<readonly Candidate[]> {
  const { root } = await findProject(ctx, workingFolder(ctx, options));
  const jobs = await Array.fromAsync(rememberedJobs(ctx, root));
  return jobs.map(({ name, job, at }) => ({ value: name, description: `${job}, ${at.slice(0, 16)}` }));
}

async function workspaces(ctx: AppContext, options: ReadingOptions): Promise<readonly Candidate[]> {
  const { azureml } = await openConfig(ctx, options);
  return Object.entries(azureml.workspace).map(([value, { name }]) => ({ value, description: name }));
}

async function pipelines(ctx: AppContext, options: ReadingOptions): Promise<readonly Candidate[]> {
  const { snapshot } = await openSession(ctx, options);
  return Object.entries(snapshot.pipelines).map(([value, { nodes }]) => ({
    value,
    description: `${nodes.length} nodes`,
  }));
}

async function ofNodes(
  ctx: AppContext,
  options: ReadingOptions,
  namesOf: (node: NodeSnapshot) => readonly string[],
): Promise<readonly Candidate[]> {
  const { snapshot } = await openSession(ctx, options);
  const names = Object.values(snapshot.pipelines).flatMap(({ nodes }) => nodes.flatMap(namesOf));
  return [...new Set(names)].map((value) => ({ value }));
}
