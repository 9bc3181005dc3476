import { Buffer } from "node:buffer";
import { smallTransferLimit } from "../../azureml/client/limits.ts";
import type { Workspace } from "../../azureml/client/workspace.ts";
import { nodeLines } from "../../azureml/job/compile/command.ts";
import { type NamedOutputs, openNamedOutputs } from "../../azureml/runs/download.ts";
import {
  logsToShow,
  mayHaveLogs,
  producerOf,
  type RunOutput,
  type StepRun,
} from "../../azureml/runs/history.ts";
import type { OpenRun, RunStep } from "../../azureml/runs/run.ts";
import { readEnds, readPart } from "../../azureml/storage/read.ts";
import { type UserError, userErrorOf } from "../../core/errors.ts";
import { countText } from "../../core/format.ts";
import { ownValue } from "../../core/json.ts";
import { isFailed, type NodeState } from "../../core/run.ts";
import { maskedText, redact } from "../../core/secrets.ts";
import { failureView, type RunFacts } from "../../page/run_view.ts";
import type { LogView, PreviewView, StepProgress } from "../../page/view.ts";

/** Limits for logs in bytes: for all together, of which failed steps get at most half, per step, and per failed step. */
const LOGS = { all: 8_000_000, step: 64_000, failed: 256_000 } as const;

/** The steps of a run for the page, with notices about data that could not be read. */
export interface ReadSteps {
  readonly steps: RunFacts["steps"];
  readonly notices: readonly string[];
}

export interface ReadRunOptions {
  readonly withLogs: boolean;
  /** Whether to read the beginning of files that steps wrote (default: false, because it is the user's data). */
  readonly withPreviews?: boolean;
  /** States of steps that have ended, by run, which are not read again; new ones are added (default: all are read). */
  readonly ended?: Map<string, StepProgress>;
}

export async function readSteps(
  opened: OpenRun,
  { withLogs, withPreviews = false, ended }: ReadRunOptions,
): Promise<ReadSteps> {
  const { workspace, steps, history } = opened;
  const limit = smallTransferLimit();
  const begun = steps.filter(({ run }) => run !== undefined).length;
  const failures = steps.filter(({ run }) => run !== undefined && isFailed(run.status)).length;
  const ofFailed = Math.min(LOGS.failed, LOGS.all / 2 / failures);
  const ofOther = Math.min(LOGS.step, (LOGS.all - ofFailed * failures) / (begun - failures));
  const failed: UserError[] = [];
  const unseen: UserError[] = [];
  const completed = steps.flatMap(({ run }) =>
    run?.status === "Completed" && !ended?.has(run.id) ? [producerOf(run)] : []
  );
  const outputs = history.outputs(completed);
  // Each step waits for it and reports its failure.
  outputs.catch(() => {});
  const files = withPreviews ? openNamedOutputs(workspace) : undefined;
  const read = steps.map((step) =>
    limit(async () => {
      const { key, label, compute, run } = step;
      const named = { key, label, compute: run?.compute ?? compute };
      if (run === undefined) return named;
      const before = ended?.get(run.id);
      if (before !== undefined) return { ...named, ...before };
      const state = timesOf(run);
      try {
        const details = await detailsOf(
          opened,
          { ...step, run },
          { outputs, files, onNoPreview: (error) => void unseen.push(error) },
          withLogs ? (isFailed(run.status) ? ofFailed : ofOther) : undefined,
        );
        if (run.endedAt !== undefined) ended?.set(run.id, { ...state, ...details });
        return { ...named, ...state, ...details };
      } catch (thrown) {
        failed.push(userErrorOf(thrown, workspace.signal));
        return { ...named, ...state };
      }
    })
  );
  const all = await Promise.all(read);
  const notices = ([["Logs and outputs", failed], ["Previews", unseen]] as const).flatMap(([what, errors]) =>
    errors.slice(0, 1).map(({ message }) =>
      `${what} of ${errors.length} of ${countText(begun, "step")} are missing: ${message}`
    )
  );
  return { steps: all, notices };
}

function timesOf({ id, status, createdAt, startedAt, endedAt, reusedFrom, usage }: StepRun): StepProgress {
  return {
    status,
    run: id,
    queuedAt: createdAt?.getTime(),
    startedAt: startedAt?.getTime(),
    endedAt: endedAt?.getTime(),
    reusedFrom,
    ...(usage && { usage }),
  };
}

