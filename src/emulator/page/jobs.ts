import type { JobRow, JobsView } from "../../page/view.ts";
import { findRun, jobRun, stepRuns } from "../jobs/state.ts";
import { findResource, type JobRecord, type World } from "../world/world.ts";

/** All jobs of an emulator, newest first. */
export function jobsOf(world: World): JobsView {
  return { kind: "jobs", jobs: [...world.jobs.values()].map((job) => rowOf(world, job)).toReversed() };
}

/** Path of a job's page, as in its studio link. */
function pathOf({ name, workspace }: JobRecord): string {
  return `/runs/${encodeURIComponent(name)}?wsid=${workspace.id}`;
}

function rowOf(world: World, job: JobRecord): JobRow {
  const { status, endedAt } = jobRun(world, job);
  const { properties } = findResource(world, `${job.workspace.id}/jobs/${job.name}`)!;
  const runs = stepRuns(world, job);
  const count = (wanted: string) => runs.filter((run) => run.status === wanted).length;
  return {
    name: job.name,
    status,
    displayName: typeof properties.displayName === "string" ? properties.displayName : undefined,
    experiment: job.experimentName,
    workspace: job.workspace.name,
    href: pathOf(job),
    createdAt: job.submittedAt,
    endedAt,
    steps: job.needs.size,
    completed: count("Completed"),
    failed: count("Failed"),
  };
}

/** Finds a job by its run id, or the job and step by a step's run id. */
export function findJob(
  world: World,
  id: string,
  workspaceId: string | null,
): { readonly job: JobRecord; readonly step: string | undefined } | undefined {
  const wanted = workspaceId?.toLowerCase();
  const there = world.workspaces.filter((one) => wanted === undefined || one.id.toLowerCase() === wanted);
  for (const workspace of there) {
    const run = findRun(world, workspace, id);
    if (run !== undefined) return { job: run.job, step: run.step };
  }
  return undefined;
}
