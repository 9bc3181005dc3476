import type { AppContext } from "../../app/context.ts";
import { azuremlJsonSchema } from "../../app/help_topics.ts";
import { listFactories, type ResolvedJob, resolveFactories, showConfig } from "../../app/project/config.ts";
import { readingRequest, type ReadingTyped } from "../parse/requests.ts";
import type { Output } from "../text/output.ts";

/** Prints the JSON Schema of azureml.yml, which editors use for completion and validation. */
export function configSchema(): Output {
  const schema = azuremlJsonSchema();
  return { data: schema, text: `${JSON.stringify(schema, null, 2)}\n`, isRaw: true };
}

/**
 * Prints azureml.yml with the layers of the environment merged; with `--origin`, also where each value comes from.
 *
 * @throws {UserError} `config.*`, also if the project has no azureml.yml.
 */
export async function configShow(
  ctx: AppContext,
  typed: ReadingTyped & { readonly origin?: boolean },
): Promise<Output> {
  const { values, yaml, warnings } = await showConfig(ctx, readingRequest(typed), typed);
  return { data: { values }, text: yaml, isRaw: true, warnings };
}

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
