import { shellWord, singleQuoted } from "../../../core/text/shell_word.ts";

/** A dataset that a node reads from or writes to a folder. */
export interface Mount {
  readonly dataset: string;
  /** A shell word. */
  readonly path: string;
}

/** The parts of a command that are the same for a step of one node and of several. */
export interface ExecuteCommand {
  /** The Kedro environment. */
  readonly env: string;
  readonly pipeline: string;
  /** Runtime parameters as JSON. */
  readonly params: string | undefined;
  /** Folder in the container to start in; `undefined` if code is uploaded. */
  readonly workingDirectory: string | undefined;
}

/** The parts of the command of a step of one node. */
export interface StepCommand extends ExecuteCommand {
  readonly node: string;
  /** A dataset that the node reads twice is listed twice. */
  readonly inputs: readonly Mount[];
  readonly outputs: readonly Mount[];
}

/**
 * The shell line of a step: the plugin's `kedro azureml execute`, then a message on standard error if a signal ended
 * it, because Azure ML shows only the number.
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
  // Must equal the plugin's command byte for byte: a step without mounts has two spaces before its parameters.
  return `${start}${words.join(" ").trimEnd()}; rc=$?; ${SIGNAL_REPORT}; exit $rc`;
}

/** The options of `execute` that give the paths of datasets. */
export function mountWords({ inputs, outputs }: Pick<StepCommand, "inputs" | "outputs">): string {
  return [
    ...inputs.map(({ dataset, path }) => `--az-input=${shellQuoteIfNeeded(dataset)} ${path}`),
    ...outputs.map(({ dataset, path }) => `--az-output=${shellQuoteIfNeeded(dataset)} ${path}`),
  ].join(" ");
}

/** Prints which signal ended the program whose exit code is in `rc`. */
export const SIGNAL_REPORT = 'if [ "$rc" -gt 128 ]; then ' +
  'echo "This step was ended by signal $((rc - 128)) ($(kill -l $((rc - 128)))). ' +
  "KILL: probably out of memory, or the node was preempted. SEGV: native code crashed. " +
  'See user_logs for the last Python output." >&2; fi';

/** A step's command without the signal message, whichever version of the plugin or this program wrote it. */
export function withoutSignalReport(command: string): string {
  return command.replace(/; rc=\$\?; if \[ "\$rc" -gt 128 \]; then echo ".*" >&2; fi; exit \$rc$/s, "");
}

/** Quotes a value, in any case, for the POSIX shell that runs a step. */
export function shellQuote(value: string): string {
  return asWritten(singleQuoted(value));
}

/** Quotes a value only if the shell would interpret a part of it; letters of any language are safe. */
export function shellQuoteIfNeeded(value: string): string {
  return asWritten(shellWord(value));
}

/**
 * Keeps quoted text from Azure ML, which evaluates `${{...}}` anywhere in a command and takes `$[[...]]` for a part
 * that may be left out: the quotes are closed and opened again within them, which only the shell undoes.
 */
function asWritten(quoted: string): string {
  return quoted.replaceAll(/\$(?=\{\{|\[\[)/g, () => "$''");
}
