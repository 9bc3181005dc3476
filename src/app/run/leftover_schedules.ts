import { scheduleNames } from "../../azureml/service/schedules/from_config.ts";
import type { Schedule } from "../../azureml/service/schedules/schedule.ts";
import { allJobs } from "../../config/azureml/job_factories.ts";
import type { Warning } from "../../core/errors.ts";
import { workspaceOption } from "../project/choose_workspace.ts";
import type { SelectedJobs } from "../project/select_jobs.ts";
import { runsLike } from "./run_names.ts";

/**
 * Creates a function that warns of schedules in Azure ML that also run a job although azureml.yml does not define them.
 *
 * Schedules do not say what created them: one counts if it is enabled, has the job's experiment, and is named `<job>` or
 * `<job>-…`, unless it belongs to another job.
 *
 * @param workspace A workspace of azureml.yml for all jobs, by its key (default: each job's own).
 */
export function openLeftovers({ session, jobs }: SelectedJobs, workspace?: string) {
  const { config, project, snapshot } = session;
  return (job: string, existing: readonly Schedule[]): Warning[] => {
    const definition = jobs.get(job)!;
    const { experimentName } = runsLike(job, definition, config, project.root);
    const alike = existing.filter(({ name, isEnabled, job: scheduled }) =>
      isEnabled && (name === job || name.startsWith(`${job}-`)) &&
      scheduled?.experimentName === experimentName
    );
    const defined = alike.length === 0
      ? []
      : [...allJobs(config, snapshot.pipelines)].flatMap((entry) => scheduleNames(...entry));
    const where = workspaceOption(workspace, definition);
    return alike.filter(({ name }) => !defined.includes(name)).map(({ name }) => ({
      code: "schedule.leftover",
      message: `Schedule "${name}" also runs job "${job}", but azureml.yml does not define it`,
      hint: `Run \`kedro-azureml schedule delete ${name}${where}\` to delete it`,
    }));
  };
}
