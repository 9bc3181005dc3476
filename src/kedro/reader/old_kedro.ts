import type { Warning } from "../../core/errors.ts";
import type { ProjectInfo } from "../snapshot.ts";

/** Whether the project's Kedro is too old for the plugin, which runs the steps on Azure ML. */
export function isOldKedro({ kedro_version: version }: Pick<ProjectInfo, "kedro_version">): boolean {
  return version.startsWith("0.");
}

/** The warning for such a project. */
export function oldKedroWarning(project: Pick<ProjectInfo, "kedro_init_version">): Warning {
  return {
    code: "kedro.old",
    message:
      `The project was made for Kedro ${project.kedro_init_version}: on Azure ML its steps run kedro-azureml-pipeline, which needs Kedro 1`,
    hint: "Migrate the project to Kedro 1, or submit anyway with `--allow-kedro-0`",
  };
}
