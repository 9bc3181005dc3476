import { cutLong } from "../../../core/errors.ts";
import type { RunStatus, RunUsage } from "../../../core/run.ts";
import { type Fields, fields, textOf } from "../../../core/fields.ts";
import { causeOf, type PythonCause } from "../../../core/text/exception.ts";
import { getWorkspace } from "../assets/pin.ts";
import { findApi } from "../runs/discovery.ts";
import { requestLimit } from "../client/limits.ts";
import { readPages } from "../client/paging.ts";
import { queryText } from "../client/api_versions.ts";
import { askService, isAboutRun } from "../client/read_json.ts";
import { readTail, userLogs } from "./log_reader.ts";
import type { Workspace } from "../client/workspace.ts";

/** A run of a step, or of a job as a whole. */
export interface StepRun {
  readonly id: string;
  /** Name of the step: its Kedro node. */
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
  /** The end of its log, at most 40 lines. */
  readonly logTail: string | undefined;
  readonly logName: string | undefined;
}

/** A named output of a run. */
export interface RunOutput {
  readonly name: string;
  /** Datastore URI, such as `azureml://datastores/workspaceblobstore/paths/azureml/…/`; `undefined` for a model. */
  readonly uri: string | undefined;
  /** Name and version of its data asset, such as `rides:3`; `undefined` for an anonymous one. */
  readonly asset: string | undefined;
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
  pages<T>(action: string, list: HistoryList): AsyncIterable<T>;
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
interface RunResource {
  readonly runId: string;
  readonly parentRunId?: string | null;
  readonly displayName?: string | null;
  readonly name?: string | null;
  readonly experimentId?: string | null;
  readonly status: RunStatus;
  readonly target?: string | null;
  readonly createdUtc?: string | null;
  readonly startTimeUtc?: string | null;
  readonly endTimeUtc?: string | null;
  readonly properties?: Readonly<Record<string, string>> | null;
}

/** @internal The details of a run. */
interface RunDetails {
  readonly error?: unknown;
  readonly logFiles?: unknown;
}

/** @internal The fields of a run's data that are used. */
interface RunData {
  readonly runMetadata?: { readonly outputs?: Readonly<Record<string, { readonly assetId: string }>> | null };
}

/** @internal Locations of data assets, by asset id. */
interface ResolvedUris {
  readonly values?: Readonly<Record<string, { readonly uri?: string | null }>> | null;
}

/** Assets to locate with one request. */
const ASSETS_AT_ONCE = 100;

/** @internal One page of a list in run history's format. */
interface HistoryPage<T> {
  readonly value?: readonly T[] | null;
  readonly continuationToken?: string | null;
}

/**
 * Opens the workspace's run history at the URL that the workspace itself names; with a private link it differs from
 * the region's URL.
 *
 * @throws {UserError} `azure.*` or `network.*` when it cannot be found.
 */
export async function openRunHistory(workspace: Workspace): Promise<RunHistory> {
  const { discoveryUrl } = await getWorkspace(workspace);
  const api = await findApi(workspace, discoveryUrl);
  const base = `${api}/history/v1.0${workspace.id}`;

  async function read<T>(action: string, path: string, isExpected: (answer: Fields) => boolean): Promise<T> {
    return await askService<T>(workspace, { action, url: `${base}/${path}`, isExpected });
  }

  function pages<T>(action: string, { path, query, tokenParameter }: HistoryList): AsyncIterable<T> {
    return readPages(async (token) => {
      const all = { ...query, ...(token !== undefined && { [tokenParameter]: token }) };
      const text = queryText(all);
      const full = text === "" ? path : `${path}?${text}`;
      const { value, continuationToken } = await read<HistoryPage<T>>(action, full, has("value"));
      return { items: Array.isArray(value) ? value : [], next: continuationToken };
    });
  }

  const details = (action: string, run: string) =>
    read<RunDetails>(action, `runs/${encodeURIComponent(run)}/details`, isAboutRun(run));

  /** The names and asset ids of a run's outputs, and which are models, which another service resolves. */
  async function assetsOf(run: string): Promise<readonly OutputAsset[]> {
    const { runMetadata } = await askService<RunData>(workspace, {
      action: `find the outputs of run "${run}"`,
      url: `${base}/rundata`,
      body: { runId: run, selectRunMetadata: true },
      isExpected: has("runMetadata"),
    });
    return Object.entries(runMetadata?.outputs ?? {}).flatMap(([name, output]) => {
      const { assetId, type } = fields(output);
      return typeof assetId === "string" ? [{ name, id: assetId, isModel: MODELS.test(String(type)) }] : [];
    });
  }

  /** The locations of assets, in one request for many. */
  async function resolve(ids: readonly string[]): Promise<ReadonlyMap<string, unknown>> {
    const url = `${api}/data/v1.0${workspace.id}/dataversion/batchGetResolvedUris`;
    const parts = Array.from(
      { length: Math.ceil(ids.length / ASSETS_AT_ONCE) },
      (_, at) => ids.slice(at * ASSETS_AT_ONCE, (at + 1) * ASSETS_AT_ONCE),
    );
    const query = { action: "find the outputs of runs", url, isExpected: has("values") };
    const answers = await Promise.all(
      parts.map((values) => askService<ResolvedUris>(workspace, { ...query, body: { values } })),
    );
    return new Map(answers.flatMap(({ values }) => Object.entries(fields(values))));
  }

  async function outputsOf(runs: readonly string[]): Promise<ReadonlyMap<string, readonly RunOutput[]>> {
    const limit = requestLimit(workspace);
    const assets = await Promise.all(
      runs.map((run) => limit(async () => [run, await assetsOf(run)] as const)),
    );
    const data = assets.flatMap(([, found]) => found.filter(({ isModel }) => !isModel));
    const places = await resolve([...new Set(data.map(({ id }) => id))]);
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

  return {
    api,
    pages,
    async children(job) {
      const path = `runs/${encodeURIComponent(job)}/children`;
      const action = `read the steps of job "${job}"`;
      const list = pages<unknown>(action, { path, tokenParameter: "$continuationtoken" });
      return (await Array.fromAsync(list)).filter(isRun).map(toStepRun);
    },
    async run(id) {
      const resource = await read<Partial<RunResource>>(
        `read run "${id}"`,
        `runs/${encodeURIComponent(id)}`,
        isAboutRun(id),
      );
      return toStepRun({ status: "NotStarted", ...resource, runId: id });
    },
    outputs: async (run) => (await outputsOf([run])).get(run) ?? [],
    outputsOf,
    logFiles: async (run) => textsOf((await details(`read the logs of run "${run}"`, run)).logFiles),
    async failure(run) {
      const { error, logFiles } = await details(`read why run "${run}" failed`, run);
      const [name, url] = userLogs(textsOf(logFiles))[0] ?? [];
      const { message } = fields(fields(error).error);
      const logTail = url === undefined ? undefined : await readTail(workspace, url);
      const cause = causeOf(logTail ?? "");
      return {
        // The runtime's messages begin with a line break.
        message: typeof message === "string" ? cutLong(message.trim(), MOST_OF_MESSAGE) : undefined,
        ...(cause && { cause }),
        logName: name,
        logTail,
      };
    },
  };
}

/** A message can contain the output of a step. */
const MOST_OF_MESSAGE = 16_000;

/** An output as a data asset or a model. */
interface OutputAsset {
  readonly name: string;
  readonly id: string;
  readonly isModel: boolean;
}

/** Types of models among the types of outputs, as in azure-ai-ml 1.35. */
const MODELS = /Model$/;

/** Name and version of a registered asset. Azure also registers unnamed outputs, under a name derived from the run. */
function assetNamed(id: string): string | undefined {
  const [, name, version] = /\/(?:data|models)\/([^/]+)\/versions\/([^/]+)$/.exec(id) ?? [];
  return name === undefined || name.startsWith("azureml_") ? undefined : `${name}:${version}`;
}

function has(field: string): (answer: Fields) => boolean {
  return (answer) => field in answer;
}

function isRun(value: unknown): value is RunResource {
  return typeof fields(value).runId === "string" && typeof fields(value).status === "string";
}

/** Id of the reused run, as in azure-ai-ml 1.35 (`PipelineConstants.REUSED_JOB_ID`). */
function reusedRun(properties: RunResource["properties"]): string | undefined {
  return properties?.["azureml.isreused"] === "true" ? textOf(properties["azureml.reusedrunid"]) : undefined;
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
  const { runId, properties } = run;
  const [displayName, name] = [textOf(run.displayName), textOf(run.name)];
  const reused = reusedRun(properties);
  return {
    id: runId,
    step: displayName || runId,
    status: run.status,
    compute: textOf(run.target),
    createdAt: dateOf(run.createdUtc),
    startedAt: dateOf(run.startTimeUtc),
    endedAt: dateOf(run.endTimeUtc),
    names: [displayName, name, textOf(properties?.["azureml.moduleName"])],
    experimentId: textOf(run.experimentId),
    parent: textOf(run.parentRunId),
    ...(reused !== undefined && { reusedFrom: reused }),
    ...usageOf(properties),
  };
}

/** What the emulator says in the properties of a run. */
function usageOf(properties: RunResource["properties"]): { readonly usage?: RunUsage } {
  const peakBytes = Number(properties?.["kedro_azureml.peak_memory_bytes"]);
  const cpuMs = Number(properties?.["kedro_azureml.cpu_ms"]);
  return Number.isFinite(peakBytes) && Number.isFinite(cpuMs) ? { usage: { peakBytes, cpuMs } } : {};
}
