import type { AppContext } from "../../app/context.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { shellWord } from "../../core/text/shell_word.ts";
import { once } from "../../core/once.ts";
import { unsendable } from "../../app/check/check.ts";
import { type Format, FORMATS, writeJob } from "./formats.ts";
import { outputPath, shownPath, writeFile } from "../../app/project/output_files.ts";
import {
  compileJob,
  type CompilingOptions,
  type Selected,
  selectJobs,
} from "../../app/project/select_jobs.ts";
import type { Output } from "../command/output.ts";
import { withParamsFile } from "../../app/project/params_file.ts";
import { renderCompiled, renderNotCompiled } from "./compile_text.ts";
import { type Baggage, packBaggage } from "../../app/submit/submit.ts";

/** Options of `compile`. */
export interface CompileCommandOptions extends CompilingOptions {
  readonly all?: boolean;
  readonly check?: boolean;
  /** File to write; `-` is standard output. */
  readonly output?: string;
  readonly format?: Format;
}

/** Compiles jobs to files; with `check` it writes none, and goes on after a job that does not compile. */
export async function* compileJobs(ctx: AppContext, given: CompileCommandOptions): AsyncIterable<Output> {
  const options = await withParamsFile(ctx, given);
  const selected = await selectJobs(ctx, options);
  yield { data: undefined, text: "", warnings: selected.session.warnings };
  const baggage = once(() => packBaggage(ctx, selected, {}));
  const written = new Map<string, string>();
  for (const name of selected.jobs.keys()) {
    try {
      yield await compileOne(ctx, selected, name, { ...options, baggage, written });
    } catch (thrown) {
      if (!options.check || !(thrown instanceof UserError)) throw thrown;
      yield { ...renderNotCompiled(name, thrown), exit: ExitCode.Config };
    }
  }
}

async function compileOne(
  ctx: AppContext,
  selected: Selected,
  name: string,
  options: CompileCommandOptions & {
    readonly baggage: () => Promise<Baggage>;
    /** The jobs of this run, by the files that they were written to. */
    readonly written: Map<string, string>;
  },
): Promise<Output> {
  const { spec, warnings } = await compileJob(ctx, selected, name, options);
  const { text, data, warnings: further } = await writeJob(ctx, selected, spec, options);
  const all = [...warnings, ...further, ...unsendable(selected, spec)];
  if (options.check) return renderCompiled(spec, undefined, all);
  if (options.output === "-") return { data, text, warnings: all };
  const file = options.output ?? `pipeline.${FORMATS[options.format ?? "yaml"]}`;
  const path = outputPath(ctx, file, selected.jobs.size > 1 ? name : undefined);
  const other = options.written.get(path);
  if (other !== undefined) throw sameFile(name, other, shownPath(ctx, path));
  options.written.set(path, name);
  await writeFile(ctx, path, text);
  return renderCompiled(spec, path, all);
}

/** A slash in a job's name is `_` in that of its file. */
function sameFile(name: string, other: string, file: string): UserError {
  return new UserError(`Cannot write job "${name}" to ${file}, where job "${other}" was just written`, {
    code: "compile.same_file",
    exit: ExitCode.Config,
    hint: `Compile it alone: \`kedro-azureml compile -j ${shellWord(name)} -o OTHER_FILE\``,
  });
}
