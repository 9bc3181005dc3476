import { parameterFacts } from "../../azureml/features/compare/command_parameters.ts";
import { folderExperiment } from "../../azureml/job/experiment_name.ts";
import type { EnvironmentFindings } from "../../azureml/features/submit/submitter.ts";
import type { PreparedCode } from "../../azureml/job/code/select.ts";
import { gitProperties } from "../git/properties.ts";
import type { JobSpec } from "../../azureml/job/job_spec.ts";
import { type JobPlan, planJob } from "../../azureml/job/write/plan.ts";
import type { WorkspaceConfig } from "../../config/azureml/types.ts";
import type { AppContext } from "../context.ts";
import { openProjectCode, type ProjectCode } from "./code.ts";
import { chooseWorkspace } from "./choose_workspace.ts";
import type { SelectedJobs } from "./select_jobs.ts";

/** Everything that submitting jobs needs in addition to the jobs themselves. */
export interface SubmissionInputs {
  /** Returns the workspace of a job. @throws {UserError} `workspace.unknown`. */
  readonly workspaceOf: (spec: JobSpec) => WorkspaceConfig;
  /** Returns the code of a folder, selected and hashed once. */
  readonly code: (directory: string) => Promise<PreparedCode>;
  /** The Kedro environment. */
  readonly env: string;
  /** Properties to set on each job, such as the commit of the checkout. */
  readonly properties: Readonly<Record<string, string>>;
  /** The folder for which the jobs are remembered. */
  readonly root: string;
  /** The experiment for jobs that name none. */
  readonly experiment: string;
  /** Checks a job's environment as it is in Azure; absent if that does not matter. */
  readonly environmentFindings?: EnvironmentFindings | undefined;
}

/** The inputs of jobs that are compiled from a project, whose code can also be listed. */
export type ProjectInputs = SubmissionInputs & ProjectCode;

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
      (warning) => void ctx.report({ type: "warning", warning }),
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

/** A plan as data, as `submit` and `compile` print it. */
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

/** What the commands of a job's steps set. */
export interface PlanSettings {
  /** Runtime parameters. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Environment variables, without those that every job has. */
  readonly variables: ReadonlyMap<string, string>;
}

/** Variables that every job has. */
const OWN = /^KEDRO_(ENV$|AZUREML_)/;

/** Reads the runtime parameters and the environment variables of a job's steps. */
export function planSettings({ steps }: JobSpec): PlanSettings {
  return {
    parameters: new Map(steps.flatMap(({ command }) => parameterFacts(command).parameters)),
    variables: new Map(
      steps.flatMap((step) => Object.entries(step.environmentVariables)).filter(([name]) => !OWN.test(name)),
    ),
  };
}
