import type { AppContext } from "../context.ts";
import { environments } from "../../config/conf_folders.ts";
import { allJobs } from "../../config/jobs.ts";
import { openConfig, openSession, type ReadOptions, withLoadOptions } from "../project/open.ts";
import { GROUP_MODES } from "../../core/group_mode.ts";
import { scheduleNames } from "../../azureml/schedules/from_config.ts";
import { CREDENTIALS } from "../../credentials/chain_order.ts";
import { countText } from "../../core/format.ts";
import { ownValue } from "../../core/json.ts";
import { findProject } from "../../kedro/project.ts";
import type { NodeSnapshot } from "../../kedro/snapshot.ts";
import { type RememberedJob, rememberedJobs } from "./submitted_jobs.ts";

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

/** Looks up candidates that no declaration lists, such as the jobs of a project. */
export async function projectCandidates(
  ctx: AppContext,
  { option, argument = "", command }: CandidateTarget,
  project: ReadOptions,
): Promise<readonly Candidate[]> {
  const sources = openSources(ctx, { ...project, readTimeoutMs: COMPLETION_READ_TIMEOUT_MS });
  const source = ownValue(sources, `${command} ${argument}`) ?? ownValue(sources, option ?? argument);
  return await source?.() ?? [];
}

/**
 * Sources by the attribute name of an option or the name of an argument; by command and argument for arguments whose
 * name means something else in other commands.
 */
function openSources(
  ctx: AppContext,
  options: ReadOptions,
): Readonly<Record<string, () => Promise<readonly Candidate[]>>> {
  const azureml = async () => (await openConfig(ctx, options)).azureml;
  const snapshot = async () => (await openSession(ctx, options)).snapshot;
  const remembered = async () => {
    const { root } = await findProject(ctx, options.directory);
    return await Array.fromAsync(rememberedJobs(ctx, root));
  };
  const ofNodes = (namesOf: (node: NodeSnapshot) => readonly string[]) => async () => {
    const { pipelines } = await snapshot();
    const names = Object.values(pipelines).flatMap(({ nodes }) => nodes.flatMap(namesOf));
    return [...new Set(names)].map((value) => ({ value }));
  };
  const nodeNames = ofNodes(({ name }) => [name]);
  const outputs = ofNodes(({ outputs }) => outputs);
  const prefixes = ofNodes(({ tags }) => tags.flatMap((tag) => /^[^.:]+(?=[.:].)/.exec(tag) ?? []));
  const jobs = async () => {
    const config = await openConfig(ctx, options);
    const hasFactory = Object.keys(config.azureml.jobs).some((name) => name.includes("{"));
    const all = hasFactory
      ? Object.fromEntries(allJobs(config, (await snapshot()).pipelines))
      : config.azureml.jobs;
    return Object.entries(all).map(([value, { description }]) => ({ value, description: description ?? "" }));
  };
  const pipelines = async () =>
    Object.entries((await snapshot()).pipelines).map(([value, { nodes }]) => ({
      value,
      description: countText(nodes.length, "node"),
    }));
  const schedules = async () =>
    Object.entries((await azureml()).jobs).flatMap(([key, { schedule }]) =>
      scheduleNames(key, { key, schedule }).map((value) => ({ value, description: `job ${key}` }))
    );
  // A job stands for its last run.
  const runsAndJobs = async () => {
    const runs = await remembered();
    const jobs = [...Map.groupBy(runs, ({ job }) => job)].map(([value, [last]]) => ({
      value,
      description: `its last run, ${last!.name}`,
    }));
    return [...runs.map(asCandidate), ...jobs];
  };
  return {
    env: () =>
      withLoadOptions(ctx, options, async (load) => {
        const names = await environments(ctx, load);
        return names.filter((name) => name !== load.settings.base_env).map((value) => ({ value }));
      }),
    job: jobs,
    jobs,
    workspace: async () =>
      Object.entries((await azureml()).workspace).map(([value, { name }]) => ({ value, description: name })),
    pipeline: pipelines,
    pipelines,
    tags: ofNodes(({ tags }) => tags),
    namespaces: ofNodes(({ namespace }) => namespace === null ? [] : [namespace]),
    nodes: nodeNames,
    fromNodes: nodeNames,
    toNodes: nodeNames,
    step: nodeNames,
    fail: nodeNames,
    fromInputs: ofNodes(({ inputs }) => inputs),
    toOutputs: outputs,
    dataset: outputs,
    groupBy: async () => {
      const modes = GROUP_MODES.filter((mode) => !/[A-Z]/.test(mode)).map((value) => ({ value }));
      return [...modes, ...(await prefixes()).map(({ value }) => ({ value: `tag:${value}` }))];
    },
    schedule: schedules,
    schedules,
    names: runsAndJobs,
    "rerun job": runsAndJobs,
    against: async () => (await remembered()).map(asCandidate),
    "data push name": async () =>
      Object.entries((await snapshot()).catalog).flatMap(([dataset, { azureml_dataset: value }]) =>
        typeof value === "string" ? [{ value, description: `dataset ${dataset}` }] : []
      ),
    credential: () =>
      Promise.resolve(
        Object.entries(CREDENTIALS).map(([value, { about }]) => ({ value, description: about })),
      ),
  };
}

function asCandidate({ name, job, at }: RememberedJob): Candidate {
  return { value: name, description: `${job}, ${at.slice(0, 16)}` };
}
