import { parameterFacts } from "../../azureml/features/compare/command_parameters.ts";
import type { JobSpec } from "../../azureml/job/job_spec.ts";

/** What the commands of a job's steps set. */
export interface PlanSettings {
  /** Runtime parameters. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Environment variables, without those that every job has. */
  readonly variables: ReadonlyMap<string, string>;
}

/** Variables that every job has. */
const OWN = /^KEDRO_(ENV$|AZUREML_)/;

/** Reads the runtime parameters and the environment variables of a job's steps. */
export function planSettings({ steps }: JobSpec): PlanSettings {
  return {
    parameters: new Map(steps.flatMap(({ command }) => parameterFacts(command).parameters)),
    variables: new Map(
      steps.flatMap((step) => Object.entries(step.environmentVariables)).filter(([name]) => !OWN.test(name)),
    ),
  };
}
