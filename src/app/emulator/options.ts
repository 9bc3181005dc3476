import type { CreateOptions } from "../../emulator/emulator.ts";
import type { RunnerOptions } from "../../emulator/runner/runner.ts";
import type { Outcome, Pace, Seed } from "../../emulator/world/options.ts";

/** How an emulator for users behaves. */
export interface EmulatorBehavior extends
  Pick<
    CreateOptions,
    | "acceptAny"
    | "deniedActions"
    | "demandsMfa"
    | "faults"
    | "latencyMs"
    | "limits"
    | "onNotice"
    | "serviceTimes"
  > {
  /** Keys of steps that fail in every job. */
  readonly fail?: readonly string[];
  /** How to run steps on this machine (default: they are simulated). */
  readonly run?: RunnerOptions;
  /** Time from a job's submission to its first step (default: a second; none for steps on this machine). */
  readonly prepareMs?: number;
}

/** Options of an emulator that is served. */
export interface EmulatorServerOptions extends EmulatorBehavior {
  /** Port (default: a free port). */
  readonly port?: number | undefined;
  /** File for the CA certificate (default: in the state folder, or a temporary file). */
  readonly caFile?: string;
  readonly seed: Seed;
  /** Folder to store all data in (default: data is lost when the emulator stops). */
  readonly state?: string;
}

/** Durations of simulated jobs: short enough to wait for, long enough to see. */
const PACE: Pace = { prepareMs: 1000, stepMs: 1500, parallelSteps: 2, cancelMs: 500, scheduleMs: 500 };

/** The options that an emulator with this behavior is created with. */
export function behaviorOf(
  { run, fail = [], prepareMs, ...behavior }: EmulatorBehavior,
): Omit<CreateOptions, "clock" | "random"> {
  const outcome: Outcome = {
    failingSteps: Object.fromEntries(fail.map((step) => [step, "This step was told to fail."])),
  };
  const pace = { ...PACE, prepareMs: prepareMs ?? (run === undefined ? PACE.prepareMs : 0) };
  return { ...behavior, pace, outcome };
}
