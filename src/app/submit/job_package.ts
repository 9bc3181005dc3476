import { resolve } from "node:path";
import { checkVariables } from "../../azureml/job/compile/compile.ts";
import type { JobSpec } from "../../azureml/job/job_spec.ts";
import { schedulesOf } from "../../azureml/schedules/from_config.ts";
import {
  type OpenPackage,
  openPackage,
  type PackageInput,
  writePackage,
} from "../../azureml/submit/job_package.ts";
import type { WorkspaceConfig } from "../../config/schema.ts";
import { requireWorkspaceNames, workspaceKey } from "../../config/workspace.ts";
import { UserError, type Warning } from "../../core/errors.ts";
import { didYouMean } from "../../core/suggest.ts";
import { VERSION } from "../../core/version.ts";
import { type CheckedJobs, type CheckOptions, prepareJobs } from "../check/check.ts";
import type { AppContext, WorkspaceNames } from "../context.ts";
import { outputPath, refuseOverwrite, shownPath, withWriteErrors } from "../output_files.ts";
import { checkDisplayNames, type JobOptions, requireSingleJob } from "../project/select_jobs.ts";
import type { SelectedJobs } from "../project/open.ts";
import { overridden } from "../project/workspace.ts";
import { planSubmission, type SubmissionInputs } from "../project/submission_inputs.ts";
import { type JobsFileOptions, openJobsFile } from "../runs/jobs_file.ts";
import { sendJobs, type SendOptions, type SubmitOptions, type SubmitResult } from "./submit.ts";

export interface Packed {
  readonly type: "packed";
  /** For display. */
  readonly file: string;
  readonly content: PackageInput;
  readonly written: Awaited<ReturnType<typeof writePackage>>;
}

/** Compiles and checks jobs, and writes them with their code to one file, without requests to Azure. */
export async function* packJobs(
  ctx: AppContext,
  options: CheckOptions & {
    readonly output: string;
    readonly force?: boolean | undefined;
  },
): AsyncIterable<{ readonly type: "checked"; readonly warnings: readonly Warning[] } | Packed> {
  const { output, force, workspace } = options;
  const path = outputPath(ctx, output);
  await refuseOverwrite(ctx, path, force);
  const { selected, specs, inputs, warnings } = await prepareJobs(
    ctx,
    { ...options, action: "pack" },
    ({ jobs }) => checkDisplayNames(options, jobs),
  );
  yield { type: "checked", warnings };
  const content = await packageInput(selected, { specs, inputs, workspace });
  const written = await withWriteErrors(ctx, path, () => writePackage(ctx.fs, path, content));
  await openPackage(ctx.fs, path);
  yield { type: "packed", file: shownPath(ctx, path), content, written };
}

async function packageInput(
  { session, jobs }: SelectedJobs,
  { specs, inputs, workspace }: Pick<CheckedJobs, "specs" | "inputs"> & {
    readonly workspace: string | undefined;
  },
): Promise<PackageInput> {
  const { azureml, place } = session.config;
  const scheduled = new Map([...jobs].filter(([, { schedule }]) => schedule !== null));
  const schedules = schedulesOf({ config: azureml, jobs: scheduled, place });
  const directories = new Set([...specs.values()].flatMap(({ codeDirectory }) => codeDirectory ?? []));
  specs.forEach(inputs.workspaceOf);
  return {
    madeBy: `kedro-azureml ${VERSION}`,
    project: session.project.name,
    env: session.env,
    experiment: inputs.experiment,
    properties: inputs.properties,
    workspaces: azureml.workspace,
    jobs: [...specs].map(([job, spec]) => ({
      spec,
      schedules: schedules.filter((schedule) => schedule.job === job),
      workspace: workspaceKey(workspace, jobs.get(job)),
    })),
    code: new Map(
      await Promise.all(
        [...directories].map(async (directory) => [directory, await inputs.code(directory)] as const),
      ),
    ),
  };
}

export interface PackageOptions
  extends WorkspaceNames, Pick<JobOptions, "names" | "environment" | "environmentVariables"> {
  readonly package: string;
  /** The SHA-256 that the package must have, in hexadecimal. */
  readonly sha256?: string | undefined;
  /** Absolute path of the folder for which the jobs are remembered (default: the current one). */
  readonly directory?: string | undefined;
}

/**
 * Opens a package and chooses the named jobs, or all of them.
 *
 * @throws {UserError} `package.*`, `usage.package` for an option that has no effect on a package, `job.unknown`,
 *   `workspace.unknown`.
 */
export async function openPackageJobs(ctx: AppContext, options: PackageOptions) {
  const { package: file, sha256 } = options;
  checkVariables(options);
  const opened = await openPackage(ctx.fs, resolve(ctx.cwd, file), { sha256 });
  const { project, env, madeBy, jobs: packed } = opened.manifest;
  ctx.report({
    type: "package",
    project,
    env,
    madeBy,
    sha256: opened.sha256,
    isEnforced: sha256 !== undefined,
    jobs: packed.map(({ spec }) => spec.job),
  });
  const jobs = chosen(opened, options.names);
  return {
    specs: new Map(jobs.map(([job, { spec }]) => [job, changed(spec, options)])),
    schedules: jobs.flatMap(([, { schedules }]) => schedules),
    inputs: inputsOf(ctx, opened, options),
  };
}

export async function* submitPackage(
  ctx: AppContext,
  options: PackageOptions & SendOptions & JobsFileOptions & Pick<SubmitOptions, "dryRun" | "single">,
): AsyncIterable<SubmitResult> {
  const { specs, inputs } = await openPackageJobs(ctx, options);
  requireSingleJob(specs.size, options.single);
  specs.forEach(inputs.workspaceOf);
  if (!options.dryRun) {
    const jobsFile = await openJobsFile(ctx, options);
    return yield* sendJobs(ctx, [...specs.values()], inputs, { ...options, jobsFile });
  }
  for (const spec of specs.values()) yield { type: "planned", plan: await planSubmission(spec, inputs) };
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
    workspaceOf: ({ job }) => {
      const key = workspaceKey(options.workspace, jobs.get(job));
      const chosen = overridden(packagedWorkspace(workspaces, key), options);
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
      // job.unknown: azureml.yml or the package has no such job. Use one of those that the message lists.
      code: "job.unknown",
      details: [`jobs: ${names.join(", ")}`],
      hint: "Use one of them, or pack the job that you need",
      data: { jobs: names },
    });
  });
}

function changed(spec: JobSpec, { environment, environmentVariables }: PackageOptions): JobSpec {
  return {
    ...spec,
    environment: environment ?? spec.environment,
    steps: spec.steps.map((step) => ({
      ...step,
      environmentVariables: { ...step.environmentVariables, ...environmentVariables },
    })),
  };
}
