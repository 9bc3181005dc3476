import type { AppContext } from "../../app/context.ts";
import { listFactories, type ResolvedJob, resolveFactories } from "../../app/patterns/patterns.ts";
import { readingRequest, type ReadingTyped } from "../command/requests.ts";
import type { Output } from "../command/output.ts";

/** Lists the job factories of azureml.yml. */
export async function listPatterns(ctx: AppContext, typed: ReadingTyped): Promise<Output> {
  const { patterns, warnings } = await listFactories(ctx, readingRequest(typed));
  const text = patterns.length === 0 ? "azureml.yml has no job factories" : patterns.join("\n");
  return { data: { patterns }, text: `${text}\n`, warnings };
}

/** Lists all jobs, including those from job factories. */
export async function resolvePatterns(ctx: AppContext, typed: ReadingTyped): Promise<Output> {
  const { jobs, warnings } = await resolveFactories(ctx, readingRequest(typed));
  const text = jobs.length === 0
    ? "azureml.yml has no jobs\n"
    : jobs.map((job) => `${lineOf(job)}\n`).join("");
  return { data: { jobs }, text, warnings };
}

function lineOf({ job, pipeline, namespaces, schedule }: ResolvedJob): string {
  const schedules = scheduleTexts(schedule);
  const parts = [
    `pipeline=${pipeline}`,
    ...(namespaces.length === 0 ? [] : [`namespaces=[${namespaces.join(", ")}]`]),
    ...(schedules.length === 0 ? [] : [`schedule=${schedules.join(", ")}`]),
  ];
  return `${job}  (${parts.join("; ")})`;
}

function scheduleTexts(schedule: ResolvedJob["schedule"]): string[] {
  const all = schedule === null ? [] : Array.isArray(schedule) ? schedule : [schedule];
  return all.map((item: Exclude<typeof schedule, null | readonly unknown[]>) => {
    if (typeof item === "string") return item;
    if (item.cron !== null) return `cron:${item.cron.expression}`;
    return `recurrence:every ${item.recurrence!.interval} ${item.recurrence!.frequency}(s)`;
  });
}
