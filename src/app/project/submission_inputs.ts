import { relative, resolve, sep } from "node:path";
import { type JobPlan, planJob } from "../../azureml/job/body.ts";
import { exclusionsWithConf } from "../../azureml/job/code/exclusions.ts";
import { hashCode, type PreparedCode, selectCode } from "../../azureml/job/code/select.ts";
import type { JobSpec } from "../../azureml/job/job_spec.ts";
import { folderExperiment } from "../../azureml/job/names.ts";
import { parameterFacts } from "../../azureml/runs/job_changes.ts";
import type { ChecksInAzure } from "../../azureml/submit/submit.ts";
import type { Places } from "../../config/azureml_yml.ts";
import { patternsOf } from "../../config/conf_files.ts";
import { folderOf } from "../../config/conf_folders.ts";
import type { LoadOptions } from "../../config/load_layers.ts";
import type { WorkspaceConfig } from "../../config/types.ts";
import { onceEach } from "../../core/async.ts";
import { type Place, UserError, withPlace } from "../../core/errors.ts";
import { leadsInto } from "../../core/files.ts";
import { isOutside, shellWord } from "../../core/untrusted.ts";
import type { AppContext } from "../context.ts";
import { gitProperties } from "../git.ts";
import type { SelectedJobs } from "./open.ts";
import { chooseWorkspace } from "./workspace.ts";

export interface SubmissionInputs {
  /** Returns the workspace of a job. @throws {UserError} `workspace.unknown`. */
  readonly workspaceOf: (spec: JobSpec) => WorkspaceConfig;
  /** Returns the code of a folder, selected and hashed once. */
  readonly code: (directory: string) => Promise<PreparedCode>;
  readonly env: string;
  /** Properties to set on each job, such as the commit of the checkout. */
  readonly properties: Readonly<Record<string, string>>;
  readonly root: string;
  readonly experiment: string;
  /** Absent if nothing is sent, and if the project's files are not known. */
  readonly inAzure?: ChecksInAzure | undefined;
}

/** The inputs of jobs that are compiled from a project, whose code can also be listed. */
export type ProjectInputs = SubmissionInputs & ReturnType<typeof openProjectCode>;

/**
 * Reads the inputs of a project's jobs, without requests to Azure.
 *
 * @param workspace A workspace of azureml.yml for all jobs (default: each job's own).
 */
export async function readSubmissionInputs(
  ctx: AppContext,
  selected: SelectedJobs,
  workspace?: string,
): Promise<ProjectInputs> {
  const { project, config, env, load } = selected.session;
  return {
    workspaceOf: ({ job }) => chooseWorkspace(config, workspace, selected.jobs.get(job)),
    ...openProjectCode(ctx, load, config.place),
    env,
    properties: await gitProperties(
      ctx,
      project.root,
      (warning) => void ctx.report({ type: "warnings", warnings: [warning] }),
    ),
    root: project.root,
    experiment: folderExperiment(project.root),
  };
}

/** Plans everything that submitting one job would send, without requests to Azure. */
export async function planSubmission(
  spec: JobSpec,
  inputs: SubmissionInputs,
  tags?: Readonly<Record<string, string>>,
): Promise<JobPlan> {
  const code = spec.codeDirectory === undefined ? undefined : await inputs.code(spec.codeDirectory);
  return planJob(spec, {
    workspace: inputs.workspaceOf(spec),
    code,
    properties: inputs.properties,
    experiment: inputs.experiment,
    ...(tags && { tags }),
  });
}

export function planData({ spec, workspace, code, properties, components, body }: JobPlan): unknown {
  return {
    job: spec.job,
    dryRun: true,
    workspace: {
      subscriptionId: workspace.subscription_id,
      resourceGroup: workspace.resource_group,
      name: workspace.name,
    },
    environment: spec.environment,
    properties,
    code: code && {
      hash: code.hash,
      files: code.files.map(({ name, sizeBytes }) => ({ name, sizeBytes })),
      leftOut: code.leftOut,
    },
    components,
    body,
  };
}

/** Variables that every job has. */
const OWN = /^KEDRO_(ENV$|AZUREML_)/;

export function planSettings({ steps }: JobSpec) {
  return {
    parameters: new Map(steps.flatMap(({ command }) => parameterFacts(command).parameters)),
    variables: new Map(
      steps.flatMap((step) => Object.entries(step.environmentVariables)).filter(([name]) => !OWN.test(name)),
    ),
  };
}

/**
 * Opens the code of a project. The folders of its configuration are uploaded even if empty, because Kedro needs them.
 *
 * @throws {UserError} `code.outside` from the returned functions.
 */
export function openProjectCode(
  { fs, clock, report }: Pick<AppContext, "fs" | "clock"> & Partial<Pick<AppContext, "report">>,
  { root, env, settings, outside = [] }: Pick<LoadOptions, "root" | "env" | "settings" | "outside">,
  place: Places,
) {
  const conf = ["", settings.base_env ?? "", env].map((name) => folderOf({ root, settings }, name).path);
  const select = onceEach(async (directory: string) => {
    const folder = resolve(root, directory);
    await refuseOutside(fs, {
      root,
      folder,
      allowed: outside,
      place: place(["execution", "code_directory"]),
    });
    const [top, ...folders] = conf.map((path) => relative(folder, path).replaceAll(sep, "/"));
    const options = {
      exclusions: exclusionsWithConf(top!, patternsOf("credentials", settings)),
      keepFolders: folders.filter((path) => path !== "" && !isOutside(path)),
      outside,
      now: clock.now(),
    };
    return await selectCode(fs, folder, options).catch((thrown) => {
      throw thrown instanceof UserError ? withPlace(thrown, place(["execution", "code_directory"])) : thrown;
    });
  });
  return {
    select,
    code: onceEach(async (directory: string) => {
      const selection = await select(directory);
      const prepared = await hashCode(fs, resolve(root, directory), selection);
      for (const warning of prepared.warnings) {
        if (!selection.warnings.includes(warning)) await report?.({ type: "warnings", warnings: [warning] });
      }
      return prepared;
    }),
  };
}

/**
 * Rejects code folders outside the project. When someone else's branch is submitted, it could otherwise name any
 * folder that this machine's user can read, such as the one with their keys.
 */
async function refuseOutside(
  fs: AppContext["fs"],
  { root, folder, allowed, place }: {
    readonly root: string;
    readonly folder: string;
    readonly allowed: readonly string[];
    readonly place: Place | undefined;
  },
): Promise<void> {
  if (await leadsInto(fs, { root, outside: allowed }, folder)) return;
  const real = await fs.realPath(folder) ?? folder;
  throw new UserError(`The code folder "${real}" is outside the project, and is not uploaded`, {
    // code.outside: `execution.code_directory` is outside the project. Allow it with `--allow-outside`, or
    //   change it.
    code: "code.outside",
    hint:
      `Set \`execution.code_directory\` to a folder of the project, or allow this one with \`--allow-outside ${
        shellWord(real)
      }\``,
    place,
  });
}
