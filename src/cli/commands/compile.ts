import { codeReference } from "../../azureml/code_reference.ts";
import { toYaml } from "../../azureml/to_yaml.ts";
import { yamlText } from "../../config/write_yaml.ts";
import type { Context } from "../../context.ts";
import { ExitCode, UserError } from "../../errors.ts";
import { compileJob, type CompilingOptions, type Selected, selectJobs } from "../jobs.ts";
import type { Output } from "../output.ts";
import { renderCompiled, renderNotCompiled } from "../render/compile.ts";
import { outputPath, writeFile } from "../files.ts";

/** Options of `compile`. */
export interface CompileCommandOptions extends CompilingOptions {
  readonly all?: boolean;
  readonly check?: boolean;
  /** File to write; `-` is standard output. */
  readonly output: string;
}

/** Compiles jobs to YAML files; with `check` it writes none, and goes on after a job that does not compile. */
export async function* compileJobs(ctx: Context, options: CompileCommandOptions): AsyncIterable<Output> {
  const selected = await selectJobs(ctx, options);
  yield { data: undefined, text: "", warnings: selected.session.warnings };
  for (const name of selected.jobs.keys()) {
    try {
      yield await compileOne(ctx, selected, name, options);
    } catch (thrown) {
      if (!options.check || !(thrown instanceof UserError)) throw thrown;
      yield { ...renderNotCompiled(name, thrown), exit: ExitCode.Config };
    }
  }
}

async function compileOne(
  ctx: Context,
  selected: Selected,
  name: string,
  options: CompileCommandOptions,
): Promise<Output> {
  const { spec, warnings } = compileJob(selected, name, options);
  const reference = await codeReference(ctx.fs, selected.session.project.root, spec.codeDirectory);
  const text = yamlText(toYaml(spec, { codePath: reference.code }));
  const all = reference.warning === undefined ? warnings : [...warnings, reference.warning];
  if (options.check) return renderCompiled(spec, undefined, all);
  if (options.output === "-") {
    return { data: toYaml(spec, { codePath: reference.code }), text, warnings: all };
  }
  const path = outputPath(ctx, options.output, selected.jobs.size > 1 ? name : undefined);
  await writeFile(ctx, path, text);
  return renderCompiled(spec, path, all);
}
