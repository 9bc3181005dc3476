import type { Places } from "../config/load.ts";
import { ExitCode, UserError } from "../errors.ts";
import type { JobSpec } from "./job_spec.ts";

/** As azure-ai-ml 1.35 checks the names of a pipeline's nodes. */
const NODE_NAME = /^[a-z_][a-z0-9_]{0,254}$/;

/**
 * Refuses a job that compiles, as the plugin's does, but that could only fail in the cloud.
 *
 * @param place Where a value of azureml.yml is written.
 * @throws {UserError} `submit.*`, with every node that is concerned.
 */
export function checkSubmittable(spec: JobSpec, place?: Places): void {
  const refusal = noSteps(spec) ?? noEnvironment(spec) ?? stepNames(spec) ?? undeclaredInputs(spec);
  if (refusal === undefined) return;
  const { code, what, hint, details = [], path } = refusal;
  throw new UserError(`Cannot submit job "${spec.job}": ${what}`, {
    code: `submit.${code}`,
    exit: ExitCode.Config,
    hint,
    details,
    ...(place && { place: place(path) }),
  });
}

/** Why a job cannot be submitted. */
interface Refusal {
  readonly code: string;
  readonly what: string;
  readonly hint: string;
  readonly details?: readonly string[];
  /** What of azureml.yml is the cause. */
  readonly path: readonly string[];
}

function noSteps({ steps, key }: JobSpec): Refusal | undefined {
  if (steps.length > 0) return undefined;
  const path = ["jobs", key, "pipeline"];
  return {
    code: "no_steps",
    what: "it has no steps",
    hint: `Name another pipeline in \`${path.join(".")}\`, or change its filters`,
    path,
  };
}

function noEnvironment({ environment }: JobSpec): Refusal | undefined {
  if (environment !== undefined) return undefined;
  return {
    code: "no_environment",
    what: "nothing names the environment that its steps run in",
    hint: "Set `execution.environment` in azureml.yml, or give `--aml-env NAME`",
    path: ["execution", "environment"],
  };
}

function stepNames({ steps, key }: JobSpec): Refusal | undefined {
  const unnamed = steps.filter((step) => !NODE_NAME.test(step.key));
  if (unnamed.length === 0) return undefined;
  return {
    code: "step_name",
    what: "Azure ML takes letters from a to z, digits and underscores for the name of a step, at most 255",
    hint: "Rename the nodes",
    details: unnamed.map((step) => `node "${step.node}" would be step "${step.key}"`),
    path: ["jobs", key, "pipeline"],
  };
}

function undeclaredInputs({ steps, key }: JobSpec): Refusal | undefined {
  const undeclared = steps.flatMap(({ node, inputs }) =>
    inputs.filter(({ from }) => from.kind === "undeclared").map(({ dataset }) => ({ node, dataset }))
  );
  if (undeclared.length === 0) return undefined;
  const names = [...new Set(undeclared.map(({ dataset }) => `"${dataset}"`))];
  const [it, them] = names.length === 1 ? ["it", names[0]!] : ["them", "them"];
  return {
    code: "undeclared_input",
    what: `no step writes ${names.join(", ")}, and the catalog does not have ${it}`,
    hint: `Add ${them} to the catalog, or widen the job's filters`,
    details: undeclared.map(({ node, dataset }) => `node "${node}" reads "${dataset}"`),
    path: ["jobs", key, "pipeline"],
  };
}
