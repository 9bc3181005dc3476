import { basename } from "node:path";

/** Letters, digits, `_` and `-`, starting with a letter or digit; at most 256. */
const EXPERIMENT_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,255}$/;

/** Whether Azure ML accepts a name for an experiment. */
export function isExperimentName(name: string): boolean {
  return EXPERIMENT_NAME.test(name);
}

/** The experiment of a job in azureml.yml, else that of mlflow.yml; without both, {@linkcode folderExperiment} counts. */
export function experimentOf(own: string | null | undefined, mlflow: string | undefined): string | undefined {
  return own || mlflow || undefined;
}

/**
 * The experiment for jobs that name none, derived from the project's folder as in azure-ai-ml 1.35
 * (`generate_defaults()`): without the folder's extension and without spaces, or `Default`. Characters that Azure ML
 * would then reject, such as dots, become `-`.
 *
 * @param folder Path of the folder; a result of this function is returned unchanged.
 */
export function folderExperiment(folder: string): string {
  const stem = basename(folder).replace(/(?<=.)\.[^.]+$/, "").replaceAll(" ", "");
  const clean = stem.replace(/[^A-Za-z0-9_-]+/g, "-").replace(/^[_-]+/, "").replace(/(?<!-)-+$/, "").slice(
    0,
    256,
  );
  return clean || "Default";
}
