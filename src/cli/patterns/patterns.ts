import type { AppContext } from "../../app/context.ts";
import type { AzureMLConfig, JobConfig } from "../../config/azureml/types.ts";
import { allJobs, isFactory } from "../../config/azureml/job_factories.ts";
import type { Output } from "../command/output.ts";
import { openConfig, openSession, type ReadOptions } from "../../app/project/open.ts";

/** Lists the job factories of azureml.yml without reading the project's pipelines. */
export async function listPatterns(ctx: AppContext, options: ReadOptions): Promise<Output> {
  const { azureml, warnings } = await openConfig(ctx, options);
  const patterns = Object.keys(azureml.jobs).filter(isFactory).sort();
  const text = patterns.length === 0 ? "azureml.yml has no job factories" : patterns.join("\n");
  return { data: { patterns }, text: `${text}\n`, warnings };
}

/**
 * Lists all jobs: those written out, and those that job factories create from the pipelines' namespaces.
 *
 * @throws {UserError} as {@linkcode openSession}, `job.factory`.
 */
export async function resolvePatterns(ctx: AppContext, options: ReadOptions): Promise<Output> {
  const { config, snapshot, warnings } = await openSession(ctx, options);
  const resolved = allJobs(config, snapshot.pipelines);
  const jobs = [...resolved.keys()].sort().map((name) => describe(name, resolved.get(name)!, config.azureml));
  const text = jobs.length === 0 ? "azureml.yml has no jobs\n" : jobs.map(({ line }) => `${line}\n`).join("");
  return { data: { jobs: jobs.map(({ data }) => data) }, text, warnings };
}

function describe(name: string, job: JobConfig, { jobs }: Pick<AzureMLConfig, "jobs">) {
  const { pipeline_name: pipeline, node_namespaces } = job.pipeline;
  const namespaces = node_namespaces ?? [];
  const schedules = scheduleTexts(job.schedule);
  const parts = [
    `pipeline=${pipeline}`,
    ...(namespaces.length === 0 ? [] : [`namespaces=[${namespaces.join(", ")}]`]),
    ...(schedules.length === 0 ? [] : [`schedule=${schedules.join(", ")}`]),
  ];
  const written = Object.hasOwn(jobs, name);
  return {
    line: `${name}  (${parts.join("; ")})`,
    data: { job: name, pipeline, namespaces, schedule: job.schedule, fromFactory: !written },
  };
}

function scheduleTexts(schedule: JobConfig["schedule"]): string[] {
  const all = schedule === null ? [] : Array.isArray(schedule) ? schedule : [schedule];
  return all.map((one: Exclude<typeof schedule, null | readonly unknown[]>) => {
    if (typeof one === "string") return one;
    if (one.cron !== null) return `cron:${one.cron.expression}`;
    return `recurrence:every ${one.recurrence!.interval} ${one.recurrence!.frequency}(s)`;
  });
}
