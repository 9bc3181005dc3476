import { resolve } from "node:path";
import { isPlaceholder } from "../../config/init_placeholders.ts";
import type { FileSystem } from "../../core/context.ts";
import { compact } from "../../core/json.ts";
import { byName, processes, resourcesOf } from "./body.ts";
import type { JobSpec, Step, StepInput, StepOutput } from "./job_spec.ts";
import { anonymousImageEnvironment, parseEnvironment } from "./names.ts";

/**
 * Determines the value that the plugin writes as `code` for a code folder: its absolute path, or the text itself if
 * it refers to a repository or an asset. Only a folder on this machine can be submitted.
 */
export async function codeReference(
  fs: Pick<FileSystem, "stat">,
  root: string,
  directory: string | undefined,
) {
  if (directory === undefined) return { code: undefined };
  const path = resolve(root, directory);
  if ((await fs.stat(path))?.kind === "folder") return { code: path };
  const isReference = /^(azureml:|git\+|https?:|git@)/.test(directory);
  return {
    code: isReference ? directory : `azureml:${directory}`,
    warning: {
      // compile.code_not_a_folder: The code folder does not exist, so the compiled job cannot be submitted.
      //   Correct `execution.code_directory`.
      code: "compile.code_not_a_folder",
      message:
        `The code folder "${directory}" does not exist in this project, so this job cannot be submitted`,
      hint:
        "Fix `execution.code_directory` in azureml.yml, or set it to null if the environment contains the code",
    },
  };
}

/**
 * Converts a job to a document for `az ml job create -f`, equal to what the plugin's `compile` writes.
 *
 * @param options.codePath Absolute path of the code folder, which is written into each component.
 */
export function toYaml(
  spec: JobSpec,
  options: { codePath?: string | undefined } = {},
): Record<string, unknown> {
  const environment = yamlEnvironment(spec.environment);
  return compact({
    display_name: spec.pipelineName,
    description: spec.description,
    type: "pipeline",
    outputs: byName(spec.outputs, ({ name, type, step, output }) => [name, {
      ...named(spec.steps.find(({ key }) => key === step)!.outputs.find((port) => port.name === output)!),
      type,
    }]),
    jobs: byName(spec.steps, (step) => [step.key, yamlStep(step, environment, options.codePath)]),
  });
}

function yamlStep(step: Step, environment: unknown, code: string | undefined): Record<string, unknown> {
  const shared = {
    environment,
    resources: resourcesOf(step),
    distribution: step.distribution && { type: step.distribution.type, ...processes(step.distribution) },
  };
  return compact({
    type: "command",
    inputs: byName(step.inputs, (input) => [input.name, binding(input)]),
    outputs: byName(step.outputs, (output) => [output.name, destination(output)]),
    ...shared,
    limits: step.timeoutSeconds === undefined ? undefined : { timeout: step.timeoutSeconds },
    environment_variables: step.environmentVariables,
    component: compact({
      name: step.name,
      display_name: step.displayName,
      type: "command",
      inputs: byName(step.inputs, ({ name, type }) => [name, { type }]),
      outputs: byName(step.outputs, ({ name, type }) => [name, { type }]),
      command: step.command,
      ...shared,
      code,
      environment_variables: step.environmentVariables,
      is_deterministic: step.isDeterministic,
    }),
    compute: `azureml:${step.compute}`,
  });
}

function binding({ from }: StepInput): unknown {
  if (from.kind === "literal") return from.value;
  if (from.kind === "asset" || from.kind === "undeclared") return { type: from.type, path: from.path };
  return { path: `\${{parent.jobs.${from.step}.outputs.${from.output}}}` };
}

function destination(output: StepOutput): unknown {
  if (output.jobOutput !== undefined) return `\${{parent.outputs.${output.jobOutput}}}`;
  return { ...named(output), type: output.type };
}

function named({ asset }: StepOutput): { name?: string } {
  return asset === undefined ? {} : { name: asset.name };
}

function yamlEnvironment(text: string | undefined): unknown {
  const reference = text === undefined || isPlaceholder(text) ? undefined : parseEnvironment(text);
  if (text === undefined || reference === undefined) return text;
  if (reference.kind === "image") return anonymousImageEnvironment(reference.image);
  return text.startsWith("azureml:") ? text : `azureml:${reference.kind === "id" ? reference.id : text}`;
}