async function detailsOf(
  opened: OpenRun,
  step: RunStep & { readonly run: StepRun },
  { outputs: known, files, onNoPreview }: {
    readonly outputs: ReturnType<OpenRun["history"]["outputs"]>;
    /** Where previews are read from; `undefined` for none. */
    readonly files: NamedOutputs | undefined;
    readonly onNoPreview: (error: UserError) => void;
  },
  mostBytes: number | undefined,
): Promise<StepProgress> {
  const { workspace } = opened;
  const { run } = step;
  const producer = producerOf(run);
  const [failure, logs, outputs] = await Promise.all([
    isFailed(run.status) ? opened.failure(step) : undefined,
    mostBytes !== undefined && mayHaveLogs(run) ? logsOf(opened, step, mostBytes) : undefined,
    run.status === "Completed" ? known.then((all) => all.get(producer) ?? []) : [],
  ]);
  const previews = await (files && readPreviews(workspace, files, outputs))?.catch((thrown) => {
    onNoPreview(userErrorOf(thrown, workspace.signal));
    return [];
  });
  return {
    failure: failure && failureView(failure.message ?? "Azure gave no reason", failure),
    ...(previews && previews.length > 0 && { previews }),
    ...(logs !== undefined && { logs, nodeRuns: logs.flatMap(({ text }) => lastNodeRuns(text)) }),
    places: Object.fromEntries(
      outputs.map(({ name, uri, asset }) => [name, asset === undefined ? uri ?? "" : `azureml:${asset}`]),
    ),
  };
}

async function logsOf(opened: OpenRun, step: RunStep, mostBytes: number): Promise<readonly LogView[]> {
  const wanted = logsToShow(await opened.logFiles(step));
  const each = Math.floor(mostBytes / wanted.length);
  const logs: LogView[] = [];
  for (const [name, url] of wanted) {
    const log = await readEnds(opened.workspace, url, each);
    if (log === undefined) continue;
    logs.push({
      name,
      text: redact(log.text),
      ...(log.omittedBytes > 0 && { omittedBytes: log.omittedBytes }),
    });
  }
  return logs;
}

/** The last state of each node in a step's log; empty for a step with one node. Pure. */
export function lastNodeRuns(log: string): readonly NodeState[] {
  const runs = new Map(nodeLines(log).map(({ exitCode: _, ...run }) => [run.name, run]));
  return [...runs.values()];
}

/** Limits of previews: files of a step, bytes of a text, which is cut, and of an image, which is left out. */
const MOST = { files: 3, textBytes: 16_000, imageBytes: 250_000 } as const;
const TEXT = /\.(?:csv|tsv|json|txt|md|ya?ml|log)$/i;
const IMAGES: Readonly<Record<string, string>> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
};

/**
 * Reads the beginning of the first text files and small images that a step wrote; other files are left out.
 *
 * @throws {UserError} `datastore.*`, `azure.*`, `network.*`.
 */
async function readPreviews(
  workspace: Workspace,
  named: NamedOutputs,
  outputs: readonly RunOutput[],
): Promise<readonly PreviewView[]> {
  const previews: PreviewView[] = [];
  for (const output of outputs) {
    for (const { path, url } of await named.files(output)) {
      if (previews.length === MOST.files) return previews;
      const type = ownValue(IMAGES, path.split(".").at(-1)!.toLowerCase());
      if (type === undefined && !TEXT.test(path)) continue;
      const most = type === undefined ? MOST.textBytes : MOST.imageBytes;
      const part = await readPart(workspace, { action: `read "${path}"`, url }, 0, most);
      if (part === undefined) continue;
      const { bytes, total: sizeBytes } = part;
      const shown = path.replace(`named-outputs/${output.name}/`, "");
      const preview = { output: output.name, path: shown, sizeBytes };
      if (type === undefined) previews.push({ ...preview, ...textOf(bytes, sizeBytes) });
      else if (sizeBytes <= most) {
        previews.push({ ...preview, image: `data:${type};base64,${Buffer.from(bytes).toString("base64")}` });
      }
    }
  }
  return previews;
}

/** The text up to its last whole line, if it is cut and has more than one. */
function textOf(bytes: Uint8Array, sizeBytes: number): Pick<PreviewView, "text" | "isCut"> {
  const isCut = bytes.length < sizeBytes;
  const text = new TextDecoder().decode(bytes, { stream: isCut });
  return {
    text: maskedText(isCut ? text.slice(0, text.lastIndexOf("\n") + 1 || text.length) : text),
    ...(isCut && { isCut }),
  };
}
