import { isFinal } from "../../../core/run.ts";
import { ExitCode, UserError } from "../../../core/errors.ts";
import { getJobRuns } from "../../service/history/job_runs.ts";
import { producerOf } from "../../service/history/run_history.ts";
import { getPipelineBody, type Job } from "../../service/runs/run.ts";
import { neededSteps, remainingBody, rerunBody } from "./remaining_body.ts";
import { type ComponentSpecs, readComponents } from "../compare/describe_submitted.ts";
import { type JobStep, stepsOf } from "../../job/steps.ts";
import type { JobBody } from "../../job/write/job_body.ts";
import { getCompute } from "../../service/assets/compute.ts";
import { fields, ownValue } from "../../../core/fields.ts";
import { requestLimit } from "../../service/client/limits.ts";
import type { Workspace } from "../../service/client/workspace.ts";

/** A job that repeats another, whole or in part. */
export interface PlannedRerun {
  /** The job to repeat. */
  readonly old: Job;
  readonly body: JobBody;
  /** `componentSpec` by the component's id. */
  readonly components: ComponentSpecs;
  /** The steps of the new job. */
  readonly steps: readonly JobStep[];
  /** The steps that are omitted because they completed. */
  readonly leftOut: readonly JobStep[];
}

/**
 * Plans to submit a job again, completely or only the steps that did not complete.
 *
 * @throws {UserError} `job.*`, `compute.not_found`, `azure.*`; `rerun.*` if only a part is to run and cannot.
 */
export async function planRerun(
  workspace: Workspace,
  name: string,
  options: { readonly fromFailed: boolean },
): Promise<PlannedRerun> {
  const { job, body } = await getPipelineBody(workspace, name);
  const whole = rerunBody(body, name);
  const [components] = await Promise.all([
    readComponents(workspace, whole),
    requireComputes(workspace, whole),
  ]);
  if (!options.fromFailed) return { old: job, body: whole, components, steps: stepsOf(whole), leftOut: [] };
  if (!isFinal(job.status)) throw notEnded(job);
  const rest = await remaining(workspace, { name, whole, components });
  const steps = stepsOf(rest);
  const leftOut = stepsOf(whole).filter(({ key }) => !steps.some((step) => step.key === key));
  return { old: job, body: rest, components, steps, leftOut };
}

/** Requires a job's computes; without one, the job would fail later. @throws {UserError} `compute.not_found`. */
async function requireComputes(workspace: Workspace, { properties }: JobBody): Promise<void> {
  const nodes = Object.values(fields(properties.jobs)).map((node) => fields(node).computeId);
  const start = `${workspace.id}/computes/`.toLowerCase();
  const names = [properties.computeId, fields(properties.settings).default_compute, ...nodes].flatMap((id) =>
    typeof id === "string" && id.toLowerCase().startsWith(start) ? [id.slice(start.length)] : []
  );
  const limit = requestLimit(workspace);
  await Promise.all([...new Set(names)].map((name) => limit(() => getCompute(workspace, name))));
}

async function remaining(
  workspace: Workspace,
  { name, whole, components }: {
    readonly name: string;
    readonly whole: JobBody;
    readonly components: ComponentSpecs;
  },
): Promise<JobBody> {
  const { steps, history } = await getJobRuns(workspace, name);
  const done = steps.flatMap(({ key, run }) =>
    run?.status === "Completed" ? [[key, producerOf(run)] as const] : []
  );
  const completed = new Set(done.map(([key]) => key));
  const needed = neededSteps(whole, completed);
  const producers = new Map(done.filter(([key]) => needed.has(key)));
  const outputs = await history.outputsOf([...producers.values()]);
  return remainingBody(whole, {
    name,
    completed,
    uriOf: (step, output) => outputs.get(producers.get(step) ?? "")?.find(({ name }) => name === output)?.uri,
    typeOf: (id, input) => {
      const declared = components.get(id)?.inputs as Readonly<Record<string, { type?: string }>> | undefined;
      return ownValue(declared, input)?.type;
    },
  });
}

function notEnded({ name, status }: Job): UserError {
  return new UserError(`Cannot rerun the failed steps of job "${name}" yet: it is ${status}`, {
    code: "rerun.not_ended",
    exit: ExitCode.Rejected,
    hint:
      `Wait with \`kedro-azureml job follow ${name}\`, or cancel it with \`kedro-azureml job cancel ${name}\``,
  });
}
