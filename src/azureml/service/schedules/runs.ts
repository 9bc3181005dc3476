import { ExitCode, UserError } from "../../../core/errors.ts";
import { readJson, requireSuccess } from "../client/read_json.ts";
import { type Job, toJob } from "../runs/run.ts";
import { listResources } from "../client/paging.ts";
import { type Fields, fields } from "../../../core/fields.ts";
import { getSchedule, schedulePath } from "./schedule.ts";
import type { Workspace } from "../client/workspace.ts";

/** A job that a schedule started. */
export interface ScheduledRun extends Job {
  readonly createdAt: Date | undefined;
}

/**
 * Lists the jobs that a schedule started, newest first.
 *
 * @param atMost Maximum number of jobs.
 * @throws {UserError} `schedule.not_found`.
 */
export async function listScheduleRuns(
  workspace: Workspace,
  name: string,
  atMost: number,
): Promise<readonly ScheduledRun[]> {
  await getSchedule(workspace, name);
  return await runsOf(workspace, name, atMost);
}

async function runsOf(workspace: Workspace, name: string, atMost: number): Promise<readonly ScheduledRun[]> {
  const resources = listResources<Fields>(workspace, {
    action: `list the jobs of schedule "${name}"`,
    path: "jobs",
    query: { scheduled: "true", scheduleId: name, listViewType: "All" },
  });
  const runs: ScheduledRun[] = [];
  if (atMost <= 0) return runs;
  for await (const resource of resources) {
    const { name, systemData } = fields(resource);
    if (typeof name !== "string") continue;
    const { createdAt } = fields(systemData);
    runs.push({
      ...toJob(resource, name, workspace),
      createdAt: typeof createdAt === "string" ? new Date(createdAt) : undefined,
    });
    if (runs.length === atMost) break;
  }
  return runs;
}

const ATTEMPTS = 4;
const WAIT_MS = 5000;
const NEWEST = 50;

/**
 * Runs the job of a schedule now, once.
 *
 * Azure chooses the job's name, so if a response is lost, the request is not simply sent again: first it checks
 * whether the schedule has a new job.
 *
 * @returns The name of the job.
 * @throws {UserError} `schedule.not_found`, `azure.*`.
 */
export async function triggerSchedule(workspace: Workspace, name: string): Promise<string> {
  await getSchedule(workspace, name);
  const before = new Set((await runsOf(workspace, name, NEWEST)).map((run) => run.name));
  let isTaken = false;
  let failure: unknown = notNamed(name);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const sent = isTaken ? {} : await sendTrigger(workspace, name);
    if (sent.job !== undefined) return sent.job;
    if (sent.failure === undefined) isTaken = true;
    else failure = sent.failure;
    await workspace.clock.sleep(WAIT_MS, workspace.signal);
    const made = (await runsOf(workspace, name, NEWEST)).find((run) => !before.has(run.name));
    if (made !== undefined) return made.name;
  }
  throw failure;
}

/** @internal The result of a trigger: a job, no name of one, or a failure after which its state is unknown. */
interface Sent {
  readonly job?: string | undefined;
  readonly failure?: unknown;
}

async function sendTrigger(workspace: Workspace, name: string): Promise<Sent> {
  const action = `trigger schedule "${name}"`;
  try {
    const response = await workspace.exchange({
      action,
      method: "POST",
      path: `${schedulePath(name)}/trigger`,
      body: { scheduleTime: workspace.clock.now().toISOString() },
      sentOnce: true,
    });
    requireSuccess(workspace, action, response);
    return { job: readJson<{ submissionId?: string } | null>(action, response)?.submissionId };
  } catch (thrown) {
    const isDoubtful = thrown instanceof UserError && thrown.exit === ExitCode.Unavailable;
    if (!isDoubtful || workspace.signal.aborted) throw thrown;
    return { failure: thrown };
  }
}

function notNamed(name: string): UserError {
  return new UserError(
    `Schedule "${name}" was triggered, but Azure did not return the name of the job`,
    {
      code: "schedule.run_not_named",
      exit: ExitCode.Unavailable,
      hint: `Run \`kedro-azureml schedule runs ${name}\` in a minute`,
    },
  );
}
