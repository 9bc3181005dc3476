import { COMMAND_BYTES } from "../../../core/azure_limits.ts";
import { Buffer } from "node:buffer";
import type { NodeState } from "../../../core/runs.ts";
import { isPlainWord, singleQuoted } from "../../../core/untrusted.ts";
import type { NodeSnapshot } from "../../../kedro/snapshot.ts";
import { portName } from "../names.ts";

export interface NodeRun extends NodeState {
  readonly status: "Running" | "Completed" | "Failed";
  readonly exitCode?: number;
}

const LINE =
  /^kedro-azureml: node \d+\/\d+ (.+): (?:started|completed in (\d+) s|failed in (\d+) s with exit code (\d+))$/gm;

/** Parses the lines that the command of a step with several nodes logs: one when a node starts, one when it ends. */
export function nodeLines(text: string): NodeRun[] {
  return [...text.matchAll(LINE)].map(
    ([, name, completed, failed, exitCode]): NodeRun => {
      if (completed !== undefined) {
        return { name: name!, status: "Completed", durationMs: Number(completed) * 1000 };
      }
      if (failed === undefined) return { name: name!, status: "Running" };
      return { name: name!, status: "Failed", durationMs: Number(failed) * 1000, exitCode: Number(exitCode) };
    },
  );
}

/** The node that failed, or that ran when its step was stopped, if the log of a failed step names one. */
export function failedNode(text: string | undefined): string | undefined {
  const last = nodeLines(text ?? "").at(-1);
  return last?.status === "Completed" ? undefined : last?.name;
}

/**
 * Keeps the lines of one node, in the log of a step that runs several.
 *
 * @returns a function to call with each part of the log in turn; parts are whole lines.
 */
export function openNodeFilter(node: string): (text: string) => string {
  let isInside = false;
  return (text) =>
    text.split(/(?<=\n)/).filter((line) => {
      const [run] = nodeLines(line);
      if (run === undefined) return isInside;
      isInside = run.name === node && run.status === "Running";
      return run.name === node;
    }).join("");
}

/**
 * The last lines of a log. If it does not show which node of its step ran last, that node's line comes first.
 *
 * @param count Maximum number of lines.
 */
export function logTailOf(text: string, count: number): string {
  const lines = text.trimEnd().split("\n");
  const tail = lines.slice(-count);
  const isNode = (line: string) => nodeLines(line).length > 0;
  const node = tail.some(isNode) ? undefined : lines.findLast(isNode);
  return (node === undefined ? tail : [node, "…", ...tail.slice(2)]).join("\n");
}

/** A dataset that a node reads from or writes to a folder. */
export interface Mount {
  readonly dataset: string;
  /** A shell word. */
  readonly path: string;
}

/** The parts of a command that are the same for a step of one node and of several. */
export interface ExecuteCommand {
  readonly env: string;
  readonly pipeline: string;
  /** Runtime parameters as JSON. */
  readonly params: string | undefined;
  /** Folder in the container to start in; `undefined` if code is uploaded. */
  readonly workingDirectory: string | undefined;
}

interface StepCommand extends ExecuteCommand {
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
function mountWords({ inputs, outputs }: Pick<StepCommand, "inputs" | "outputs">): string {
  return [
    ...inputs.map(({ dataset, path }) => `--az-input=${shellQuoteIfNeeded(dataset)} ${path}`),
    ...outputs.map(({ dataset, path }) => `--az-output=${shellQuoteIfNeeded(dataset)} ${path}`),
  ].join(" ");
}

/** Prints which signal ended the program whose exit code is in `rc`. */
const SIGNAL_REPORT = 'if [ "$rc" -gt 128 ]; then ' +
  'echo "This step was ended by signal $((rc - 128)) ($(kill -l $((rc - 128)))). ' +
  "KILL: probably out of memory, or the node was preempted. SEGV: native code crashed. " +
  'See user_logs for the last Python output." >&2; fi';

/** A step's command without the signal message, whichever version of the plugin or this program wrote it. */
export function withoutSignalReport(command: string): string {
  return command.replace(/; rc=\$\?; if \[ "\$rc" -gt 128 \]; then echo ".*" >&2; fi; exit \$rc$/s, "");
}

/**
 * Quotes a value, in any case, for the POSIX shell that runs a step. Azure ML evaluates `${{...}}` anywhere in a command
 * and takes `$[[...]]` for a part that may be left out: the quotes are closed and opened again within them, which only
 * the shell undoes.
 */
function shellQuote(value: string): string {
  return singleQuoted(value).replaceAll(/\$(?=\{\{|\[\[)/g, () => "$''");
}

/** Quotes a value only if the shell would interpret a part of it; letters of any language are safe. */
function shellQuoteIfNeeded(value: string): string {
  return isPlainWord(value) ? value : shellQuote(value);
}

interface GroupCommand extends ExecuteCommand {
  readonly nodes: readonly {
    readonly name: string;
    readonly inputs: readonly Mount[];
    readonly outputs: readonly Mount[];
  }[];
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
 * Maximum number of bytes that a step's nodes may add to its command.
 *
 * @param params Runtime parameters, which are part of the command too.
 */
export function longestCommandBytes(params = ""): number {
  return COMMAND_BYTES - Buffer.byteLength(params);
}

/** Bytes that a node adds to its step's command, with room for the paths of inputs and outputs. */
export function commandBytes({ name, inputs, outputs }: NodeSnapshot): number {
  const ports = [...inputs, ...outputs].map((dataset) =>
    2 * Buffer.byteLength(portName(dataset)) + Buffer.byteLength(dataset) + 120
  );
  return ports.reduce((sum, one) => sum + one, 40 + Buffer.byteLength(name));
}
