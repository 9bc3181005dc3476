import { resolve } from "node:path";
import { checkVariables } from "../../azureml/job/compile/steps.ts";
import type { JobSpec } from "../../azureml/job/job_spec.ts";
import { type OpenPackage, openPackage } from "../../azureml/features/packages/read.ts";
import type { NamedSchedule } from "../../azureml/service/schedules/schedule_body.ts";
import { requireWorkspaceNames, type WorkspaceConfig } from "../../config/azureml/types.ts";
import type { AppContext, WorkspaceNames } from "../context.ts";
import { UserError } from "../../core/errors.ts";
import { didYouMean } from "../../core/text/suggest.ts";
import { overridden } from "../project/choose_workspace.ts";
import type { SubmissionInputs } from "../project/submission_inputs.ts";
import type { JobChoice, Overrides } from "../project/select_jobs.ts";

/** Which jobs of a package to submit or schedule. */
export interface PackageRequest {
  readonly package: {
    /** As typed. */
    readonly file: string;
    /** The SHA-256 that the package must have, in hexadecimal. */
    readonly sha256?: string | undefined;
  };
  /** All jobs if none is named. */
  readonly jobs: Pick<JobChoice, "names" | "single">;
  readonly overrides: Pick<Overrides, "environment" | "environmentVariables">;
  readonly workspace: WorkspaceNames;
  /** Absolute path of the folder for which the jobs are remembered (default: the current one). */
  readonly directory: string | undefined;
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
export async function openPackageJobs(ctx: AppContext, request: PackageRequest): Promise<PackageJobs> {
  const { package: { file, sha256 }, overrides } = request;
  checkVariables(overrides);
  const opened = await openPackage(ctx.fs, resolve(ctx.cwd, file), { sha256 });
  const { project, env, madeBy, jobs: packed } = opened.manifest;
  ctx.report({
    type: "package",
    project,
    env,
    madeBy,
    sha256: opened.sha256,
    isEnforced: sha256 !== undefined,
    jobs: packed.map(({ job }) => job),
  });
  const jobs = chosen(opened, request.jobs.names);
  return {
    specs: new Map(jobs.map(([job, { spec }]) => [job, changed(spec, overrides)])),
    schedules: jobs.flatMap(([, { schedules }]) => schedules),
    inputs: inputsOf(ctx, opened, request),
  };
}

function inputsOf(
  ctx: AppContext,
  { manifest, jobs, code }: OpenPackage,
  { workspace, directory }: PackageRequest,
): SubmissionInputs {
  const { env, properties, experiment, workspaces } = manifest;
  return {
    env,
    properties,
    experiment,
    code,
    root: directory ?? ctx.cwd,
    workspaceOf: ({ job }) => {
      const key = workspace.workspace || jobs.get(job)!.workspace;
      const chosen = overridden(packagedWorkspace(workspaces, key), workspace);
      requireWorkspaceNames(chosen, { key });
      return chosen;
    },
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

function chosen({ jobs }: OpenPackage, names: readonly string[]) {
  if (names.length === 0) return [...jobs];
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

function changed(spec: JobSpec, overrides: PackageRequest["overrides"]): JobSpec {
  return {
    ...spec,
    environment: overrides.environment ?? spec.environment,
    steps: spec.steps.map((step) => ({
      ...step,
      environmentVariables: { ...step.environmentVariables, ...overrides.environmentVariables },
    })),
  };
}
