import { basename } from "node:path";
import { cutLong, userErrorOf } from "../../core/errors.ts";
import { dateOf, type Fields, fields, textOf } from "../../core/json.ts";
import { compareText } from "../../core/text_match.ts";
import { causeOf, type PythonCause } from "../../core/python_log.ts";
import type { RunStatus, RunUsage } from "../../core/runs.ts";
import { requestLimit } from "../client/pace.ts";
import {
  askService,
  hasField,
  isAboutRun,
  queryText,
  readPages,
  type Workspace,
} from "../client/workspace.ts";
import { logTailOf } from "../job/compile/command.ts";
import { nodeOfKey } from "../job/names.ts";
import { findApi } from "../resources/hosts.ts";
import { readPart } from "../storage/read.ts";

export interface Artifact {
  /** Path within the run, with slashes, such as `outputs/model.pkl`. */
  readonly path: string;
  /** URL to read it from; a URL with a SAS expires. */
  readonly url: string;
  /** Known for files of named outputs. */
  readonly sizeBytes?: number;
}

/**
 * Lists a run's files with a prefix such as `outputs/`.
 *
 * @param experimentId Id of its experiment (default: it is looked up).
 */
export async function listArtifacts(
  history: RunHistory,
  runId: string,
  prefix: string,
  experimentId?: string,
): Promise<readonly Artifact[]> {
  experimentId ??= (await history.run(runId)).experimentId;
  const path = `experimentids/${experimentId}/runs/${encodeURIComponent(runId)}/artifacts/prefix/contentinfo`;
  const items = await Array.fromAsync(
    history.pages(`list the files of run "${runId}"`, {
      path,
      query: { path: prefix },
      // As in `_run_artifacts_operations.py` of azure-ai-ml 1.35.
      tokenParameter: "continuationToken",
    }),
  );
  return items.flatMap((item) => {
    const { path, contentUri } = fields(item);
    return typeof path === "string" && typeof contentUri === "string" ? [{ path, url: contentUri }] : [];
  });
}

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

export interface RunFailure {
  readonly message: string | undefined;
  readonly cause?: PythonCause;
  /** The end of its log, at most 40 lines; `undefined` also if it cannot be read. */
  readonly logTail: string | undefined;
  readonly logName: string | undefined;
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
  /** The named outputs of runs that Azure can locate, with few requests. */
  outputs(runs: readonly string[]): Promise<ReadonlyMap<string, readonly RunOutput[]>>;
  /** Yields the items of a list in this workspace's run history, page by page. */
  pages(action: string, list: HistoryList): AsyncIterable<unknown>;
}

interface HistoryList {
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** The query parameter for the continuation token; each operation has its own and ignores the other. */
  readonly tokenParameter: "$continuationtoken" | "continuationToken";
}

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
    outputs: async (runs) => await readRunOutputs(workspace, api, runs),
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

/** Holds several tracebacks as rich prints them, of up to 40 kB each. */
const TAIL_BYTES = 128 * 1024;

