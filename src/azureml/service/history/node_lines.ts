import type { NodeState } from "../../../core/run.ts";

/** A node that has started, according to the log of its step. */
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
