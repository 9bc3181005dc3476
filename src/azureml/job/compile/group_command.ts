import { Buffer } from "node:buffer";
import type { NodeSnapshot } from "../../../kedro/snapshot.ts";
import {
  type ExecuteCommand,
  type Mount,
  mountWords,
  shellQuote,
  shellQuoteIfNeeded,
  SIGNAL_REPORT,
} from "./step_command.ts";
import { portName } from "./step_and_port_names.ts";

/** One node of a step that runs several. */
export interface CommandNode {
  readonly name: string;
  readonly inputs: readonly Mount[];
  readonly outputs: readonly Mount[];
}

/** The parts of the command of a step of several nodes. */
export interface GroupCommand extends ExecuteCommand {
  readonly nodes: readonly CommandNode[];
  /** Names of the folders for datasets that are used only inside the step. */
  readonly folders: readonly string[];
  /** The variable that gets each node's name; `undefined` if all nodes use the step's name. */
  readonly nameVariable: string | undefined;
  /** Variables of the step that only its first node sees. */
  readonly firstVariables: readonly string[];
  /** Variables that only its last node sees, with their values. */
  readonly lastVariables: Readonly<Record<string, string>>;
}

/**
 * The shell line of a step that runs several nodes: `kedro azureml execute` for each in turn, until one fails. It
 * prints log lines that {@linkcode nodeLines} parses. Works in any POSIX shell.
 */
export function groupCommand(parts: GroupCommand): string {
  const { nodes, folders, firstVariables, lastVariables } = parts;
  const runs = nodes.map((node, at) => {
    const { length } = nodes;
    const exported = at === length - 1 ? Object.entries(lastVariables) : [];
    return [
      ...at === 1 ? firstVariables.map((name) => `unset ${name}; `) : [],
      ...exported.map(([name, value]) => `export ${name}=${shellQuote(value)}; `),
      `run ${at + 1} ${shellQuoteIfNeeded(node.name)} ${mountWords(node)}`.trimEnd(),
    ].join("");
  });
  return [
    ...parts.workingDirectory === undefined
      ? []
      : [`cd ${shellQuoteIfNeeded(parts.workingDirectory)} || exit`],
    ...folders.length === 0 ? [] : [
      "_d=$(mktemp -d) || exit",
      `trap 'rm -rf "$_d"' EXIT`,
      `mkdir ${folders.map((folder) => `"$_d/${folder}"`).join(" ")} || exit`,
    ],
    runFunction(parts),
    ...runs,
  ].join("; ");
}

function runFunction({ env, pipeline, params, nodes, nameVariable }: GroupCommand): string {
  const execute = [
    nameVariable === undefined ? "" : `${nameVariable}="$_n" `,
    `kedro azureml -e ${shellQuoteIfNeeded(env)} execute `,
    `--pipeline=${shellQuoteIfNeeded(pipeline)} --node="$_n" "$@"`,
    params === undefined ? "" : ` --params=${shellQuote(params)}`,
  ].join("");
  return `run() { _n=$2; _at="${LINE_START} $1/${nodes.length} $2"; shift 2; ${STARTS}${execute}${ENDS}}`;
}

const LINE_START = "kedro-azureml: node";

const STARTS = '_t=$(date +%s); echo "$_at: started"; ';

const ENDS =
  '; rc=$?; _t=$(($(date +%s) - _t)); if [ "$rc" -eq 0 ]; then echo "$_at: completed in $_t s"; return; fi; ' +
  `${SIGNAL_REPORT}; echo "$_at: failed in $_t s with exit code $rc"; exit "$rc"; `;

/** Removes the log output from the command of a step that runs several nodes. */
export function withoutNodeReport(command: string): string {
  return command.replace(STARTS, "").replace(ENDS, "; ");
}

/**
 * Maximum number of bytes that a step's nodes may add to its command. Linux limits each argument of a program to 128
 * KiB, and Azure ML substitutes paths for inputs and outputs, for which {@linkcode commandBytes} leaves room.
 *
 * @param params Runtime parameters, which are part of the command too.
 */
export function longestCommandBytes(params = ""): number {
  return 100_000 - Buffer.byteLength(params);
}

/** Bytes that a node adds to its step's command, with room for the paths of inputs and outputs. */
export function commandBytes({ name, inputs, outputs }: NodeSnapshot): number {
  const ports = [...inputs, ...outputs].map((dataset) =>
    2 * Buffer.byteLength(portName(dataset)) + Buffer.byteLength(dataset) + 120
  );
  return ports.reduce((sum, one) => sum + one, 40 + Buffer.byteLength(name));
}