/** The end of a log; `undefined` if it cannot be read. @throws {UserError} `network.*`. */
async function readTail(workspace: Workspace, url: string): Promise<string | undefined> {
  const end = await readPart(workspace, { action: "read the log of a step", url }, -1, TAIL_BYTES);
  return end && new TextDecoder().decode(end.bytes);
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

function textsOf(value: unknown): Readonly<Record<string, string>> {
  const texts = Object.entries(fields(value)).filter((entry) => typeof entry[1] === "string");
  return Object.fromEntries(texts) as Record<string, string>;
}

function toStepRun(run: RunResource): StepRun {
  const { runId } = run;
  const properties = fields(run.properties);
  const [displayName, name] = [textOf(run.displayName), textOf(run.name)];
  const reused = reusedRun(properties);
  return {
    id: runId,
    step: displayName ? nodeOfKey(displayName) : runId,
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

/**
 * The logs that the user's own code wrote, by Azure ML's naming; a step with several processes has one for each. They may
 * be in a folder of an attempt: no recording has a step that was started again.
 */
export function userLogs(files: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  const entries = sorted(files);
  const logs = entries.filter(([name]) => /(^|\/)user_logs\/std_log[^/]*\.txt$/.test(name));
  return logs.length > 0
    ? logs
    : entries.filter(([name]) => /(^|\/)azureml-logs\/\d\d[^/]+\.txt$/.test(name));
}

/** {@linkcode userLogs}, or all logs: a step that failed before its code started has only system logs. */
export function logsToShow(files: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  const own = userLogs(files);
  return own.length > 0 ? own : sorted(files);
}

function sorted(files: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(files).sort(([a], [b]) => compareText(a, b));
}

export interface RunOutput {
  readonly name: string;
  /** Datastore URI, such as `azureml://datastores/workspaceblobstore/paths/azureml/…/`; `undefined` for a model. */
  readonly uri: string | undefined;
  /** Name and version of its data asset, such as `rides:3`; `undefined` for an anonymous one. */
  readonly asset: string | undefined;
}

const ASSETS_AT_ONCE = 100;

/** The names and asset ids of a run's outputs, and which are models, which another service resolves. */
async function assetsOf(workspace: Workspace, api: string, run: string) {
  const { runMetadata } = await askService<Fields>(workspace, {
    action: `find the outputs of run "${run}"`,
    url: `${api}/history/v1.0${workspace.id}/rundata`,
    body: { runId: run, selectRunMetadata: true },
    isExpected: hasField("runMetadata"),
  });
  return Object.entries(fields(fields(runMetadata).outputs)).flatMap(([name, output]) => {
    const { assetId, type } = fields(output);
    return typeof assetId === "string" ? [{ name, id: assetId, isModel: MODELS.test(String(type)) }] : [];
  });
}

/** The locations of assets, in one request for many. */
async function resolve(
  workspace: Workspace,
  api: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, unknown>> {
  const url = `${api}/data/v1.0${workspace.id}/dataversion/batchGetResolvedUris`;
  const parts = Array.from(
    { length: Math.ceil(ids.length / ASSETS_AT_ONCE) },
    (_, at) => ids.slice(at * ASSETS_AT_ONCE, (at + 1) * ASSETS_AT_ONCE),
  );
  const query = { action: "find the outputs of runs", url, isExpected: hasField("values") };
  const answers = await Promise.all(
    parts.map((values) => askService<Fields>(workspace, { ...query, body: { values } })),
  );
  return new Map(answers.flatMap(({ values }) => Object.entries(fields(values))));
}

/** As {@linkcode RunHistory.outputs}. @param api Base URL of the services. */
export async function readRunOutputs(
  workspace: Workspace,
  api: string,
  runs: readonly string[],
): Promise<ReadonlyMap<string, readonly RunOutput[]>> {
  const limit = requestLimit(workspace);
  const assets = await Promise.all(
    runs.map((run) => limit(async () => [run, await assetsOf(workspace, api, run)] as const)),
  );
  const data = assets.flatMap(([, found]) => found.filter(({ isModel }) => !isModel));
  const places = await resolve(workspace, api, [...new Set(data.map(({ id }) => id))]);
  return new Map(assets.map(([run, found]) => [
    run,
    found.flatMap(({ name, id, isModel }): RunOutput[] => {
      const { uri } = fields(places.get(id));
      const asset = assetNamed(id);
      if (isModel) return [{ name, uri: undefined, asset }];
      return typeof uri === "string" ? [{ name, uri, asset }] : [];
    }),
  ]));
}

/** Types of models among the types of outputs, as in azure-ai-ml 1.35. */
const MODELS = /Model$/;

/** Name and version of a registered asset. Azure also registers unnamed outputs, under a name derived from the run. */
function assetNamed(id: string): string | undefined {
  const [, name, version] = /\/(?:data|models)\/([^/]+)\/versions\/([^/]+)$/.exec(id) ?? [];
  return name === undefined || name.startsWith("azureml_") ? undefined : `${name}:${version}`;
}
