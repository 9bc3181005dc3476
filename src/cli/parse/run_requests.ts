import type { FollowRequest } from "../../app/runs/follow.ts";
import { resolve } from "node:path";
import type { AppContext, ProjectOptions } from "../../app/context.ts";
import { openRuns, type RunsRequest, type RunTarget } from "../../app/runs/targets.ts";
import type { SubmitRequest } from "../../app/submit/submit.ts";
import { UserError } from "../../core/errors.ts";
import { refuse } from "./command.ts";

/** Options for following jobs. */
const FOLLOW_OPTIONS = ["timeout", "logs"];

/** Runs as typed: by their names in Azure ML, or by the file that `submit --output-file` wrote. */
export interface RunsTyped {
  readonly args: { readonly names: readonly string[] };
  readonly project: ProjectOptions;
  readonly from?: string;
  readonly workspace?: string;
}

/** The runs that a command works on. @throws {UserError} `usage.from_and_name`. */
export function runsRequest({ args: { names }, project, from, workspace }: RunsTyped): RunsRequest {
  if (names.length > 0 && from !== undefined) {
    throw new UserError("`--from` cannot be combined with the name of a job", {
      code: "usage.from_and_name",
      hint: "Omit one of them",
    });
  }
  return { names, project, from, workspace };
}

/**
 * Opens the runs that a command reads, which may also be those that a rehearsal or an emulator kept in a folder.
 *
 * @throws {UserError} as {@linkcode runsRequest} and {@linkcode openRuns}, and `kept.*`.
 */
export async function openTyped(ctx: AppContext, typed: RunsTyped): Promise<readonly RunTarget[]> {
  const { from, args: { names } } = typed;
  if (from !== undefined && (await ctx.fs.stat(resolve(ctx.cwd, from)))?.kind === "folder") {
    const { openKept } = await import("../../app/emulator/kept.ts");
    return await openKept(ctx, { from, names });
  }
  return await openRuns(ctx, runsRequest(typed));
}

/** The file that a command writes, as typed. */
export interface OutputTyped {
  readonly output?: string;
  readonly force?: boolean;
}

/** What is typed for sending jobs. */
export interface SendTyped extends FollowTyped {
  readonly name?: string;
  readonly concurrent?: boolean;
  readonly cancelOnInterrupt?: boolean;
  readonly cancelPrevious?: boolean;
  readonly dryRun?: boolean;
  readonly outputFile?: string;
  readonly force?: boolean;
}

/** How to send jobs, and what to record. @throws {UserError} as {@linkcode followRequest}. */
export function sendRequest(typed: SendTyped): Pick<SubmitRequest, "sending" | "dryRun" | "jobsFile"> {
  const { name, concurrent, cancelOnInterrupt, cancelPrevious, dryRun, outputFile: file, force } = typed;
  return {
    sending: { name, concurrent, cancelOnInterrupt, cancelPrevious, follow: followRequest(typed) },
    dryRun,
    jobsFile: file === undefined ? undefined : { file, force },
  };
}

/** Options for following runs, as typed. */
export interface FollowTyped {
  readonly waitForCompletion?: boolean;
  /** In seconds. */
  readonly timeout?: number;
  readonly logs?: boolean;
}

/**
 * How to follow the runs that a command starts; `undefined` if they are not followed.
 *
 * @throws {UserError} `usage.needs_wait` for options that have no effect unless runs are followed.
 */
export function followRequest(typed: FollowTyped): FollowRequest | undefined {
  if (typed.waitForCompletion) return followLimits(typed);
  refuse(typed, FOLLOW_OPTIONS, {
    code: "usage.needs_wait",
    sentence: (flag) => `\`${flag}\` needs \`--wait\``,
    hint: "Add `--wait`, or remove the option",
  });
  return undefined;
}

/** How long to follow runs, and whether with their logs. */
export function followLimits(
  { timeout, logs = false }: Omit<FollowTyped, "waitForCompletion">,
): FollowRequest {
  return { logs, timeoutMs: timeout === undefined ? undefined : timeout * 1000 };
}
