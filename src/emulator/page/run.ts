import { runView, type Submitted } from "../../page/from_body.ts";
import type { ChangesView, RunState, RunView, StepState } from "../../page/view.ts";
import { failureView } from "../../page/mask.ts";
import { outputsOf } from "../jobs/run_outputs.ts";
import { jobRun, reusedRun, type Run, statusOf, stepRuns } from "../jobs/state.ts";
import { findResource, type JobRecord, type World } from "../world/world.ts";
import type { PageParts } from "../../page/parts.ts";

/** The page's view of a run. */
export function runOf(
  world: World,
  job: JobRecord,
  { parts, selected }: { readonly parts: PageParts; readonly selected: string | undefined },
): RunView {
  const submitted = submittedOf(world, job);
  const { steps, ...state } = stateOf(world, job);
  const keys = Object.keys(submitted.properties.jobs ?? {});
  return runView(submitted, {
    ...state,
    name: job.name,
    workspace: job.workspace.name,
    createdAt: job.submittedAt,
    changes: changesOf(world, job, parts),
    notices: [],
    selected,
    steps: keys.map((key) => ({ key, ...steps[key] })),
  });
}

/** The state of a job, which changes while it runs. */
export function stateOf(world: World, job: JobRecord): RunState {
  const { status, startedAt, endedAt, error } = jobRun(world, job);
  const runs = stepRuns(world, job);
  return {
    status,
    startedAt,
    endedAt,
    failure: failureView(error),
    steps: Object.fromEntries(runs.map((run) => [run.step!, stepState(world, run)])),
  };
}

function stepState(world: World, run: Run): StepState {
  const { id, status, createdAt, startedAt, endedAt, error } = run;
  const outputs = Object.keys(outputsOf(world, run));
  return {
    status,
    run: id,
    queuedAt: createdAt,
    startedAt,
    endedAt,
    reusedFrom: reusedRun(world, run),
    failure: failureView(error),
    places: Object.fromEntries(
      outputs.map((name) => [name, `azureml://datastores/workspaceblobstore/paths/azureml/${id}/${name}/`]),
    ),
  };
}

function submittedOf(world: World, { workspace, name }: JobRecord): Submitted & {
  readonly properties: { readonly jobs?: unknown };
} {
  const { properties } = findResource(world, `${workspace.id}/jobs/${name}`)!;
  return {
    properties,
    componentOf: (id) =>
      findResource(world, id)?.properties.componentSpec as Record<string, unknown> | undefined,
  };
}

/** Compares a job with the most recent earlier one with the same experiment and display name. */
function changesOf(world: World, job: JobRecord, { compare }: PageParts): ChangesView | undefined {
  const after = submittedOf(world, job);
  const all = [...world.jobs.values()].filter(({ workspace }) => workspace.id === job.workspace.id);
  const before = all.slice(0, all.findIndex(({ name }) => name === job.name)).findLast((one) =>
    one.experimentName === job.experimentName &&
    submittedOf(world, one).properties.displayName === after.properties.displayName
  );
  if (before === undefined) return undefined;
  const changes = compare(submittedOf(world, before), after);
  return { against: before.name, status: statusOf(world, before), changes };
}
