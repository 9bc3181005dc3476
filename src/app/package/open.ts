import { resolve } from "node:path";
import { checkVariables } from "../../azureml/job/compile/steps.ts";
import type { JobSpec } from "../../azureml/job/job_spec.ts";
import { type OpenPackage, openPackage } from "../../azureml/features/packages/read.ts";
import type { NamedSchedule } from "../../azureml/service/schedules/schedule_body.ts";
import type { WorkspaceConfig } from "../../config/azureml/types.ts";
import type { AppContext, WorkspaceNames } from "../context.ts";
import { UserError } from "../../core/errors.ts";
import { didYouMean } from "../../core/text/suggest.ts";
import { overridden } from "../project/choose_workspace.ts";
import type { SubmissionInputs } from "../project/submission_inputs.ts";
import type { CompileJobOptions } from "../project/select_jobs.ts";

/** Options of the commands that submit or schedule jobs of a package. */
export interface PackageOptions extends CompileJobOptions, WorkspaceNames {
  /** Path of the package, as typed. */
  readonly package: string;
  /** The SHA-256 that the package must have, in hexadecimal. */
  readonly sha256?: string;
}

/** The chosen jobs of a package. */
export interface PackageJobs {
  readonly specs: ReadonlyMap<string, JobSpec>;
  readonly schedules: readonly NamedSchedule[];
  readonly inputs: SubmissionInputs;
}

/**
 * Opens a package and chooses the named jobs, or all of them.
 *
 * @throws {UserError} `package.*`, `usage.package` for an option that has no effect on a package, `job.unknown`,
 *   `workspace.unknown`.
 */
export async function openPackageJobs(ctx: AppContext, options: PackageOptions): Promise<PackageJobs> {
  checkVariables({ environmentVariables: options.envVar });
  const opened = await openPackage(ctx.fs, resolve(ctx.cwd, options.package), options);
  const { project, env, madeBy, jobs: packed } = opened.manifest;
  ctx.report({
    type: "package",
    project,
    env,
    madeBy,
    sha256: opened.sha256,
    isEnforced: options.sha256 !== undefined,
    jobs: packed.map(({ job }) => job),
  });
  const jobs = chosen(opened, options.job);
  return {
    specs: new Map(jobs.map(([job, { spec }]) => [job, changed(spec, options)])),
    schedules: jobs.flatMap(([, { schedules }]) => schedules),
    inputs: inputsOf(ctx, opened, options),
  };
}

function inputsOf(
  ctx: AppContext,
  { manifest, jobs, code }: OpenPackage,
  options: PackageOptions,
): SubmissionInputs {
  const { env, properties, experiment, workspaces } = manifest;
  return {
    env,
    properties,
    experiment,
    code,
    root: options.directory ?? ctx.cwd,
    workspaceOf: ({ job }) =>
      overridden(packagedWorkspace(workspaces, options.workspace || jobs.get(job)!.workspace), options),
  };
}

function packagedWorkspace(
  workspaces: Readonly<Record<string, WorkspaceConfig>>,
  name: string,
): WorkspaceConfig {
  if (Object.hasOwn(workspaces, name)) return workspaces[name]!;
  const keys = Object.keys(workspaces);
  throw new UserError(`Workspace "${name}" not found in the package${didYouMean(name, keys)}`, {
    code: "workspace.unknown",
    details: [`workspaces: ${keys.join(", ")}`],
    hint: "Use one of them, or pass `--subscription-id`, `--resource-group` and `--workspace-name`",
    data: { workspaces: keys },
  });
}

function chosen({ jobs }: OpenPackage, names: readonly string[] | undefined) {
  if (names === undefined) return [...jobs];
  return [...new Set(names)].map((name) => {
    const job = jobs.get(name);
    if (job !== undefined) return [name, job] as const;
    const names = [...jobs.keys()];
    throw new UserError(`Job "${name}" not found in the package${didYouMean(name, names)}`, {
      code: "job.unknown",
      details: [`jobs: ${names.join(", ")}`],
      hint: "Use one of them, or pack the job that you need",
      data: { jobs: names },
    });
  });
}

function changed(spec: JobSpec, { envVar, amlEnv }: PackageOptions): JobSpec {
  return {
    ...spec,
    environment: amlEnv ?? spec.environment,
    steps: spec.steps.map((step) => ({
      ...step,
      environmentVariables: { ...step.environmentVariables, ...envVar },
    })),
  };
}
