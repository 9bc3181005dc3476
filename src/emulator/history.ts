import { json, Refusal } from "./refusal.ts";
import { logFiles } from "./logs.ts";
import { findRun, isOver, type RunState, stepStates } from "./runs.ts";
import { isManagementAudience, isMlAudience, requireBearer } from "./tokens.ts";
import type { Workspace, World } from "./world.ts";

const PATH =
  /^\/history\/v1\.0(\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.MachineLearningServices\/workspaces\/[^/]+)\/(.+)$/i;

/** The service behind a workspace's `discoveryUrl`: discovery itself, and run history. */
export async function api(world: World, request: Request, path: string): Promise<Response> {
  if (/^\/discovery\/?$/.test(path)) {
    const { api, studio } = world.links;
    return json({ api, history: api, experimentation: api, modelmanagement: api, studio });
  }
  requireBearer(
    world,
    request,
    (audience) => isManagementAudience(world, audience) || isMlAudience(audience),
  );
  const [, id, rest = ""] = PATH.exec(path) ?? [];
  const workspace = id === undefined
    ? undefined
    : world.workspaces.find((one) => one.id.toLowerCase() === decodeURIComponent(id).toLowerCase());
  if (workspace === undefined) throw historyError(world, 404, `No such workspace or operation: ${path}`);
  return await runHistory(world, workspace, { request, parts: rest.split("/").map(decodeURIComponent) });
}

interface Asked {
  readonly request: Request;
  readonly parts: readonly string[];
}

async function runHistory(world: World, workspace: Workspace, { request, parts }: Asked): Promise<Response> {
  const from = parts[0] === "experiments" || parts[0] === "experimentids" ? parts.slice(2) : parts;
  const [first, runId, operation] = from;
  if (request.method === "POST" && first === "rundata") {
    const body = await request.json() as { readonly runId?: string };
    return json({ runMetadata: describe(world, requireRun(world, workspace, body.runId ?? "")) });
  }
  if (first !== "runs" || runId === undefined) {
    throw historyError(world, 404, `No such operation: ${parts.join("/")}`);
  }
  if (request.method !== "GET") throw historyError(world, 405, `${request.method} is not supported`);
  const state = requireRun(world, workspace, runId);
  switch (operation) {
    case undefined:
      return json(describe(world, state));
    case "details":
      return json(details(world, state));
    case "children":
      return json(children(world, state, new URL(request.url).searchParams));
    default:
      throw historyError(world, 404, `No such operation: ${parts.join("/")}`);
  }
}

function requireRun(world: World, workspace: Workspace, runId: string): RunState {
  const state = findRun(world, workspace.id, runId);
  if (state === undefined) throw historyError(world, 404, `Run ${runId} not found.`);
  return state;
}

function children(world: World, state: RunState, query: URLSearchParams) {
  const all = state.step === undefined ? stepStates(world, state.run) : [];
  const size = Number(query.get("$top") ?? 50);
  const start = Number(query.get("$continuationtoken") ?? 0);
  const next = start + size < all.length ? String(start + size) : null;
  return {
    value: all.slice(start, start + size).map((one) => describe(world, one)),
    continuationToken: next,
    nextLink: null,
  };
}

/** What run history knows of a run. */
function describe(world: World, state: RunState) {
  const { run, step, status } = state;
  const { startedAt, endedAt } = times(state);
  return {
    runNumber: Math.floor(createdAt(state) / 1000),
    rootRunId: run.job,
    parentRunId: step === undefined ? null : run.job,
    runId: step?.run.runId ?? run.job,
    runUuid: step?.run.runId ?? run.job,
    displayName: step?.run.displayName ?? run.job,
    name: step?.name ?? run.job,
    runType: step === undefined ? "azureml.PipelineRun" : "azureml.StepRun",
    status,
    createdUtc: iso(createdAt(state)),
    startTimeUtc: iso(startedAt),
    endTimeUtc: iso(endedAt),
    target: step?.run.compute ?? null,
    computeRequest: null,
    hidden: false,
    properties: step === undefined
      ? {}
      : { "azureml.nodeid": step.run.runId, "azureml.moduleName": step.name },
    tags: {},
    inputs: {},
    outputs: {},
    error: errorOf(world, state),
  };
}

function details(world: World, state: RunState) {
  const { run, step, status } = state;
  const { startedAt, endedAt } = times(state);
  return {
    runId: step?.run.runId ?? run.job,
    target: step?.run.compute ?? null,
    status,
    startTimeUtc: iso(startedAt),
    endTimeUtc: iso(endedAt),
    error: errorOf(world, state),
    warnings: [],
    services: {},
    properties: {},
    tags: {},
    inputDatasets: [],
    outputDatasets: [],
    logFiles: logFiles(world, state, failure(world, state)),
    submittedBy: world.identity.client,
  };
}

function createdAt({ run, step }: RunState): number {
  return step?.times.queuedAt ?? run.submittedAt;
}

function times({ timeline, step, status }: RunState): Record<"startedAt" | "endedAt", number | undefined> {
  const startedAt = step === undefined ? timeline.runningAt : step.times.startedAt;
  const hasStarted = !["NotStarted", "Preparing", "Queued"].includes(status);
  return {
    startedAt: hasStarted ? startedAt : undefined,
    endedAt: isOver(status) ? step?.times.endedAt ?? timeline.endedAt : undefined,
  };
}

function iso(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}

/** What went wrong: with a step, or with the job because of its steps. */
function failure(world: World, { run, timeline, step, status }: RunState): string | undefined {
  if (status !== "Failed") return undefined;
  const failed = step?.name ?? timeline.steps.find((one) => one.end === "Failed")!.step;
  const text = world.outcome.failingSteps![failed]!;
  const name = run.steps.get(failed)!.displayName;
  return step === undefined ? `Pipeline has failed child jobs. Failed nodes: /${name}. ${text}` : text;
}

function errorOf(world: World, state: RunState): unknown {
  const message = failure(world, state);
  if (message === undefined) return null;
  return {
    error: { code: "UserError", severity: null, message, messageParameters: {}, target: null, details: [] },
    ...circumstances(world),
  };
}

function circumstances(world: World) {
  return {
    correlation: { operation: world.random.uuid(), request: world.random.uuid() },
    environment: "eastus",
    location: "eastus",
    time: world.clock.now().toISOString(),
    componentName: "run-history",
  };
}

function historyError(world: World, status: number, message: string): Refusal {
  return new Refusal(message, {
    status,
    code: "UserError",
    body: {
      error: {
        code: "UserError",
        severity: null,
        message,
        target: null,
        details: [],
        innerError: { code: "NotFound" },
      },
      ...circumstances(world),
    },
  });
}
