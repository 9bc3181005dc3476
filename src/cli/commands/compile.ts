import type { CompiledFile } from "../../app/submit/compile.ts";
import type { JobSpec } from "../../azureml/job/job_spec.ts";
import type { Packed } from "../../app/submit/job_package.ts";
import { ExitCode } from "../../core/errors.ts";
import { bytesOf, countText, sizeText } from "../../core/format.ts";
import { shellWord } from "../../core/untrusted.ts";
import { command } from "../parse/command.ts";
import { choice, flag, required, text } from "../parse/field.ts";
import {
  allowingKedro0,
  checking,
  compiling,
  inWorkspaceForAll,
  jobNames,
  naming,
  OUTPUT,
  overwriting,
  reading,
  selectingAll,
} from "../parse/options.ts";
import { failedOutput } from "../text/error.ts";
import type { Output } from "../text/output.ts";

export const compile = command({
  name: "compile",
  about: "Write jobs as YAML, to read or for `az ml job create`",
  examples: [
    ["compile main", "Write pipeline.yaml"],
    ["compile --all --check", "Compile all jobs without writing files"],
    ["compile main -o - --format mermaid", "Draw the steps as a Mermaid graph"],
  ],
  needs: ["pipelines"],
  args: jobNames(),
  options: {
    ...selectingAll,
    check: flag("--check", "compile without writing files; fail if a job does not compile"),
    ...compiling,
    ...reading,
    output: text(
      "-o, --output <file>",
      "file (default: pipeline.yaml), folder/ for JOB.yaml, or - for standard output",
      { heading: OUTPUT },
    ),
    format: {
      ...choice(
        "--format <format>",
        "rest is the request body that `submit` sends, mermaid a graph; default: by the file's ending, or yaml",
        ["yaml", "json", "rest", "mermaid"],
      ),
      heading: OUTPUT,
    },
    ...overwriting(),
  },
  async *run(ctx, typed) {
    const [{ compileJobs }, { shownPath }] = await Promise.all([
      import("../../app/submit/compile.ts"),
      import("../../app/output_files.ts"),
    ]);
    const isPrinted = typed.output === "-" && !typed.check;
    for await (const result of compileJobs(ctx, typed)) {
      if (result.type === "read") yield { text: "", warnings: result.warnings };
      else if (result.type === "failed") {
        yield { ...failedOutput(result.job, { job: result.job }, result.error), exit: ExitCode.Config };
      } else if (isPrinted) {
        yield { ...result.formatted, isRaw: true, warnings: result.warnings };
      } else yield renderCompiled(result, result.file && shownPath(ctx, result.file));
    }
  },
});

/** @param shown The file, for people. */
function renderCompiled({ spec, file, warnings }: CompiledFile, shown: string | undefined): Output {
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
    text: shown === undefined
      ? `✓ ${spec.job}: ${steps}\n`
      : `Compiled job "${spec.job}" to ${shown}: ${steps}\n`,
    warnings,
  };
}

function stepsText({ steps }: JobSpec): string {
  const count = countText(steps.length, "step");
  if (steps.every(({ nodes }) => nodes === undefined)) return count;
  const nodes = steps.reduce((sum, step) => sum + (step.nodes?.length ?? 1), 0);
  return `${count} with ${countText(nodes, "node")}`;
}

export const pack = command({
  name: "pack",
  about: "Pack jobs into one file, to submit without the project",
  examples: [
    ["pack main -o main.kap", "Pack a job for a machine without the project"],
  ],
  needs: ["pipelines"],
  args: jobNames(),
  options: {
    output: required("-o, --output <file>", "file to write, such as main.kap"),
    ...selectingAll,
    ...inWorkspaceForAll,
    ...naming,
    ...checking,
    ...allowingKedro0("pack"),
    ...compiling,
    ...reading,
    ...overwriting(),
  },
  async *run(ctx, typed) {
    const { packJobs } = await import("../../app/submit/job_package.ts");
    for await (const result of packJobs(ctx, typed)) {
      yield result.type === "checked" ? { text: "", warnings: result.warnings } : renderPacked(result);
    }
  },
});

function renderPacked({ file, content, written }: Packed): Output {
  const { sha256, sizeBytes } = written;
  const jobs = content.jobs.map(({ spec }) => spec.job);
  const files = [...content.code.values()].flatMap(({ files }) => files);
  const codeBytes = bytesOf(files);
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
