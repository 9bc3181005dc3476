/**
 * Turns what was typed into what a command is asked to do: each option that cannot be combined with another, needs
 * another or has a default is decided here, in one of the files beside this one, or in the file of the only command
 * that has it.
 */

import type { CheckRequest, Strictness } from "../../app/check/check.ts";
import type { AppContext, ProjectOptions } from "../../app/context.ts";
import type { ReadOptions } from "../../app/project/open.ts";
import { readParams, type TypedParams, withParamsFile } from "../../app/project/params.ts";
import type { JobsRequest } from "../../app/project/select_jobs.ts";
import type { GroupMode } from "../../azureml/job/compile/group_mode.ts";
import { UserError } from "../../core/errors.ts";
import { selectionRequest, type SelectionTyped } from "./old_options.ts";

/** How to read a project, as typed. */
export interface ReadingTyped {
  readonly project: ProjectOptions;
  readonly params?: TypedParams;
  readonly snapshot?: string;
  readonly allowEnvNames?: readonly string[];
  /** In seconds. */
  readonly readTimeout?: number;
  readonly cache?: boolean;
}

/** Which project to read, and how. @throws {UserError} `usage.invalid_argument` for parameters that are not YAML. */
export function readingRequest(typed: ReadingTyped): ReadOptions {
  const { project, params, snapshot, allowEnvNames, readTimeout, cache } = typed;
  return {
    ...project,
    snapshot,
    allowEnvNames,
    cache,
    params: params && paramsOf(params),
    timeoutMs: readTimeout === undefined ? undefined : readTimeout * 1000,
  };
}

function paramsOf(typed: TypedParams): Readonly<Record<string, unknown>> {
  const params = readParams(typed, "--params");
  if (params !== undefined) return params;
  throw new UserError("Invalid value for `--params`: a value is not valid YAML", {
    code: "usage.invalid_argument",
    hint: `Quote it, such as name="value"`,
  });
}

/** Jobs as typed: as arguments, and with `-j` or `--all`; which of their nodes, and what they get instead. */
export interface JobsTyped extends ReadingTyped, SelectionTyped {
  readonly args: { readonly jobs: readonly string[] };
  readonly job?: readonly string[];
  readonly all?: boolean;
  readonly paramsFile?: string;
  readonly envVar?: Readonly<Record<string, string>>;
  readonly loadVersions?: Readonly<Record<string, string>>;
  readonly amlEnv?: string;
  readonly groupBy?: GroupMode;
  readonly displayName?: Readonly<Record<string, string>>;
}

/**
 * The jobs that a command works on, which of their nodes, and what they get instead of what the project says.
 *
 * @throws {UserError} `usage.all_and_job`, `usage.params_file`, `usage.pipelines`.
 */
export async function jobsRequest(ctx: AppContext, typed: JobsTyped): Promise<JobsRequest> {
  const selection = selectionRequest(typed);
  const reading = readingRequest(typed);
  const names = [...typed.args.jobs, ...typed.job ?? []];
  if (names.length > 0 && typed.all) {
    throw new UserError("`--all` cannot be combined with the name of a job", {
      code: "usage.all_and_job",
      hint: "Omit one of them",
    });
  }
  const { paramsFile } = typed;
  const params = paramsFile === undefined
    ? reading.params
    : await withParamsFile(ctx, paramsFile, reading.params);
  return {
    reading: { ...reading, params },
    jobs: { names, selection, all: typed.all },
    overrides: {
      environment: typed.amlEnv,
      environmentVariables: typed.envVar,
      loadVersions: typed.loadVersions,
      groupBy: typed.groupBy,
      displayNames: typed.displayName,
    },
  };
}

/** Which findings stop a command. */
export function strictnessRequest({ strict, allow, allowKedro0 }: Strictness): Strictness {
  return { strict, allow, allowKedro0 };
}

/** Jobs to check, as typed. */
export interface CheckTyped extends JobsTyped, Strictness, Pick<CheckRequest, "workspace"> {}

/** The jobs that a command checks, and how strictly. @throws {UserError} as {@linkcode jobsRequest}. */
export async function checkRequest(ctx: AppContext, typed: CheckTyped): Promise<CheckRequest> {
  const { workspace } = typed;
  return { ...await jobsRequest(ctx, typed), workspace, strictness: strictnessRequest(typed) };
}
