import type { EmulatorServerOptions } from "../../app/emulator/options.ts";
import { readDuration } from "../../core/text/duration.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { portRequest } from "../command/argument_types.ts";
import { parseFault } from "./fault.ts";
import { deniedActions } from "./role.ts";

/** How an emulator is to behave, as typed. */
export interface BehaviorTyped {
  readonly port?: string;
  readonly caFile?: string;
  readonly state?: string;
  readonly fail?: readonly string[];
  readonly acceptAny?: boolean;
  readonly demandMfa?: boolean;
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
}

/**
 * How an emulator is to behave.
 *
 * @throws {UserError} `emulator.port`, `emulator.fault`, `emulator.duration`, `emulator.role`.
 */
export function behaviorRequest(typed: BehaviorTyped): Omit<EmulatorServerOptions, "seed"> {
  const { port, caFile, state, fail, acceptAny, demandMfa, role, fault = [], latency, limits, provision } =
    typed;
  return {
    ...(port !== undefined && { port: portRequest(port, "emulator.port") }),
    ...(caFile !== undefined && { caFile }),
    ...(state !== undefined && { state }),
    ...(fail !== undefined && { fail }),
    ...(acceptAny !== undefined && { acceptAny }),
    ...(demandMfa !== undefined && { demandsMfa: demandMfa }),
    ...(role !== undefined && { deniedActions: deniedActions(role) }),
    faults: fault.map(parseFault),
    ...(latency !== undefined &&
      (latency === "azure" ? { serviceTimes: true } : { latencyMs: milliseconds(latency, "--latency") })),
    ...(limits === "azure" && { limits: true }),
    ...(provision !== undefined && { prepareMs: milliseconds(provision, "--provision") }),
  };
}

function milliseconds(typed: string, option: string): number {
  const ms = readDuration(typed);
  if (ms !== undefined) return ms;
  throw new UserError(`Invalid value "${typed}" for \`${option}\`: use a time such as 300ms, 5s or 2min`, {
    code: "emulator.duration",
    exit: ExitCode.Usage,
    hint: `Write \`${option} 2s\``,
  });
}
