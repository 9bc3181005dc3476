import { type JobPlan, planJob } from "../../azureml/job/body.ts";
import type { PreparedCode } from "../../azureml/job/code/select.ts";
import type { JobSpec } from "../../azureml/job/job_spec.ts";
import { folderExperiment } from "../../azureml/job/names.ts";
import { parameterFacts } from "../../azureml/runs/job_changes.ts";
import type { ChecksInAzure } from "../../azureml/submit/submit.ts";
import type { WorkspaceConfig } from "../../config/schema.ts";
import type { AppContext } from "../context.ts";
import { gitProperties } from "../git.ts";
import type { SelectedJobs } from "./open.ts";
import { openProjectCode } from "./project_code.ts";
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
