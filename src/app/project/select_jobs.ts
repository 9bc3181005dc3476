import { basename, join, relative, sep } from "node:path";
import type { JobOverrides } from "../../azureml/job/compile/input.ts";
import type { Places } from "../../config/azureml_yml.ts";
import { allJobs, type FoundJob, pipelineJob, resolveJobs } from "../../config/jobs.ts";
import type { Selection } from "../../config/schema.ts";
import { changedError, ExitCode, UserError } from "../../core/errors.ts";
import { nearest } from "../../core/suggest.ts";
import { shellWord } from "../../core/untrusted.ts";
import { pipelineNamed, sumOf } from "../../kedro/select.ts";
import type { ProjectSnapshot } from "../../kedro/snapshot.ts";
import type { AppContext } from "../context.ts";
import type { LoadOptions } from "../../config/load_layers.ts";
import { openSession, type ProjectSession, type ReadOptions, type SelectedJobs } from "./open.ts";
import { withParamsFile } from "./params.ts";

/** The keys of a selection of nodes, by the options that give them. */
const SELECTING = {
  pipelines: "pipelines",
  tags: "tags",
  fromNodes: "from_nodes",
  toNodes: "to_nodes",
  nodes: "node_names",
  fromInputs: "from_inputs",
  toOutputs: "to_outputs",
  namespaces: "node_namespaces",
} as const satisfies Record<string, keyof Selection>;

export type NodeOptions =
  & { readonly [Option in keyof typeof SELECTING]?: readonly string[] | undefined }
  & { readonly pipeline?: string | undefined };

/** What the jobs of a command get instead of what the project says; parameters are already read with it. */
export interface Overrides extends Omit<JobOverrides, "params" | "displayName"> {
  readonly displayNames?: Readonly<Record<string, string>> | undefined;
}

/** Which jobs a command compiles, which of their nodes, and what they get instead of what the project says. */
export interface JobOptions extends ReadOptions, NodeOptions, Overrides {
  /** Names in azureml.yml; empty if none was named. */
  readonly names: readonly string[];
  /** Whether to select every job of azureml.yml if none was named, including those of job factories. */
  readonly all?: boolean | undefined;
  /** A YAML or JSON file of runtime parameters, over which `params` take precedence. */
  readonly paramsFile?: string | undefined;
  /** Whether a job must be named even if there is only one. */
  readonly mustName?: boolean;
  readonly single?: SingleJobOption | undefined;
}

interface SingleJobOption {
  /** Code of the error for several jobs. */
  readonly code: string;
  readonly option: string;
  readonly hint: string;
}

/**
 * Reads the project and selects the named jobs, or all of them. If no job is named, a selection of nodes is a job of its
 * own; else the only job is selected, or the person at the terminal chooses one.
 *
 * @throws {UserError} `job.unknown` or `usage.no_job`, which list the available jobs; the code of `single`.
 */
export async function selectJobs(
  ctx: AppContext,
  options: JobOptions,
): Promise<SelectedJobs> {
  const { names, all = false, paramsFile, single } = options;
  const selection = selectionOf(options);
  const params = paramsFile === undefined
    ? options.params
    : await withParamsFile(ctx, paramsFile, options.params);
  const session = await openSession(ctx, { ...options, params });
  if (selection !== undefined && names.length === 0 && !all) {
    if (selection.pipelines === undefined) reportUnused(ctx, session);
    return withJobOfSelection(session, selection);
  }
  const chosen = await jobsOf(ctx, session, options);
  requireSingleJob(chosen.size, single);
  if (selection === undefined) return { session, jobs: chosen };
  return { session, jobs: new Map([...chosen].map(([name, job]) => [name, { ...job, selection }])) };
}

/** Says that a selection without pipelines is a job of its own, for who means the jobs in azureml.yml. */
function reportUnused(ctx: AppContext, { config, snapshot }: ProjectSession): void {
  const jobs = [...allJobs(config, snapshot.pipelines).keys()];
  if (jobs.length > 0) ctx.report({ type: "settings_unused", jobs });
}

