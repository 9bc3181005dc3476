import type { ResolvedJob } from "../../app/project/config.ts";
import { command } from "../parse/command.ts";
import { flag } from "../parse/field.ts";
import { reading } from "../parse/options.ts";
import { withParams } from "../parse/params.ts";

const show = command({
  name: "show",
  about: "Print azureml.yml as merged for the Kedro environment",
  examples: [
    ["config show", "Print the merged azureml.yml"],
    ["-e prod config show --origin", "Show the file and line of each value"],
  ],
  options: {
    ...reading,
    ...withParams,
    origin: flag("--origin", "show the file and line of each value, and what it overrides"),
  },
  async run(ctx, typed) {
    const { showConfig } = await import("../../app/project/config.ts");
    const { values, yaml } = await showConfig(ctx, typed);
    return { data: { values }, text: yaml, isRaw: true };
  },
});

const schema = command({
  name: "schema",
  about: "Print the JSON Schema of azureml.yml for your editor",
  examples: [["config schema > azureml.schema.json", "Save the schema for your editor"]],
  async run() {
    const { azuremlJsonSchema } = await import("../../app/help_topics.ts");
    const schema = azuremlJsonSchema();
    return { data: schema, text: `${JSON.stringify(schema, null, 2)}\n`, isRaw: true };
  },
});

const jobs = command({
  name: "jobs",
  about: "List job factories, and all jobs with those that factories create",
  examples: [["config jobs --json", "List all jobs, for scripts"]],
  needs: ["pipelines"],
  options: reading,
  async run(ctx, typed) {
    const { resolveFactories } = await import("../../app/project/config.ts");
    const { patterns, jobs, warnings } = await resolveFactories(ctx, typed);
    const factories = patterns.map((pattern) => `${pattern}  (job factory)\n`).join("");
    return { data: { patterns, jobs }, text: `${factories}${jobsText(jobs)}`, warnings };
  },
});

export const config = command({
  name: "config",
  about: "Show the project's configuration and jobs",
  commands: [show, jobs, schema],
});

/** As the plugin's command of this name. */
export const listPatterns = command({
  name: "list-patterns",
  about: "List the job factories in azureml.yml",
  options: reading,
  async run(ctx, typed) {
    const { listFactories } = await import("../../app/project/config.ts");
    const { patterns, warnings } = await listFactories(ctx, typed);
    const text = patterns.length === 0 ? "azureml.yml has no job factories" : patterns.join("\n");
    return { data: { patterns }, text: `${text}\n`, warnings };
  },
});

/** As the plugin's command of this name. */
export const resolvePatterns = command({
  name: "resolve-patterns",
  about: "List all jobs, including those from job factories",
  needs: ["pipelines"],
  options: reading,
  async run(ctx, typed) {
    const { resolveFactories } = await import("../../app/project/config.ts");
    const { jobs, warnings } = await resolveFactories(ctx, typed);
    return { data: { jobs }, text: jobsText(jobs), warnings };
  },
});

function jobsText(jobs: readonly ResolvedJob[]): string {
  return jobs.length === 0 ? "azureml.yml has no jobs\n" : jobs.map((job) => `${lineOf(job)}\n`).join("");
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
