import type { StepInput, StepOutput } from "../job_spec.ts";
import { shellQuote, shellQuoteIfNeeded } from "./shell_quote.ts";

/** What the command of a step is made of. */
export interface StepCommand {
  /** The Kedro environment. */
  readonly env: string;
  readonly pipeline: string;
  readonly node: string;
  /** Datasets that are mounted, with the name of their port; a dataset that is read twice is in the list twice. */
  readonly mountedInputs: readonly Pick<StepInput, "dataset" | "name">[];
  readonly outputs: readonly Pick<StepOutput, "dataset" | "name">[];
  /** Runtime parameters as JSON. */
  readonly params: string | undefined;
  /** Folder of the container to start in; `undefined` where code is uploaded. */
  readonly workingDirectory: string | undefined;
}

/**
 * The shell line that a step runs: the plugin's own `kedro azureml execute`, and then a word on standard error when
 * a signal ended it, because Azure ML shows nothing but the number.
 */
export function stepCommand(parts: StepCommand): string {
  const mounts = [
    ...parts.mountedInputs.map(({ dataset, name }) =>
      `--az-input=${shellQuoteIfNeeded(dataset)} \${{inputs.${name}}}`
    ),
    ...parts.outputs.map(({ dataset, name }) =>
      `--az-output=${shellQuoteIfNeeded(dataset)} \${{outputs.${name}}}`
    ),
  ];
  const words = [
    `kedro azureml -e ${shellQuoteIfNeeded(parts.env)} execute`,
    `--pipeline=${shellQuoteIfNeeded(parts.pipeline)}`,
    `--node=${shellQuoteIfNeeded(parts.node)}`,
    mounts.join(" "),
    parts.params === undefined ? "" : `--params=${shellQuote(parts.params)}`,
  ];
  const start = parts.workingDirectory === undefined
    ? ""
    : `cd ${shellQuoteIfNeeded(parts.workingDirectory)} && `;
  // Byte for byte as the plugin's: a step without mounts has two spaces before its parameters.
  return start + words.join(" ").trimEnd() + SIGNAL_REPORT;
}

const SIGNAL_REPORT = '; rc=$?; if [ "$rc" -gt 128 ]; then ' +
  'echo "This step was ended by signal $((rc - 128)) ($(kill -l $((rc - 128)))). ' +
  "KILL means most often that it ran out of memory or that its machine was taken away; SEGV, that native code crashed. " +
  'What Python said before that, if anything, is in user_logs." >&2; fi; exit $rc';

/** A step's command without the word at its end, whichever version of the plugin or of this program wrote it. */
export function withoutSignalReport(command: string): string {
  return command.replace(/; rc=\$\?; if \[ "\$rc" -gt 128 \]; then echo ".*" >&2; fi; exit \$rc$/s, "");
}
