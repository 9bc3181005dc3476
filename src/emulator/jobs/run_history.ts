import { isManagementAudience, isMlAudience, requireBearer } from "../http/entra.ts";
import { badRequest, historyError, jsonAnswer, UNKNOWN_ROUTE } from "../http/refusal.ts";
import { type EmulatedWorkspace, jobsIn, workspaceWithId, type World } from "../state/world.ts";
import { describeRun, details } from "./run_description.ts";
import { leftFiles, logFiles, outputsOf, resolveUris, trackedFiles } from "./run_files.ts";
import { findRun, jobRun, requestCancel, type Run, stepRuns } from "./simulated_timeline.ts";

/** The regional services: discovery, run history with the state and logs of each step, and builds of images. */
export async function runHistory(world: World, request: Request, path: string): Promise<Response> {
  const response = await answered(world, request, path);
  response.headers.set("x-ms-response-type", "standard");
  return response;
}

/** Number of parts of a workspace's id between slashes, with the empty one before the first. */
const ID_SEGMENTS = 9;

async function answered(world: World, request: Request, path: string): Promise<Response> {
  if (path === "/discovery") return jsonAnswer(discovery(world, new URL(request.url).origin));
  requireToken(world, request);
  const resolving = /^\/data\/v1\.0(.+)\/dataversion\/batchGetResolvedUris$/.exec(path)?.[1];
  if (resolving !== undefined) return await resolveUris(world, request, resolving);
  const [, service, below = ""] = /^\/(history\/v1\.0)(\/.+)$/i.exec(path) ?? [];
  if (service === undefined) {
    throw UNKNOWN_ROUTE.history(path);
  }
  const segments = below.split("/");
  const workspace = workspaceWithId(world, segments.slice(0, ID_SEGMENTS).join("/"));
  if (workspace === undefined) throw historyError(404, "Workspace {path} was not found", "path", path);
  const parts = segments.slice(ID_SEGMENTS).map(decodeURIComponent);
  return await inWorkspace(world, workspace, request, parts);
}

/** Requires a token for Resource Manager or Azure ML. @throws {Refusal} 401. */
export function requireToken(world: World, request: Request): void {
  requireBearer(
    world,
    request,
    (audience) => isManagementAudience(world, audience) || isMlAudience(audience),
  );
}

/** The discovery document. All services have the same URL: the region's, or the workspace's private endpoint. */
function discovery({ links }: World, origin: string) {
  const names = [
    "api",
    "catalog",
    "experimentation",
    "history",
    "hyperdrive",
    "modelmanagement",
    "pipelines",
  ];
  return { ...Object.fromEntries(names.map((name) => [name, origin])), studio: links.studio };
}

async function inWorkspace(
  world: World,
  workspace: EmulatedWorkspace,
  request: Request,
  parts: readonly string[],
): Promise<Response> {
  const [kind, ...rest] = /^experiment(id)?s$/.test(parts[0] ?? "") ? parts.slice(2) : parts;
  if (kind === "rundata" && request.method === "POST") return await runData(world, workspace, request);
  if (kind === "runs:query" && request.method === "POST") {
    return jsonAnswer({
      value: jobsIn(world, workspace).map((job) => describeRun(world, jobRun(world, job))),
    });
  }
  const [id, part, ...detail] = rest;
  if (kind !== "runs" || id === undefined) {
    throw UNKNOWN_ROUTE.history(parts.join("/"));
  }
  if (request.method === "GET" && part === "artifacts") {
    const { searchParams } = new URL(request.url);
    return await artifacts(world, workspace, {
      id,
      detail: detail.join("/"),
      path: searchParams.get("path"),
      token: searchParams.get("continuationToken"),
    });
  }
  const run = requireRun(world, workspace, id);
  if (request.method === "POST" && part === "cancel") {
    requestCancel(world, run.job);
    return jsonAnswer(describeRun(world, requireRun(world, run.job.workspace, run.job.name)));
  }
  if (request.method !== "GET") {
    throw historyError(405, "This emulator does not take {method} here", "method", request.method);
  }
  if (part === undefined) return jsonAnswer(describeRun(world, run));
  if (part === "details") return jsonAnswer(await details(world, run));
  if (part === "serviceinstances") return jsonAnswer({ instances: {} });
  if (part === "children") return children(world, run, new URL(request.url));
  throw UNKNOWN_ROUTE.history(parts.join("/"));
}

function requireRun(world: World, workspace: EmulatedWorkspace, id: string): Run {
  const run = findRun(world, workspace, id);
  if (run === undefined) throw historyError(404, "Run {runId} was not found", "runId", `runId=${id}`);
  return run;
}

async function runData(world: World, workspace: EmulatedWorkspace, request: Request): Promise<Response> {
  const { runId } = await request.json();
  if (typeof runId !== "string") throw badRequest("The request names no runId.");
  const run = requireRun(world, workspace, runId);
  const outputs = outputsOf(world, run);
  const runMetadata = {
    ...describeRun(world, run),
    outputs: Object.keys(outputs).length > 0 ? outputs : null,
  };
  return jsonAnswer({ runMetadata, runDefinition: null, jobSpecification: null, systemSettings: null });
}

function children(world: World, run: Run, { origin, pathname, searchParams: query }: URL): Response {
  const all = run.step === undefined ? stepRuns(world, run.job) : [];
  const from = Number(query.get("$continuationtoken") ?? 0);
  const to = from + Number(query.get("$top") ?? 100);
  const value = all.slice(from, to).map((run) => describeRun(world, run));
  if (to >= all.length) return jsonAnswer({ value });
  const nextLink = `${origin}${pathname}?$continuationtoken=${to}`;
  return jsonAnswer({ value, continuationToken: String(to), nextLink });
}

const ARTIFACTS_PER_PAGE = 100;

async function artifacts(
  world: World,
  workspace: EmulatedWorkspace,
  { id, detail, path: asked, token }: {
    readonly id: string;
    readonly detail: string;
    readonly path: string | null;
    readonly token: string | null;
  },
): Promise<Response> {
  const tracked = await trackedFiles(world, workspace, id);
  // A run that is nested in that of a step is known to MLflow only.
  const run = tracked === undefined ? requireRun(world, workspace, id) : findRun(world, workspace, id);
  const own = run === undefined ? {} : { ...await logFiles(world, run), ...leftFiles(world, run) };
  const all = { ...own, ...tracked };
  const files = Object.entries(all).map(([path, contentUri]) => ({
    artifactId: `ExperimentRun/dcid.${id}/${path}`,
    origin: "ExperimentRun",
    container: `dcid.${id}`,
    path,
    ...(detail !== "" && { contentUri }),
  }));
  const page = (all: typeof files) => {
    // The service ignores other spellings, such as $continuationtoken.
    const from = Number(token ?? 0);
    const more = from + ARTIFACTS_PER_PAGE < all.length ? String(from + ARTIFACTS_PER_PAGE) : null;
    const value = all.slice(from, from + ARTIFACTS_PER_PAGE);
    return jsonAnswer({ value, continuationToken: more, nextLink: null });
  };
  if (detail === "") return page(files);
  if (detail === "prefix/contentinfo") return page(files.filter(({ path }) => path.startsWith(asked ?? "")));
  if (detail !== "contentinfo") throw UNKNOWN_ROUTE.history(detail);
  const file = files.find(({ path }) => path === asked);
  if (file === undefined) {
    throw historyError(404, "Artifact {path} was not found", "path", asked ?? "");
  }
  return jsonAnswer(file);
}
