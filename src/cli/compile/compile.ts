import { compileJobs, type CompileResult } from "../../app/compile/compile.ts";
import type { JobSpec } from "../../azureml/job/job_spec.ts";
import type { AppContext } from "../../app/context.ts";
import { ExitCode } from "../../core/errors.ts";
import { type Format, FORMATS } from "../../app/compile/formats.ts";
import { jobsRequest, type JobsTyped } from "../command/requests.ts";
import type { OutputTyped } from "../command/run_requests.ts";
import type { Output } from "../command/output.ts";
import { failedOutput } from "../text/error.ts";
import { countText } from "../../core/text/numbers.ts";

/** What is typed for `compile`. */
interface CompileTyped extends JobsTyped, OutputTyped {
  readonly format: Format;
  readonly check?: boolean;
}

/** Compiles jobs to files or standard output; with `check`, only reports whether they compile. */
export async function* compileCommand(
  ctx: AppContext,
  typed: CompileTyped,
): AsyncIterable<Output> {
  const { format, check = false, output: file = `pipeline.${FORMATS[format]}`, force } = typed;
  const output = check ? undefined : { file, force };
  for await (const result of compileJobs(ctx, { ...await jobsRequest(ctx, typed), format, output })) {
    if (result.type === "read") yield { data: undefined, text: "", warnings: result.warnings };
    else if (result.type === "failed") {
      yield { ...failedOutput(result.job, { job: result.job }, result.error), exit: ExitCode.Config };
    } else if (output?.file === "-") {
      yield { ...result.formatted, isRaw: true, warnings: result.warnings };
    } else yield renderCompiled(result);
  }
}

function renderCompiled({ spec, file, warnings }: Extract<CompileResult, { type: "compiled" }>): Output {
  const steps = stepsText(spec);
  return {
    data: {
      job: spec.job,
      pipeline: spec.pipelineName,
      steps: spec.steps.map(({ key, node, nodes }) => ({
        key,
        node,
        ...(nodes && { nodes: nodes.map(({ name }) => name) }),
      })),
      file,
    },
    text: file === undefined
      ? `✓ ${spec.job}: ${steps}\n`
      : `Compiled job "${spec.job}" to ${file}: ${steps}\n`,
    warnings,
  };
}

/** How many steps a job has, and how many nodes where steps run several. */
function stepsText({ steps }: JobSpec): string {
  const count = countText(steps.length, "step");
  if (steps.every(({ nodes }) => nodes === undefined)) return count;
  const nodes = steps.reduce((sum, step) => sum + (step.nodes?.length ?? 1), 0);
  return `${count} with ${countText(nodes, "node")}`;
}
