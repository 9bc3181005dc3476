import type { AppContext } from "../../app/context.ts";
import { compileJobs, type CompileResult, type Format, FORMATS } from "../../app/submit/compile.ts";
import { packJobs } from "../../app/submit/package.ts";
import type { JobSpec } from "../../azureml/job/job_spec.ts";
import type { WrittenPackage } from "../../azureml/submit/package.ts";
import { ExitCode } from "../../core/errors.ts";
import { countText } from "../../core/format.ts";
import { shellWord } from "../../core/untrusted.ts";
import { checkRequest, type CheckTyped, jobsRequest, type JobsTyped } from "../parse/requests.ts";
import type { OutputTyped } from "../parse/run_requests.ts";
import { failedOutput } from "../text/error.ts";
import type { Output } from "../text/output.ts";
import { sizeText } from "../text/render.ts";

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

/** Packs jobs and their code into one file. */
export async function* pack(
  ctx: AppContext,
  typed: CheckTyped & Required<Pick<OutputTyped, "output">> & OutputTyped,
): AsyncIterable<Output> {
  const { output: file, force } = typed;
  for await (const result of packJobs(ctx, { ...await checkRequest(ctx, typed), output: { file, force } })) {
    yield result.type === "checked"
      ? { data: undefined, text: "", warnings: result.warnings }
      : renderPacked(result.file, result.written);
  }
}

/** Renders what was packed, and the command that submits it. */
function renderPacked(file: string, { sha256, sizeBytes, manifest }: WrittenPackage): Output {
  const jobs = manifest.jobs.map(({ job }) => job);
  const files = manifest.code.flatMap((code) => code.files);
  const codeBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return {
    data: { file, sizeBytes, sha256, jobs, code: { files: files.length, sizeBytes: codeBytes } },
    text: `✓ Packed ${countText(jobs.length, "job")} (${jobs.join(", ")}) and ` +
      `${countText(files.length, "file")} of code, ${sizeText(codeBytes)}: ${file}, ${
        sizeText(sizeBytes)
      }\n` +
      `SHA-256 ${sha256}\n` +
      `Submit it with \`kedro-azureml submit --package ${shellWord(file)} --sha256 ${sha256}\`\n`,
  };
}
