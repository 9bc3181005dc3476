import type { EmulatorServerOptions } from "../../app/emulator/options.ts";
import { readDuration } from "../../core/text/duration.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { ownValue } from "../../core/fields.ts";
import { portRequest } from "../command/argument_types.ts";
import { parseFault } from "./fault.ts";

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

/** How an emulator behaves. @throws {UserError} `emulator.*`. */
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

const ML = "Microsoft.MachineLearningServices/workspaces";

/**
 * Denied actions by role; actions as in
 * https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/ai-machine-learning.
 */
const DENIED: Readonly<Record<string, readonly string[]>> = {
  none: ["*"],
  reader: ["*/write", "*/delete", "*/action", "Microsoft.Storage/*"],
  "data-scientist": [
    `${ML}/write`,
    `${ML}/delete`,
    `${ML}/computes/*/write`,
    `${ML}/computes/*/delete`,
    `${ML}/computes/listKeys/action`,
    `${ML}/listKeys/action`,
    "Microsoft.Storage/*",
  ],
};

/** The actions that a role given by `--role` does not allow. @throws {UserError} `emulator.role`. */
function deniedActions(role: string): readonly string[] {
  const denied = ownValue(DENIED, role);
  if (denied !== undefined) return denied;
  throw new UserError(`Unknown role "${role}"`, {
    code: "emulator.role",
    exit: ExitCode.Usage,
    hint: `Use one of ${Object.keys(DENIED).join(", ")}`,
  });
}
