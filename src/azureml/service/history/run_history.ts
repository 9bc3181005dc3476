import { basename } from "node:path";
import { readRunOutputs, type RunOutput } from "./run_outputs.ts";
import { cutLong, userErrorOf } from "../../../core/errors.ts";
import type { RunStatus, RunUsage } from "../../../core/run.ts";
import { type Fields, fields, textOf } from "../../../core/fields.ts";
import { causeOf, type PythonCause } from "../../../core/text/exception.ts";
import { findApi } from "../runs/discovery.ts";
import { readPages } from "../client/paging.ts";
import { queryText } from "../client/api_versions.ts";
import { askService, hasField, isAboutRun } from "../client/read_json.ts";
import { userLogs } from "./log_files.ts";
import { readTail } from "./log_reader.ts";
import { logTailOf } from "./node_lines.ts";
import type { Workspace } from "../client/workspace.ts";

/** A run of a step, or of a job as a whole. */
export interface StepRun {
  readonly id: string;
  /** Display name of the run, which for a step is its Kedro node; else the run's id. */
  readonly step: string;
  readonly status: RunStatus;
  readonly compute: string | undefined;
  readonly createdAt: Date | undefined;
  readonly startedAt: Date | undefined;
  readonly endedAt: Date | undefined;
  /** All names by which the run may be found in its job. */
  readonly names: readonly (string | null | undefined)[];
  readonly experimentId: string | undefined;
  /** Id of the job's run; `undefined` for the run of a job. */
  readonly parent: string | undefined;
  /** What its processes used; only known for steps that ran on this machine. */
  readonly usage?: RunUsage;
  /** Id of an earlier run whose results were reused; that run has the logs and outputs. */
  readonly reusedFrom?: string;
}

/** Id of the run that has a run's logs and outputs. */
export function producerOf({ id, reusedFrom }: Pick<StepRun, "id" | "reusedFrom">): string {
  return reusedFrom ?? id;
}

/** Whether a run may have logs: it started, ended, or its image is being built. */
export function mayHaveLogs({ status, startedAt, endedAt }: StepRun): boolean {
  return startedAt !== undefined || endedAt !== undefined || status === "Preparing";
}

/** Why a run failed. */
export interface RunFailure {
  /** What Azure ML says. */
  readonly message: string | undefined;
  /** The exception that its log ends with. */
  readonly cause?: PythonCause;
  /** The end of its log, at most 40 lines; `undefined` also if it cannot be read. */
  readonly logTail: string | undefined;
  readonly logName: string | undefined;
}

/** All that is known of a failure, to look for known problems in; first the exception, which is the most specific. */
export function saidOf({ message, cause, logTail }: Omit<RunFailure, "logName">): string {
  return `${cause?.exception}\n${message}\n${logTail}`;
}

/** Run history, the service that knows the steps of a job and their logs. */
export interface RunHistory {
  /** Base URL of the workspace's services, without a trailing slash. */
  readonly api: string;
  /** The runs of a job's steps, in the order in which they started. */
  children(job: string): Promise<readonly StepRun[]>;
  run(id: string): Promise<StepRun>;
  /** URLs of the logs that a run has so far, by name; each URL expires after a while. */
  logFiles(run: string): Promise<Readonly<Record<string, string>>>;
  failure(run: string): Promise<RunFailure>;
  /** The named outputs of a run that Azure can locate. */
  outputs(run: string): Promise<readonly RunOutput[]>;
  /** The named outputs of several runs, with few requests. */
  outputsOf(runs: readonly string[]): Promise<ReadonlyMap<string, readonly RunOutput[]>>;
  /** Yields the items of a list in this workspace's run history, page by page. */
  pages(action: string, list: HistoryList): AsyncIterable<unknown>;
}

/** A paged list of run history. */
export interface HistoryList {
  /** Path below the workspace. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** The query parameter for the continuation token; each operation has its own and ignores the other. */
  readonly tokenParameter: "$continuationtoken" | "continuationToken";
}

/** @internal A run in run history's format. */
type RunResource = Fields & { readonly runId: string; readonly status: RunStatus };

/**
 * Opens the workspace's run history at the URL that the workspace itself names; with a private link it differs from
 * the region's URL.
 *
 * @throws {UserError} `azure.*` or `network.*` when it cannot be found.
 */
