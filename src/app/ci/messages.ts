import { errorToFindings, type Finding, warningToFinding } from "../../azureml/features/checks/finding.ts";
import { UserError, type Warning } from "../../core/errors.ts";
import { findProject } from "../../kedro/project.ts";
import type { AppContext, ProjectOptions } from "../context.ts";

/** Messages of a command as findings, and the project's folder, to which their files are relative. */
export async function messagesToFindings(
  ctx: Pick<AppContext, "fs" | "cwd">,
  { directory = ctx.cwd }: ProjectOptions,
  messages: readonly (UserError | Warning)[],
): Promise<{ readonly findings: readonly Finding[]; readonly root: string }> {
  const findings = messages.flatMap((message) =>
    message instanceof UserError ? errorToFindings(message) : [warningToFinding(message)]
  );
  return { findings, root: await findProject(ctx, directory).then(({ root }) => root, () => directory) };
}
