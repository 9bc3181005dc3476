import { ownValue } from "../../core/json.ts";
import { join } from "node:path";
import pLimit from "p-limit";
import { publishOutputs } from "../jobs/run_files.ts";
import { bodyOf, plannedError, stepRuns, stopsAtFailure } from "../jobs/simulated_timeline.ts";
import type { JobRunner, StepExecution } from "../state/records.ts";
import { findResource, type JobRecord, putRecord, type World } from "../state/world.ts";
import { createDataFinder, type DataMap } from "./data_assets.ts";
import type { Isolation } from "./isolation.ts";
import type { StepMachine } from "./programs.ts";
import { runStep } from "./run_step.ts";
import { readUsage } from "./command.ts";
import { specOf, type StepServices } from "./mounts.ts";
import { createTracker } from "./tracker.ts";

export interface RunnerOptions {
  readonly folder: string;
  /** Folder with the programs of the steps' Python (default: only the system's programs). */
  readonly bin?: string;
  /** Finds the folder with the programs of an environment that was registered with a Conda file (default: `bin`). */
  readonly binOf?: ((condaFile: string) => Promise<string>) | undefined;
  readonly parallelSteps: number;
  /** Local files and folders to use in place of data assets. */
  readonly data?: DataMap;
  /** Local files and folders to use for data assets that were not uploaded. */
  readonly localData?: DataMap | undefined;
  /** How steps are kept apart from this machine (default: not at all). */
  readonly isolation?: Isolation | undefined;
}

type StepEnd = "Completed" | "Failed" | "Canceled" | undefined;

