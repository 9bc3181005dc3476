import { ExitCode, UserError } from "../errors.ts";
import type { JobSpec } from "./job_spec.ts";

/** As azure-ai-ml 1.35 checks the names of a pipeline's nodes. */
const NODE_NAME = /^[a-z_][a-z0-9_]{0,254}$/;

/**
 * Refuses a job that compiles, as the plugin's does, but that could only fail in the cloud.
 *
 * @throws {UserError} `submit.*`, with every node that is concerned.
 */
export function checkSubmittable(spec: JobSpec): void {
  if (spec.steps.length === 0) {
    throw refused(
      spec,
      "no_steps",
      "it has no steps",
      `Change the filters of \`jobs.${spec.job}.pipeline\` in azureml.yml`,
    );
  }
  if (spec.environment === undefined) {
    throw refused(
      spec,
      "no_environment",
      "nothing names the environment that its steps run in",
      "Set `execution.environment` in azureml.yml, or give `--aml-env NAME`",
    );
  }
  const unnamed = spec.steps.filter(({ key }) => !NODE_NAME.test(key));
  if (unnamed.length > 0) {
    throw refused(
      spec,
      "step_name",
      `Azure ML takes letters from a to z, digits and underscores for the name of a step, at most 255`,
      "Rename the nodes",
      unnamed.map(({ node, key }) => `node "${node}" would be step "${key}"`),
    );
  }
  const undeclared = spec.steps.flatMap((step) =>
    step.inputs.filter(({ from }) => from.kind === "undeclared").map(({ dataset }) => ({
      node: step.node,
      dataset,
    }))
  );
  if (undeclared.length > 0) {
    const names = [...new Set(undeclared.map(({ dataset }) => dataset))];
    throw refused(
      spec,
      "undeclared_input",
      `no step writes ${names.map((name) => `"${name}"`).join(", ")}, and the catalog does not have ${
        names.length === 1 ? "it" : "them"
      }`,
      `Add ${names.length === 1 ? `"${names[0]}"` : "them"} to the catalog, or widen the job's filters`,
      undeclared.map(({ node, dataset }) => `node "${node}" reads "${dataset}"`),
    );
  }
}

function refused(
  spec: JobSpec,
  code: string,
  what: string,
  hint: string,
  details: readonly string[] = [],
): UserError {
  return new UserError(`Cannot submit job "${spec.job}": ${what}`, {
    code: `submit.${code}`,
    exit: ExitCode.Config,
    hint,
    details,
  });
}
