import { ExitCode, UserError } from "../../core/errors.ts";
import { type Fields, fields, ownValue } from "../../core/json.ts";
import { bindingOf, isFinal } from "../../core/runs.ts";
import { requestLimit } from "../client/pace.ts";
import type { Workspace } from "../client/workspace.ts";
import type { JobBody } from "../job/body.ts";
import { stepsOf } from "../job/steps.ts";
import { getCompute } from "../resources/kinds.ts";
import { type ComponentSpecs, readComponents } from "../runs/job_changes.ts";
import { producerOf } from "../runs/history.ts";
import { getPipelineBody, type Job, sendableJob } from "../runs/jobs.ts";
import { openRun } from "../runs/open_run.ts";

export type PlannedRerun = Awaited<ReturnType<typeof planRerun>>;

/**
 * Plans to submit a job again, completely or only the steps that did not complete.
 *
 * @throws {UserError} `job.*`, `compute.not_found`, `azure.*`; `rerun.*` if only a part is to run and cannot.
 */
export async function planRerun(
  workspace: Workspace,
  name: string,
  options: { readonly fromFailed: boolean },
) {
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
  const { steps, history } = await openRun(workspace, name);
  const done = steps.flatMap(({ key, run }) =>
    run?.status === "Completed" ? [[key, producerOf(run)] as const] : []
  );
  const completed = new Set(done.map(([key]) => key));
  const needed = neededSteps(whole, completed);
  const producers = new Map(done.filter(([key]) => needed.has(key)));
  const outputs = await history.outputs([...producers.values()]);
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
    // rerun.not_ended: The run has not ended. Wait for it, or cancel it.
    code: "rerun.not_ended",
    exit: ExitCode.Rejected,
    hint:
      `Wait with \`kedro-azureml job follow ${name}\`, or cancel it with \`kedro-azureml job cancel ${name}\``,
  });
}

/** The tag with the name of the job that this job repeats. */
export const RERUN_OF = "rerun_of";

/**
 * The body that submits a job again: the same components, environments, computes, inputs and outputs, at the same
 * versions. Outputs in a folder of the old job get a new folder. Pure.
 *
 * @param body The job as Azure returns it.
 */
export function rerunBody({ properties }: JobBody, name: string): JobBody {
  const kept = sendableJob(properties);
  const moved = (outputs: unknown) =>
    Object.fromEntries(
      Object.entries(fields(outputs)).map(([key, output]) => [key, withoutFolder(fields(output), name)]),
    );
  return {
    properties: {
      ...kept,
      tags: { ...fields(kept.tags), [RERUN_OF]: name },
      outputs: moved(kept.outputs),
      jobs: Object.fromEntries(
        Object.entries(fields(kept.jobs)).map(([key, node]) => {
          const { outputs } = fields(node);
          return [key, { ...fields(node), ...(outputs !== undefined && { outputs: moved(outputs) }) }];
        }),
      ),
    },
  };
}

/**
 * The body of a job with only the steps that did not complete; they read the outputs that the earlier run produced.
 * Pure.
 *
 * @param body The result of {@linkcode rerunBody}.
 * @throws {UserError} `rerun.all_completed`, `rerun.input_unbound` with every input whose data cannot be located.
 */
export function remainingBody({ properties }: JobBody, old: {
  readonly name: string;
  readonly completed: ReadonlySet<string>;
  /** URI of an output of a completed step; `undefined` if unknown. */
  readonly uriOf: (step: string, output: string) => string | undefined;
  /** The type that a step's component declares for one of its inputs. */
  readonly typeOf: (componentId: string, input: string) => string | undefined;
}): JobBody {
  const nodes = Object.entries(fields(properties.jobs)).map(([key, node]) => [key, fields(node)] as const);
  const remaining = nodes.filter(([key]) => !old.completed.has(key));
  if (remaining.length === 0) throw allCompleted(old.name);
  const lost: string[] = [];
  const jobs = Object.fromEntries(remaining.map(([key, node]) => {
    const inputs = Object.entries(fields(node.inputs)).map(([input, value]) => {
      const bound = boundTo(fields(value), old.completed);
      if (bound === undefined) return [input, value];
      const uri = old.uriOf(bound.step, bound.output);
      const type = old.typeOf(String(node.componentId), input);
      if (uri === undefined || type === undefined) {
        lost.push(`step "${key}" reads "${input}" from output "${bound.output}" of step "${bound.step}"`);
      }
      return [input, { uri, job_input_type: type }];
    });
    return [key, { ...node, ...(inputs.length > 0 && { inputs: Object.fromEntries(inputs) }) }];
  }));
  if (lost.length > 0) throw unbound(old.name, lost);
  const bound = remaining.flatMap(([, node]) => Object.values(fields(node.outputs)));
  const used = new Set(bound.map((output) => bindingOf(fields(output).value).output));
  const outputs = Object.entries(fields(properties.outputs)).filter(([name]) => used.has(name));
  return { properties: { ...properties, jobs, outputs: Object.fromEntries(outputs) } };
}

/** The completed steps whose outputs the remaining steps read. Pure. */
function neededSteps({ properties }: JobBody, completed: ReadonlySet<string>): ReadonlySet<string> {
  const remaining = Object.entries(fields(properties.jobs)).filter(([key]) => !completed.has(key));
  const inputs = remaining.flatMap(([, node]) => Object.values(fields(fields(node).inputs)));
  return new Set(inputs.flatMap((input) => boundTo(fields(input), completed)?.step ?? []));
}

function boundTo(input: Fields, completed: ReadonlySet<string>) {
  const { step, output } = bindingOf(input.value);
  return step !== undefined && completed.has(step) ? { step, output: output! } : undefined;
}

/** An output without the folder that Azure assigned to it for the old job. */
function withoutFolder({ uri, ...output }: Fields, name: string): Fields {
  const isOld = typeof uri === "string" && (uri.includes(`/${name}/`) || uri.endsWith(`/${name}`));
  return uri === undefined || isOld ? output : { ...output, uri };
}

function allCompleted(name: string): UserError {
  return new UserError(`Nothing to rerun: all steps of job "${name}" completed`, {
    // rerun.all_completed: All steps completed, so there is nothing to rerun. Rerun the whole job as the hint
    //   says.
    code: "rerun.all_completed",
    exit: ExitCode.Usage,
    hint: `Rerun the whole job with \`kedro-azureml rerun ${name}\``,
  });
}

function unbound(name: string, lost: readonly string[]): UserError {
  return new UserError(
    `Cannot rerun only the failed steps of job "${name}": the outputs that they read cannot be located`,
    {
      // rerun.input_unbound: A failed step needs data that the run no longer has. Rerun the whole job.
      code: "rerun.input_unbound",
      exit: ExitCode.Rejected,
      details: lost,
      hint: `Rerun the whole job with \`kedro-azureml rerun ${name}\``,
      data: { inputs: lost },
    },
  );
}
