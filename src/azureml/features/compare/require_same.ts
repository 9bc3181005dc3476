import { ExitCode, UserError } from "../../../core/errors.ts";
import { type Change, changesOf, changeText, isMaterialChange } from "./changes.ts";
import { describePrepared, describeSubmitted, type PreparedJob } from "./describe_submitted.ts";
import type { JobAndBody } from "../../service/runs/run.ts";
import type { Workspace } from "../../service/client/workspace.ts";

const SHOWN = 10;

/**
 * Checks that an existing job is the same as one that is to be sent under its name: the same display name, and the
 * same steps with the same code, environment, compute, inputs and outputs. Descriptions, tags and properties may
 * differ, as they do between CI runs.
 *
 * @throws {UserError} `job.other`, which lists the differences.
 */
export async function requireSame(
  workspace: Workspace,
  there: JobAndBody,
  ours: PreparedJob,
): Promise<void> {
  const before = await describeSubmitted(workspace, there.body, ours.components);
  const changes = changesOf(before, describePrepared(ours)).filter(isMaterialChange);
  if (changes.length > 0) throw differentJob(workspace, there.job.name, changes);
}

function differentJob({ config }: Workspace, name: string, changes: readonly Change[]): UserError {
  const rest = changes.length - SHOWN;
  return new UserError(
    `Workspace "${config.name}" already has a different job named "${name}"`,
    {
      code: "job.other",
      exit: ExitCode.Rejected,
      details: [
        ...changes.slice(0, SHOWN).map(changeText),
        ...(rest > 0 ? [`and ${rest} more`] : []),
      ],
      hint: "Use another `--name`",
      data: { name, changes },
    },
  );
}
