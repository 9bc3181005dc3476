import { ExitCode, UserError } from "../errors.ts";
import { isOldKedro } from "../kedro/old_kedro.ts";
import type { ProjectSnapshot } from "../kedro/snapshot.ts";

/** Options of the commands that send jobs. */
export interface OldKedroOptions {
  /** Sends jobs of a project of Kedro 0 too, whose steps need another compute side. */
  readonly allowKedro0?: boolean;
}

/**
 * Refuses to send jobs whose steps cannot run, because the project was made for a Kedro before 1.
 *
 * @throws {UserError} `kedro.old`.
 */
export function refuseOldKedro(
  { snapshot: { project } }: { readonly snapshot: Pick<ProjectSnapshot, "project"> },
  { allowKedro0 = false }: OldKedroOptions,
): void {
  if (allowKedro0 || !isOldKedro(project)) return;
  throw new UserError(
    `Cannot submit: the project was made for Kedro ${project.kedro_init_version}, and its steps need Kedro 1 on Azure ML`,
    {
      code: "kedro.old",
      exit: ExitCode.Config,
      hint: "Migrate the project to Kedro 1, or send its jobs all the same with `--allow-kedro-0`",
    },
  );
}
