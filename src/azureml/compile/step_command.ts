import { shellQuote, shellQuoteIfNeeded } from "./shell_quote.ts";

/** A dataset that a node reads or writes below a folder. */
export interface Mount {
  readonly dataset: string;
  /** A word of the shell. */
  readonly path: string;
}

/** What the command of a step is made of, whatever nodes it runs. */
export interface ExecuteCommand {
  /** The Kedro environment. */
  readonly env: string;
  readonly pipeline: string;
  /** Runtime parameters as JSON. */
  readonly params: string | undefined;
  /** Folder of the container to start in; `undefined` where code is uploaded. */
  readonly workingDirectory: string | undefined;
}

/** What the command of a step of one node is made of. */
export interface StepCommand extends ExecuteCommand {
  readonly node: string;
  /** A dataset that is read twice is in the list twice. */
  readonly inputs: readonly Mount[];
  readonly outputs: readonly Mount[];
}

/**
 * The shell line that a step runs: the plugin's own `kedro azureml execute`, and then a word on standard error when
 * a signal ended it, because Azure ML shows nothing but the number.
 */
export function stepCommand(parts: StepCommand): string {
  const words = [
    `kedro azureml -e ${shellQuoteIfNeeded(parts.env)} execute`,
    `--pipeline=${shellQuoteIfNeeded(parts.pipeline)}`,
    `--node=${shellQuoteIfNeeded(parts.node)}`,
    mountWords(parts),
    parts.params === undefined ? "" : `--params=${shellQuote(parts.params)}`,
  ];
  const start = parts.workingDirectory === undefined
    ? ""
    : `cd ${shellQuoteIfNeeded(parts.workingDirectory)} && `;
  // Byte for byte as the plugin's: a step without mounts has two spaces before its parameters.
  return `${start}${words.join(" ").trimEnd()}; rc=$?; ${SIGNAL_REPORT}; exit $rc`;
}

/** The options of `execute` that say where datasets are. */
export function mountWords({ inputs, outputs }: Pick<StepCommand, "inputs" | "outputs">): string {
  return [
    ...inputs.map(({ dataset, path }) => `--az-input=${shellQuoteIfNeeded(dataset)} ${path}`),
    ...outputs.map(({ dataset, path }) => `--az-output=${shellQuoteIfNeeded(dataset)} ${path}`),
  ].join(" ");
}

/** Says which signal ended the program whose status is in `rc`. */
export const SIGNAL_REPORT = 'if [ "$rc" -gt 128 ]; then ' +
  'echo "This step was ended by signal $((rc - 128)) ($(kill -l $((rc - 128)))). ' +
  "KILL means most often that it ran out of memory or that its machine was taken away; SEGV, that native code crashed. " +
  'What Python said before that, if anything, is in user_logs." >&2; fi';

/** A step's command without the word at its end, whichever version of the plugin or of this program wrote it. */
export function withoutSignalReport(command: string): string {
  return command.replace(/; rc=\$\?; if \[ "\$rc" -gt 128 \]; then echo ".*" >&2; fi; exit \$rc$/s, "");
}
