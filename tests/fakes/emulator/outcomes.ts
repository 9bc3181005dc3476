import { numberData } from "../../../src/core/format.ts";
import { ownValue } from "../../../src/core/json.ts";
import { jsonAnswer } from "../../../src/emulator/http/refusal.ts";
import type { WorldMaps } from "../../../src/emulator/state/records.ts";
import type { JobRecord } from "../../../src/emulator/state/world.ts";
import type { Middleware } from "./middleware.ts";

/** What simulated steps did that the emulator cannot simulate. */
export interface Outcomes {
  /** Steps that reuse the results of an earlier job, if there is one. */
  readonly reusedSteps?: readonly string[];
  /** What steps log to MLflow once they have started, by `STEP` or `JOB/STEP`; `""` is the job itself. */
  readonly tracked?: Readonly<Record<string, TrackedOutcome>>;
}

export interface TrackedOutcome {
  /** The values of each metric, one for each step of the training; they may be NaN or infinite. */
  readonly metrics?: Readonly<Record<string, readonly number[]>>;
  readonly params?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
}

// deno-lint-ignore no-explicit-any -- the emulator's own JSON
type Loose = any;

/** Changes what run history and MLflow say of simulated steps. @param maps The state of the emulator. */
export function outcomes(maps: WorldMaps, { reusedSteps = [], tracked = {} }: Outcomes): Middleware {
  const jobs = () => [...maps.of<JobRecord>("jobs").values()];

  /** The job and the step of a run; the step of a job is empty. */
  function placeOf(id: string) {
    const job = jobs().find(({ name, runIds }) => name === id || [...runIds.values()].includes(id));
    return job && { job, step: [...job.runIds].find(([, run]) => run === id)?.[0] ?? "" };
  }

  /** The earlier job whose results a run reuses. */
  function reusedBy(id: string) {
    const { job, step } = placeOf(id) ?? {};
    if (job === undefined || !reusedSteps.includes(step!)) return undefined;
    const earlier = jobs().slice(0, jobs().findIndex(({ name }) => name === job.name))
      .find(({ runIds }) => runIds.has(step!));
    return earlier && { name: earlier.name, run: earlier.runIds.get(step!)! };
  }

  function asReused(run: Loose): Loose {
    const earlier = reusedBy(run.runId);
    if (earlier === undefined) return run;
    const { "azureml.moduleFamilyId": _, "_azureml.ClusterName": __, ...properties } = run.properties;
    return {
      ...run,
      status: "Completed",
      computeDuration: "00:00:00",
      duration: "00:00:00",
      startTimeUtc: run.createdUtc,
      endTimeUtc: run.createdUtc,
      dataContainerId: `dcid.${earlier.run}`,
      runTypeV2: { orchestrator: null, traits: ["azureml.StepRun"], attribution: null, computeType: null },
      properties: {
        ...properties,
        "azureml.rootpipelinerunid": earlier.name,
        "azureml.isreused": "true",
        "azureml.reusedrunid": earlier.run,
        "azureml.reusednodeid": earlier.run.replaceAll("-", "").slice(-8),
        "azureml.reusedpipeline": earlier.name,
        "azureml.reusedpipelinerunid": earlier.name,
      },
      actionUris: { Cancel: run.cancelUri },
      diagnosticsUri: null,
      computeRequest: null,
      compute: null,
      error: null,
      warnings: null,
      ...("outputs" in run && { outputs: null }),
    };
  }

  function ofHistory(path: string, told: Loose): Loose {
    const [, id = "", part] = /\/runs\/([^/]+)(?:\/(\w+))?/.exec(path) ?? [];
    if (path.endsWith("/rundata")) return { ...told, runMetadata: asReused(told.runMetadata) };
    if (part === "children") return { ...told, value: told.value.map(asReused) };
    if (part === "details" && reusedBy(id)) return { ...told, logFiles: {} };
    if (part === "artifacts" && reusedBy(id)) return { ...told, value: [] };
    return part === undefined && told.runId !== undefined ? asReused(told) : told;
  }

  function outcomeOf({ run_id, status }: Loose): TrackedOutcome | undefined {
    const { job, step } = placeOf(run_id) ?? {};
    if (job === undefined || job.execution !== undefined || status === "SCHEDULED") return undefined;
    return ownValue(tracked, `${job.name}/${step}`) ?? ownValue(tracked, step!);
  }

  function withTracked(run: Loose): Loose {
    const { metrics = {}, params = {}, tags = {} } = outcomeOf(run.info) ?? {};
    const last = Object.keys(metrics).flatMap((key) => history(run.info, key).slice(-1));
    const lists = { metrics: last, params: pairs(params), tags: [...run.data.tags, ...pairs(tags)] };
    const filled = Object.entries(lists).filter(([, list]) => list.length > 0);
    return { ...run, data: { ...run.data, ...Object.fromEntries(filled) } };
  }

  function history(info: Loose, key: string) {
    const values = ownValue(outcomeOf(info)?.metrics, key) ?? [];
    return values.map((value, step) => ({
      key,
      value: numberData(value),
      timestamp: Number(info.start_time) + step,
      step,
    }));
  }

  return async (request, next) => {
    const { pathname, searchParams } = new URL(request.url);
    const call = /\/mlflow\/v\d\.0\/.+\/mlflow\/(.+)$/.exec(pathname)?.[1];
    const isHistory = /\/history\/v1\.0\//.test(pathname);
    const response = await next(request);
    if (!response.ok || call === undefined && !isHistory) return response;
    const answer = (told: Loose) => new Response(JSON.stringify(told), response);
    const told = await response.json();
    if (isHistory) return answer(ofHistory(pathname, told));
    if (call === "runs/get") return answer({ run: withTracked(told.run) });
    if (call === "runs/search") return answer({ ...told, runs: told.runs.map(withTracked) });
    const run = new URL(request.url.replace("metrics/get-history", "runs/get"));
    const found = await (await next(new Request(run, request))).json();
    const key = searchParams.get("metric_key")!;
    if (outcomeOf(found.run.info) === undefined) return answer(told);
    const from = Number(searchParams.get("page_token") || 0);
    const to = from + Number(searchParams.get("max_results") ?? 1000);
    const all = history(found.run.info, key);
    return jsonAnswer({
      metrics: all.slice(from, to),
      ...(to < all.length && { next_page_token: String(to) }),
    });
  };
}

function pairs(values: Readonly<Record<string, string>>) {
  return Object.entries(values).map(([key, value]) => ({ key, value }));
}
