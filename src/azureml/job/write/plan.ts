import { type WorkspaceConfig, workspaceId } from "../../../config/azureml/types.ts";
import type { JobSpec } from "../job_spec.ts";
import type { PreparedCode } from "../code/select.ts";
import { componentBody, componentSpec } from "./component_body.ts";
import { type JobBody, jobBody } from "./job_body.ts";

/** Everything that submitting one job would send; ids that only Azure knows are placeholders such as `<train>`. */
export interface JobPlan {
  readonly spec: JobSpec;
  readonly workspace: WorkspaceConfig;
  readonly code: PreparedCode | undefined;
  /** Properties of the job, such as those of git. */
  readonly properties: Readonly<Record<string, string>>;
  /** Bodies of the components, by step key. */
  readonly components: Readonly<Record<string, unknown>>;
  readonly body: JobBody;
}

/** The inputs of a plan, in addition to the job. */
export interface JobPlanInput extends Pick<JobPlan, "workspace" | "code" | "properties"> {
  readonly tags?: Readonly<Record<string, string>>;
  /** The experiment for jobs that name none. */
  readonly experiment: string;
}

/** Plans what submitting a job would send. */
export function planJob(spec: JobSpec, input: JobPlanInput): JobPlan {
  const id = workspaceId(input.workspace);
  const pinned = {
    environment: spec.environment === undefined
      ? undefined
      : `azureml:${spec.environment.replace(/^azureml:/, "")}`,
    code: input.code === undefined ? undefined : `${id}/codes/<${input.code.hash}>/versions/1`,
    computeId: (name: string) => `${id}/computes/${name}`,
    dataId: (path: string) => path,
  };
  return {
    ...input,
    spec,
    components: Object.fromEntries(
      spec.steps.map((step) => [step.key, componentBody(componentSpec(step, pinned))]),
    ),
    body: jobBody(spec, pinned, {
      componentId: (key) => `${id}/components/azureml_anonymous/versions/<${key}>`,
      fallbackExperiment: input.experiment,
      properties: input.properties,
      tags: input.tags ?? {},
    }),
  };
}