export function selectionOf(options: NodeOptions): Selection | undefined {
  const given = { ...options, ...(options.pipeline && { pipelines: [options.pipeline] }) };
  const entries = Object.entries(SELECTING)
    .map(([option, key]) => [key, given[option as keyof typeof SELECTING] ?? []] as const)
    .filter(([, names]) => names.length > 0);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

async function jobsOf(
  ctx: AppContext,
  { config, snapshot, load }: ProjectSession,
  { names, all, mustName = false }: JobOptions,
): Promise<ReadonlyMap<string, FoundJob>> {
  if (names.length > 0) {
    try {
      return resolveJobs(config, snapshot.pipelines, names);
    } catch (thrown) {
      if (!(thrown instanceof UserError)) throw thrown;
      throw await nameEnv(ctx, load, namePipelineOrNode(thrown, snapshot.pipelines));
    }
  }
  const jobs = allJobs(config, snapshot.pipelines);
  if (all) return jobs;
  const job = await defaultJob(ctx, [...jobs.keys()].sort(), mustName);
  return new Map([[job, jobs.get(job)!]]);
}

async function defaultJob(ctx: AppContext, names: readonly string[], mustName: boolean): Promise<string> {
  const [first] = names;
  if (first !== undefined && !mustName) {
    if (names.length === 1) return first;
    const chosen = await ctx.person?.choose("Which job?", names);
    if (chosen !== undefined) return chosen;
  }
  throw new UserError(
    first === undefined
      ? "azureml.yml has no jobs"
      : `No job given. Jobs in azureml.yml: ${names.join(", ")}`,
    {
      // usage.no_job: No job was named. Choose one of those that the message lists.
      code: "usage.no_job",
      exit: first === undefined ? ExitCode.Config : ExitCode.Usage,
      hint: first === undefined
        ? "Add one below `jobs` in conf/base/azureml.yml, or run a pipeline with `kedro-azureml submit -p NAME`"
        : `Add one to the command, such as \`${names.includes("main") ? "main" : shellWord(first)}\``,
      data: { jobs: names },
    },
  );
}

/** Rejects display names for jobs that are not selected. @throws {UserError} `usage.display_name`. */
export function checkDisplayNames({ displayNames: names = {} }: Overrides, jobs: SelectedJobs["jobs"]): void {
  const stray = Object.keys(names).find((job) => !jobs.has(job) || names[job] === "");
  if (stray === undefined) return;
  const why = names[stray] === "" ? "the name is empty" : "the job is not being submitted";
  throw new UserError(`Cannot set the display name of job "${stray}": ${why}`, {
    // usage.display_name: `--display-name` is not valid, or names a job that is not submitted. Correct it.
    code: "usage.display_name",
    hint: `Write \`--display-name ${shellWord([...jobs.keys()][0]!)}=NAME\``,
  });
}

/** Rejects several jobs for an option that takes one. @throws {UserError} with the code of the option. */
export function requireSingleJob(jobs: number, single: SingleJobOption | undefined): void {
  if (single === undefined || jobs <= 1) return;
  const { code, option, hint } = single;
  throw new UserError(`\`${option}\` takes one job, but ${jobs} were given`, { code, hint });
}

/**
 * Makes a job for nodes that were selected without one. It has the name of their pipelines; the sum of several is added
 * to the snapshot. What is wrong with the job is in the file that registers pipelines: azureml.yml does not define it.
 */
export function withJobOfSelection(session: ProjectSession, selection: Selection) {
  const { config, project, snapshot } = session;
  const { pipelines: names = ["__default__"] } = selection;
  const label = names.join("+");
  const sum = sumOf(names.map((name) => pipelineNamed(snapshot, name)));
  const name = allJobs(config, snapshot.pipelines).has(label) ? `${label} (pipeline)` : label;
  const registry = join(project.sourceDir, ...project.packageName.split("."), "pipeline_registry.py");
  const file = relative(project.root, registry).replaceAll(sep, "/");
  const place: Places = (path) => path[0] === "jobs" && path[1] === name ? { file } : config.place(path);
  return {
    session: {
      ...session,
      config: { ...config, place },
      snapshot: { ...snapshot, pipelines: { ...snapshot.pipelines, [label]: sum } },
    },
    jobs: new Map([[name, { ...pipelineJob(name, label), selection }]]),
  };
}

/** Adds to the error for an unknown job how to run a pipeline or node of that name. */
export function namePipelineOrNode(error: UserError, pipelines: ProjectSnapshot["pipelines"]): UserError {
  const { unknown: [name, ...more] = [] } = error.data as { readonly unknown?: readonly string[] };
  if (name === undefined) return error;
  const isPipeline = [name, ...more].every((name) => Object.hasOwn(pipelines, name));
  if (more.length > 0 && !isPipeline) return error;
  const pipeline = Object.keys(pipelines).find((pipeline) =>
    pipelines[pipeline]!.nodes.some((node) => node.name === name)
  );
  if (!isPipeline && pipeline === undefined) {
    const meant = error.message.includes("did you mean") ? undefined : nearest(name, Object.keys(pipelines));
    return meant === undefined ? error : changedError(error, {
      hint: `Did you mean the pipeline "${meant}"? Use \`-p ${shellWord(meant)}\``,
    });
  }
  const inPipeline = pipeline === "__default__" ? "" : `-p ${shellWord(pipeline ?? "")} `;
  const areSeveral = more.length > 0;
  const option = areSeveral
    ? `--pipelines ${shellWord([name, ...more].join(","))}`
    : isPipeline
    ? `-p ${shellWord(name)}`
    : `${inPipeline}--nodes ${shellWord(name)}`;
  const bare = error.message.split(" (did you mean")[0];
  return changedError(error, {
    message: `${bare}; ${
      more.length > 0 ? "they are pipelines" : `it is a ${isPipeline ? "pipeline" : "node"}`
    }`,
    details: [],
    hint: `Run ${
      areSeveral ? "them" : "it"
    } with \`kedro-azureml submit ${option}\`, or add a job below \`jobs\` in azureml.yml`,
  });
}

/** Says of the name of an unknown job that it is that of a Kedro environment. */
async function nameEnv(
  { fs }: Pick<AppContext, "fs">,
  { root, settings }: LoadOptions,
  error: UserError,
): Promise<UserError> {
  const { unknown: [name] = [] } = error.data as { readonly unknown?: readonly string[] };
  if (name === undefined || name !== basename(name)) return error;
  if ((await fs.stat(join(root, settings.conf_source, name)))?.kind !== "folder") return error;
  return changedError(error, { hint: `Use \`-e ${shellWord(name)}\`: it is a Kedro environment` });
}
