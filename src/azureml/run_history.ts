import { getWorkspace } from "./assets.ts";
import { findApi } from "./discovery.ts";
import type { Workspace } from "./workspace.ts";

/** One run of a step. */
export interface StepRun {
  readonly id: string;
  /** What the step is called: its Kedro node. */
  readonly step: string;
  readonly status: string;
  readonly compute: string | undefined;
  readonly startedAt: Date | undefined;
  readonly endedAt: Date | undefined;
}

/** Why a run failed. */
export interface RunFailure {
  readonly message: string | undefined;
  /** The end of its log, at most 40 lines. */
  readonly logTail: string | undefined;
  readonly logName: string | undefined;
}

/** The service that knows the steps of a job and their logs. */
export interface RunHistory {
  /** The runs of a job's steps, in the order of their start. */
  children(job: string): Promise<readonly StepRun[]>;
  failure(run: string): Promise<RunFailure>;
}

/** @internal A run as run history writes it. */
interface RunResource {
  readonly runId: string;
  readonly displayName?: string | null;
  readonly status: string;
  readonly target?: string | null;
  readonly startTimeUtc?: string | null;
  readonly endTimeUtc?: string | null;
}

/** @internal The details of a run. */
interface RunDetails {
  readonly error?: { readonly error?: { readonly message?: string; readonly code?: string } } | null;
  readonly logFiles?: Readonly<Record<string, string>>;
}

const TAIL_BYTES = 16 * 1024;
const TAIL_LINES = 40;
const BLOB = { "x-ms-version": "2021-12-02" };

/**
 * Finds the workspace's run history, at the address that the workspace itself gives: behind a private link it is
 * another than the region's.
 *
 * @throws {UserError} `azure.*` or `network.*` when it cannot be found.
 */
export async function openRunHistory(workspace: Workspace): Promise<RunHistory> {
  const { discoveryUrl } = await getWorkspace(workspace);
  const base = `${await findApi(workspace, discoveryUrl)}/history/v1.0${workspace.id}`;
  const read = async <T>(action: string, url: string): Promise<T> => {
    const scope = workspace.cloud.resourceManagerScope;
    const answer = await workspace.ask({ action, method: "GET", url, scope });
    if (answer.status >= 400) throw workspace.refused(action, answer);
    return JSON.parse(answer.bodyAsText || "null") as T;
  };
  return {
    async children(job) {
      const runs: RunResource[] = [];
      let next: string | undefined;
      do {
        const query = next === undefined ? "" : `?$continuationtoken=${encodeURIComponent(next)}`;
        const page = await read<{ value: RunResource[]; continuationToken?: string | null }>(
          `read the steps of job "${job}"`,
          `${base}/runs/${encodeURIComponent(job)}/children${query}`,
        );
        runs.push(...page.value);
        next = page.continuationToken || undefined;
      } while (next !== undefined);
      return runs.map(toStepRun);
    },
    async failure(run) {
      const details = await read<RunDetails>(
        `read why run "${run}" failed`,
        `${base}/runs/${encodeURIComponent(run)}/details`,
      );
      const log = chooseLog(details.logFiles ?? {});
      return {
        message: details.error?.error?.message,
        logName: log?.[0],
        logTail: log === undefined ? undefined : await tail(workspace, log[1]),
      };
    },
  };
}

function toStepRun(run: RunResource): StepRun {
  return {
    id: run.runId,
    step: run.displayName || run.runId,
    status: run.status,
    compute: run.target ?? undefined,
    startedAt: run.startTimeUtc ? new Date(run.startTimeUtc) : undefined,
    endedAt: run.endTimeUtc ? new Date(run.endTimeUtc) : undefined,
  };
}

/** The log that the user's own code wrote, by the names that Azure ML gives it. */
function chooseLog(files: Readonly<Record<string, string>>): [string, string] | undefined {
  const entries = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.find(([name]) => /^user_logs\/std_log.*\.txt$/.test(name)) ??
    entries.find(([name]) => /^azureml-logs\/\d\d.+\.txt$/.test(name));
}

/** Reads the end of a log; blob storage knows no range that counts from the end, so the size is asked first. */
async function tail(workspace: Workspace, url: string): Promise<string | undefined> {
  const action = "read the log of a step";
  const head = await workspace.ask({ action, method: "HEAD", url, headers: BLOB });
  const size = Number(head.headers.get("content-length") ?? 0);
  const range = size > TAIL_BYTES ? { range: `bytes=${size - TAIL_BYTES}-` } : {};
  const answer = await workspace.ask({ action, method: "GET", url, headers: { ...BLOB, ...range } });
  if (answer.status >= 400) return undefined;
  return (answer.bodyAsText ?? "").trimEnd().split("\n").slice(-TAIL_LINES).join("\n");
}