export async function openRunHistory(workspace: Workspace): Promise<RunHistory> {
  const api = await findApi(workspace);
  const base = `${api}/history/v1.0${workspace.id}`;

  async function read(
    action: string,
    path: string,
    isExpected: (answer: Fields) => boolean,
  ): Promise<Fields> {
    return await askService<Fields>(workspace, { action, url: `${base}/${path}`, isExpected });
  }

  function pages(action: string, { path, query, tokenParameter }: HistoryList): AsyncIterable<unknown> {
    return readPages(async (token) => {
      const all = { ...query, ...(token !== undefined && { [tokenParameter]: token }) };
      const text = queryText(all);
      const full = text === "" ? path : `${path}?${text}`;
      const { value, continuationToken } = await read(action, full, hasField("value"));
      return { items: Array.isArray(value) ? value : [], next: textOf(continuationToken) };
    });
  }

  const details = (action: string, run: string) =>
    read(action, `runs/${encodeURIComponent(run)}/details`, isAboutRun(run));

  return {
    api,
    pages,
    async children(job) {
      const path = `runs/${encodeURIComponent(job)}/children`;
      const action = `read the steps of job "${job}"`;
      const list = pages(action, { path, tokenParameter: "$continuationtoken" });
      return (await Array.fromAsync(list)).filter(isRun).map(toStepRun);
    },
    async run(id) {
      const resource = await read(`read run "${id}"`, `runs/${encodeURIComponent(id)}`, isAboutRun(id));
      return toStepRun({ ...resource, runId: id, status: textOf(resource.status) ?? "NotStarted" });
    },
    outputs: async (run) => (await readRunOutputs(workspace, api, [run])).get(run) ?? [],
    outputsOf: async (runs) => await readRunOutputs(workspace, api, runs),
    logFiles: async (run) => textsOf((await details(`read the logs of run "${run}"`, run)).logFiles),
    async failure(run) {
      const { error, logFiles } = await details(`read why run "${run}" failed`, run);
      const { message } = fields(fields(error).error);
      const logs = userLogs(textsOf(logFiles));
      // Each process of a distributed step has a log of its own, and the message names that of the one that failed.
      const isNamed = ([name]: readonly string[]) => String(message).includes(basename(name!));
      const [name, url] = logs.find(isNamed) ?? logs[0] ?? [];
      // What Azure ML says is worth showing without the log, too.
      const log = url === undefined ? undefined : await readTail(workspace, url).catch((thrown) => {
        userErrorOf(thrown, workspace.signal);
        return undefined;
      });
      const cause = causeOf(log ?? "");
      return {
        // The runtime's messages begin with a line break.
        message: typeof message === "string" ? cutLong(message.trim(), MOST_OF_MESSAGE) : undefined,
        ...(cause && { cause }),
        logName: name,
        logTail: log === undefined ? undefined : logTailOf(log.slice(-TAIL_LENGTH), TAIL_LINES),
      };
    },
  };
}

/** Of a log that is printed. */
const [TAIL_LENGTH, TAIL_LINES] = [16 * 1024, 40];
/** A message can contain the output of a step. */
const MOST_OF_MESSAGE = 16_000;

function isRun(value: unknown): value is RunResource {
  return typeof fields(value).runId === "string" && typeof fields(value).status === "string";
}

/** Id of the reused run, as in azure-ai-ml 1.35 (`PipelineConstants.REUSED_JOB_ID`). */
function reusedRun(properties: Fields): string | undefined {
  return properties["azureml.isreused"] === "true" ? textOf(properties["azureml.reusedrunid"]) : undefined;
}

/** The fields of an object that are texts. */
function textsOf(value: unknown): Readonly<Record<string, string>> {
  const texts = Object.entries(fields(value)).filter((entry) => typeof entry[1] === "string");
  return Object.fromEntries(texts) as Record<string, string>;
}

function dateOf(text: unknown): Date | undefined {
  const date = typeof text === "string" ? new Date(text) : undefined;
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
}

function toStepRun(run: RunResource): StepRun {
  const { runId } = run;
  const properties = fields(run.properties);
  const [displayName, name] = [textOf(run.displayName), textOf(run.name)];
  const reused = reusedRun(properties);
  return {
    id: runId,
    step: displayName || runId,
    status: run.status,
    // Live Azure ML writes "Serverless".
    compute: textOf(run.target)?.replace(/^serverless$/i, "serverless"),
    createdAt: dateOf(run.createdUtc),
    startedAt: dateOf(run.startTimeUtc),
    endedAt: dateOf(run.endTimeUtc),
    names: [displayName, name, textOf(properties["azureml.moduleName"])],
    experimentId: textOf(run.experimentId),
    parent: textOf(run.parentRunId),
    ...(reused !== undefined && { reusedFrom: reused }),
    ...usageOf(properties),
  };
}

/** Resources used, which only the emulator adds to a run's properties. */
function usageOf(properties: Fields): { readonly usage?: RunUsage } {
  const peakBytes = Number(properties["kedro_azureml.peak_memory_bytes"]);
  const cpuMs = Number(properties["kedro_azureml.cpu_ms"]);
  return Number.isFinite(peakBytes) && Number.isFinite(cpuMs) ? { usage: { peakBytes, cpuMs } } : {};
}
