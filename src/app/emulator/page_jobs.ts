import { isFinal } from "../../core/run.ts";
import { fields } from "../../core/fields.ts";
import { toJob } from "../../azureml/service/runs/run.ts";
import type { Emulator } from "../../emulator/emulator.ts";
import type { JobRow, JobsView } from "../../page/view.ts";
import type { PageWorkspace } from "./page_workspaces.ts";

/** Returns a function that reads all jobs of an emulator, newest first; a job that has ended is read once. */
export function createJobsReader(
  emulator: Pick<Emulator, "resources">,
  open: (id: string) => Promise<PageWorkspace>,
): () => Promise<JobsView> {
  const ended = new Map<string, JobRow>();

  async function rowOf({ id, name, properties }: ReturnType<Emulator["resources"]>[number]): Promise<JobRow> {
    const { workspace, history } = await open(id.split("/jobs/")[0]!);
    const { status, displayName, experimentName, studioUrl } = toJob({ properties }, name);
    const [run, steps] = await Promise.all([history.run(name), history.children(name)]);
    const count = (wanted: string) => steps.filter((step) => step.status === wanted).length;
    const { pathname, search } = new URL(studioUrl!);
    const row: JobRow = {
      name,
      status,
      displayName,
      experiment: experimentName,
      workspace: workspace.config.name,
      href: pathname + search,
      createdAt: run.createdAt!.getTime(),
      endedAt: run.endedAt?.getTime(),
      steps: Object.keys(fields(properties.jobs)).length,
      completed: count("Completed"),
      failed: count("Failed"),
    };
    if (isFinal(status)) ended.set(id, row);
    return row;
  }

  return async () => {
    const jobs = emulator.resources("jobs").toReversed();
    return { kind: "jobs", jobs: await Promise.all(jobs.map((job) => ended.get(job.id) ?? rowOf(job))) };
  };
}
