import type { CreateOptions } from "../../emulator/emulator.ts";
import type { RunnerOptions } from "../../emulator/runner/runner.ts";
import type { Outcome, Pace, Seed } from "../../emulator/world/options.ts";
import { parseDuration, parseFault } from "./fault.ts";
import { deniedActions } from "./role.ts";

/** Options of serving an emulator; texts are as typed. */
export interface EmulatorServerOptions {
  /** Default: a free port. */
  readonly port?: string;
  /** File for the certificate of the authority (default: a temporary file, or in the state folder). */
  readonly caFile?: string;
  readonly seed: Seed;
  /** Keys of steps that fail in every job. */
  readonly fail?: readonly string[];
  /** Whether writes of users need multi-factor authentication. */
  readonly demandMfa?: boolean;
  /** How steps are run on this machine (default: they are simulated). */
  readonly run?: RunnerOptions;
  /** Folder in which everything is kept (default: it is lost when the emulator stops). */
  readonly state?: string;
  /** Whether every workspace, compute, environment and data asset that is named is there. */
  readonly acceptAny?: boolean;
  /** What the identity may do (default: everything). */
  readonly role?: string;
  /** What goes wrong, such as `PUT jobs/*:429:2`. */
  readonly fault?: readonly string[];
  /** Time before each answer, such as `200ms`. */
  readonly latency?: string;
  /** Time from the submission of a job to its first step, such as `30s`. */
  readonly provision?: string;
  /** Takes what the person at the terminal should know. */
  readonly onNotice?: (message: string) => void;
}

/** Milliseconds of each phase of simulated jobs: fast enough to wait for, slow enough to see. */
const PACE: Pace = { prepareMs: 1000, stepMs: 1500, parallelSteps: 2, cancelMs: 500 };

/**
 * How an emulator behaves, from options as they are typed.
 *
 * @throws {UserError} `emulator.fault`, `emulator.duration`, `emulator.role`.
 */
export function behaviourOf(options: EmulatorServerOptions): CreateOptions {
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
    ...(latency !== undefined && { latencyMs: parseDuration(latency, "--latency") }),
    ...(options.onNotice && { onNotice: options.onNotice }),
  };
}

function outcomeOf({ fail = [] }: EmulatorServerOptions): Outcome {
  return {
    failingSteps: Object.fromEntries(fail.map((step) => [step, "This step was told to fail (`--fail`)."])),
  };
}
