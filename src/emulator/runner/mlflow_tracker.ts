import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { hideRuns, recordRun, storeFile } from "../jobs/mlflow_store.ts";
import { bodyOf } from "../jobs/simulated_timeline.ts";
import type { JobRecord, World } from "../state/world.ts";
import prepare from "./prepare_mlflow.py" with { type: "text" };
import { makeFolders, type StepMachine } from "./programs.ts";
import { programVariables, type StepPlace } from "./step_variables.ts";

/** Status of `prepare_mlflow.py` without MLflow. */
const NO_MLFLOW = 3;

/** Creates a tracker; all jobs share one store, which is an SQLite file of MLflow. */
export function createTracker(
  world: World,
  machine: StepMachine,
  { folder, bin }: { readonly folder: string; readonly bin?: string | undefined },
) {
  const file = storeFile({ folder });
  let isMissing = false;
  let last: Promise<unknown> = Promise.resolve();

  async function create(job: JobRecord): Promise<StepPlace["tracking"]> {
    if (isMissing) return undefined;
    await makeFolders(machine, dirname(file));
    const uri = `sqlite:///${file}`;
    const { status, stdout, stderr, found } = await machine.exec(
      "env",
      ["-C", dirname(file), "python3", "-Ic", prepare],
      {
        env: programVariables(bin, dirname(file)),
        clearEnv: true,
        stdin: JSON.stringify({
          uri,
          artifacts: pathToFileURL(`${dirname(file)}/artifacts`).href,
          ...plannedRuns(world, job),
        }),
      },
    );
    isMissing = !found || status === NO_MLFLOW || status === 127;
    if (isMissing) return undefined;
    if (status !== 0) throw new Error(stderr.trim().split("\n").at(-1) || `exit status ${status}`);
    return { uri, experimentId: stdout.trim().split("\n").at(-1)! };
  }

  /** The store is for people who look at it: the job goes on if it cannot be written. */
  async function told(writing: Promise<void>): Promise<void> {
    if (isMissing) return;
    await writing.catch((thrown) =>
      world.onNotice(`MLflow's store of the rehearsal is incomplete: ${thrown.message}`)
    );
  }

  return {
    prepare(job: JobRecord) {
      const made = last.then(() => create(job));
      // MLflow creates the tables of a new store, which two jobs must not do at once.
      last = made.catch(() => {});
      return made;
    },
    record: (id: string, change: Parameters<typeof recordRun>[2]) =>
      told(recordRun({ fs: machine.fs, folder }, id, change)),
    hide: (ids: readonly string[]) => told(hideRuns({ fs: machine.fs, folder }, ids)),
  };
}

/** The runs of a job, named and nested as in Azure ML. */
function plannedRuns(world: World, job: JobRecord) {
  const { displayName, jobs } = bodyOf(world, job);
  const user = "emulator";
  const root = { "mlflow.rootRunId": job.name, "mlflow.user": user };
  return {
    experiment: job.experimentName,
    user,
    start: job.submittedAt,
    runs: [
      { id: job.name, name: displayName ?? job.name, tags: root },
      ...[...job.runIds].map(([step, id]) => ({
        id,
        name: jobs[step]?.display_name ?? step,
        tags: { ...root, "mlflow.parentRunId": job.name },
      })),
    ],
  };
}