/** Runs the steps of jobs in dependency order, several at once where possible, and records their state. */
export function createRunner(world: World, machine: StepMachine, options: RunnerOptions): JobRunner {
  const { folder, parallelSteps, bin, binOf, data = {}, localData } = options;
  const shop: StepServices = {
    world,
    machine,
    data: createDataFinder(world, machine, { data, localData, folder: join(folder, "data") }),
    root: folder,
    isolation: options.isolation,
    codeFolder: join(folder, "code"),
    codes: new Map(),
  };
  const tracker = createTracker(world, machine, { folder, bin });
  const slots = pLimit(Math.max(1, parallelSteps));
  const running = new Map<string, { readonly stop: AbortController; readonly ended: Promise<void> }>();
  let isClosing = false;
  const now = () => world.clock.now().getTime();

  /** Records the start of a step, discarding an attempt that an earlier emulator did not finish. */
  function start(key: string, step: string, execution: StepExecution): void {
    const job = world.jobs.get(key);
    if (job?.execution === undefined) return;
    const { [step]: _, ...steps } = job.execution.steps;
    putRecord(world, { ...job, execution: { ...job.execution, steps } });
    change(key, step, execution);
  }

  function change(key: string, step: string, patch: Partial<StepExecution>): void {
    const job = world.jobs.get(key);
    if (job?.execution === undefined) return;
    const { steps } = job.execution;
    const changed = { ...ownValue(steps, step), ...patch } as StepExecution;
    putRecord(world, { ...job, execution: { ...job.execution, steps: { ...steps, [step]: changed } } });
    void world.flush();
  }

  async function binFor(job: JobRecord, step: string): Promise<string | undefined> {
    const conda = binOf && condaFileOf(world, job, step);
    return conda ? await binOf(conda) : bin;
  }

  async function runJob(key: string, signal: AbortSignal, stop: () => void): Promise<void> {
    const job = world.jobs.get(key)!;
    await provision(job, signal);
    const tracking = await tracker.prepare(job).catch((thrown) => {
      const why = messageOf(thrown);
      const fix = why.includes("sqlalchemy") ? "; install mlflow instead of mlflow-skinny for it" : "";
      world.onNotice(`Steps cannot log to MLflow here: ${why}${fix}`);
      return undefined;
    });
    const record = async (step: string, patch: Partial<StepExecution>) => {
      change(key, step, patch);
      if (tracking !== undefined) await tracker.record(job.runIds.get(step)!, patch);
    };
    const folderOf = (step: string) => join(folder, "runs", job.name, step);
    const ends = new Map<string, Promise<StepEnd>>();
    const endOf = (step: string): Promise<StepEnd> => {
      const end = ends.get(step) ?? runWhenReady(step);
      ends.set(step, end);
      return end;
    };
    const runWhenReady = async (step: string): Promise<StepEnd> => {
      const before = ownValue(job.execution!.steps, step);
      if (before?.end !== undefined) return before.end;
      const needed = await Promise.all(job.needs.get(step)!.map(endOf));
      if (signal.aborted || needed.some((end) => end !== "Completed")) return undefined;
      start(key, step, { folder: folderOf(step), queuedAt: now() });
      const end = await slots(() => runOne(step));
      if (end === "Failed" && stopsAtFailure(world, job)) stop();
      return end;
    };
    const runOne = async (step: string): Promise<StepEnd> => {
      if (isClosing) return undefined;
      if (!signal.aborted) {
        await record(step, { startedAt: now() });
        const runId = job.runIds.get(step)!;
        const task = { job, step, runId, folder: folderOf(step), folderOf, signal, tracking };
        const error = plannedError(world, job, step) ??
          await binFor(job, step).then((bin) => runStep(shop, { ...task, bin })).catch(messageOf);
        if (isClosing) return undefined;
        if (!signal.aborted || error === undefined) {
          const end = error === undefined ? "Completed" : "Failed";
          const usage = await readUsage(machine.fs, task.folder).catch(() => undefined);
          await record(step, {
            endedAt: now(),
            end,
            ...(error !== undefined && { error }),
            ...(usage && { usage }),
          });
          await publish(key, step).catch((thrown) =>
            world.onNotice(`Cannot list the outputs of step ${step} of job ${job.name}: ${messageOf(thrown)}`)
          );
          return end;
        }
      }
      await record(step, { endedAt: now(), end: "Canceled" });
      return "Canceled";
    };
    const all = await Promise.all([...job.needs.keys()].map(endOf));
    if (isClosing) return;
    const last = world.jobs.get(key)!;
    const end = last.cancelAskedAt !== undefined
      ? "Canceled"
      : all.every((status) => status === "Completed")
      ? "Completed"
      : "Failed";
    const endedAt = now();
    if (tracking !== undefined) {
      await tracker.record(job.name, { endedAt, end });
      const { steps } = last.execution!;
      const unstarted = [...job.runIds].filter(([step]) => ownValue(steps, step)?.startedAt === undefined);
      await tracker.hide(unstarted.map(([, id]) => id));
    }
    putRecord(world, { ...last, execution: { ...last.execution!, endedAt, end } });
    await world.flush();
  }

  /** Waits for the time in which Azure ML would provision machines. */
  async function provision({ submittedAt }: JobRecord, signal: AbortSignal): Promise<void> {
    const waitMs = submittedAt + world.pace.prepareMs - now();
    if (waitMs > 0) await machine.clock.sleep(waitMs, signal).catch(() => {});
  }

  async function publish(key: string, step: string): Promise<void> {
    const run = stepRuns(world, world.jobs.get(key)!).find((stepRun) => stepRun.step === step);
    if (run !== undefined) await publishOutputs(world, run);
  }

  return {
    start(key) {
      const stop = new AbortController();
      const ended = runJob(key, stop.signal, () => stop.abort()).finally(() => running.delete(key));
      running.set(key, { stop, ended });
    },
    cancel: (key) => running.get(key)?.stop.abort(),
    async close() {
      isClosing = true;
      const all = [...running.values()];
      for (const { stop } of all) stop.abort();
      await Promise.allSettled(all.map(({ ended }) => ended));
    },
  };
}

/** The Conda file of the environment that a step uses; `undefined` for one without, or that is not registered here. */
function condaFileOf(world: World, job: JobRecord, step: string): string | undefined {
  const reference = specOf(world, bodyOf(world, job).jobs[step]!).environment.replace(/^azureml:/, "");
  const [name, version] = reference.split(":");
  const id = reference.startsWith("/")
    ? reference
    : `${job.workspace.id}/environments/${name}/versions/${version}`;
  return findResource(world, id)?.properties.condaFile as string | undefined;
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
