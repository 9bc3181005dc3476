import { type Finding, findingsOf, merged } from "../azureml/checks/finding.ts";
import type { Context } from "../context.ts";
import { UserError } from "../errors.ts";
import { findProject } from "../kedro/project.ts";
import { checkSelected } from "./checking.ts";
import type { ValidateOptions } from "./commands/validate.ts";
import { type Selected, selectJobs } from "./jobs.ts";
import { workingFolder } from "./session.ts";

/** What validating found. */
export interface Validated {
  /** Names of the jobs that were looked at. */
  readonly jobs: readonly string[];
  /** Equal ones of several jobs together, errors first. */
  readonly findings: readonly Finding[];
  /** Whether Azure was asked. */
  readonly online: boolean;
  /** Absolute path of the project, which places are relative to. */
  readonly root: string;
}

/**
 * Checks jobs, all of them where none is named. What makes reading the project impossible is a finding too.
 *
 * @throws {UserError} where there is no project, or no job of that name.
 */
export async function validateJobs(ctx: Context, options: ValidateOptions): Promise<Validated> {
  const { root } = await findProject(ctx, workingFolder(ctx, options));
  const selected = await selectOrTell(ctx, options);
  if (Array.isArray(selected)) return { jobs: [], findings: merged(selected), online: false, root };
  const { findings } = await checkSelected(ctx, selected as Selected, options);
  return { jobs: [...(selected as Selected).jobs.keys()], findings: merged(findings), online: false, root };
}

/** Kinds of failure that are about files which the user wrote, and not about how the command was typed. */
const ABOUT_FILES = /^(?:config|kedro|catalog|snapshot)\./;

async function selectOrTell(ctx: Context, options: ValidateOptions): Promise<Selected | Finding[]> {
  try {
    return await selectJobs(ctx, { ...options, all: options.all ?? options.job === undefined });
  } catch (thrown) {
    if (thrown instanceof UserError && ABOUT_FILES.test(thrown.code)) return findingsOf(thrown);
    throw thrown;
  }
}
