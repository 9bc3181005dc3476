import type { CreateOptions } from "../../emulator/emulator.ts";
import type { RunnerOptions } from "../../emulator/runner/runner.ts";
import type { Outcome, Pace, Seed } from "../../emulator/world/options.ts";
import { parseDuration, parseFault } from "./fault.ts";
import { deniedActions } from "./role.ts";

/** Options of `emulator`; strings are as typed on the command line. */
export interface EmulatorServerOptions {
  /** Port (default: a free port). */
  readonly port?: string;
  /** File for the CA certificate (default: in the state folder, or a temporary file). */
  readonly caFile?: string;
  readonly seed: Seed;
  /** Keys of steps that fail in every job. */
  readonly fail?: readonly string[];
  /** Whether writes by users require multi-factor authentication. */
  readonly demandMfa?: boolean;
  /** How to run steps on this machine (default: they are simulated). */
  readonly run?: RunnerOptions;
  /** Folder to store all data in (default: data is lost when the emulator stops). */
  readonly state?: string;
  /** Whether to accept every workspace, compute, environment and data asset. */
  readonly acceptAny?: boolean;
  /** Role of the identity (default: full access). */
  readonly role?: string;
  /** Faults to inject, such as `PUT jobs/*:429:2`. */
  readonly fault?: readonly string[];
  /** Delay of each response, such as `200ms`; `azure` for the times that were recorded of Azure ML. */
  readonly latency?: string;
  /** `azure` for the limits of Azure's Resource Manager (default: none). */
  readonly limits?: string;
  /** Time from a job's submission to its first step, such as `30s`. */
  readonly provision?: string;
  /** Called with messages for the user. */
  readonly onNotice?: (message: string) => void;
}

/** Durations of simulated jobs: short enough to wait for, long enough to see. */
const PACE: Pace = { prepareMs: 1000, stepMs: 1500, parallelSteps: 2, cancelMs: 500, scheduleMs: 500 };

/**
 * Converts command line options to the emulator's options.
 *
 * @throws {UserError} `emulator.fault`, `emulator.duration`, `emulator.role`.
 */
export function behaviorOf(options: EmulatorServerOptions): CreateOptions {
  const { run, demandMfa = false, acceptAny = false, role, fault = [], latency, provision } = options;
  const prepareMs = provision !== undefined
    ? parseDuration(provision, "--provision")
    : run === undefined
    ? PACE.prepareMs
    : 0;
  return {
    pace: { ...PACE, prepareMs },
    outcome: outcomeOf(options),
    demandsMfa: demandMfa,
    acceptAny,
    faults: fault.map(parseFault),
    ...(role !== undefined && { deniedActions: deniedActions(role) }),
    ...(latency === "azure" && { serviceTimes: true }),
    ...(latency !== undefined && latency !== "azure" && { latencyMs: parseDuration(latency, "--latency") }),
    ...(options.limits === "azure" && { limits: true }),
    ...(options.onNotice && { onNotice: options.onNotice }),
  };
}

function outcomeOf({ fail = [] }: EmulatorServerOptions): Outcome {
  return {
    failingSteps: Object.fromEntries(fail.map((step) => [step, "This step was told to fail (`--fail`)."])),
  };
}
