import { deepStrictEqual as assertEquals, equal, ok } from "node:assert/strict";
import { getCompute } from "../../src/azureml/resources/kinds.ts";
import { openDatastore } from "../../src/azureml/resources/datastores.ts";
import { pinDataAsset, pinEnvironment } from "../../src/azureml/resources/pin.ts";
import { runOperation } from "../../src/azureml/client/arm.ts";
import { openWorkspace } from "../../src/azureml/client/open_workspace.ts";
import { allResources, askService, type Workspace } from "../../src/azureml/client/workspace.ts";
import { checkOnline } from "../../src/azureml/checks/online.ts";
import type { JobSpec } from "../../src/azureml/job/job_spec.ts";
import { explained } from "../../src/azureml/runs/open_run.ts";
import { entraError, readEntraProblem } from "../../src/credentials/entra_errors.ts";
import { openRunHistory } from "../../src/azureml/runs/history.ts";
import { cancelJob, getJob } from "../../src/azureml/runs/jobs.ts";
import { putJob } from "../../src/azureml/submit/send_job.ts";
import { getSchedule } from "../../src/azureml/schedules/schedules.ts";
import { listUploaded } from "../../src/azureml/storage/blobs.ts";
import { findCode, startUpload } from "../../src/azureml/submit/upload.ts";
import { registerComponents } from "../../src/azureml/submit/components.ts";
import { CLOUDS } from "../../src/core/net/clouds.ts";
import { UserError } from "../../src/core/errors.ts";
import { fakeContext } from "../fakes/context.ts";
import { WORKSPACE } from "../fakes/seed.ts";
import { fill, fillAll, type Names } from "./pattern.ts";
import type { Exchange, Recording } from "./recording.ts";
import { allRecordings, sourceOf } from "./recordings/all.ts";

const { subscription_id: SUBSCRIPTION, resource_group: GROUP, name: NAME } = WORKSPACE;
const API = "https://westus.api.azureml.ms";
const DISCOVERY = "https://westus.api.azureml.ms/discovery";

/** What the client reads. */
interface Reading {
  readonly workspace: Workspace;
  readonly exchange: Exchange;
  readonly names: Names;
  /** Method and path below the workspace, or URL. */
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
}

const NO_QUEUE = {
  limit: <T>(send: () => Promise<T>) => send(),
  known: new Map<string, string>(),
  onDone: () => {},
};

/** The readers of the client, by their names in the recordings. */
const READERS: Readonly<Record<string, (reading: Reading, ...of: string[]) => Promise<unknown>>> = {
  send({ workspace, method, path, query, exchange, names }) {
    if (path.startsWith("https://")) {
      const scope = workspace.cloud.resourceManagerScope;
      return askJson(workspace, { action: "ask", method, url: path, scope });
    }
    const body = fillAll(exchange.body, names);
    return workspace.send({ action: "ask", method, path, query, body } as never);
  },
  async ask({ workspace, method, path, names }) {
    const url = path.startsWith("https://") ? path : `https://management.azure.com${names.get("ws")}/${path}`;
    return await workspace.ask({ action: "ask", method, url } as never);
  },
  list: ({ workspace, path, query }) => allResources(workspace, { action: "list", path, query }),
  environment: ({ workspace }, asked) => pinEnvironment(workspace, asked!),
  data: ({ workspace }, path) => pinDataAsset(workspace, { path: path!, type: "uri_folder" } as never),
  compute: ({ workspace }, name) => getCompute(workspace, name!),
  datastore: ({ workspace }, name) => openDatastore(workspace, name!),
  code: async ({ workspace }, hash) => (await findCode(workspace, { hash: hash! }))?.id,
  grant: ({ workspace, path }) => startUpload(workspace, path.replace("/startPendingUpload", "")),
  async blobs({ workspace, names }, folder) {
    const target = { containerUrl: fill("https://{=account}.blob.core.windows.net/{=container}", names) };
    const found = await listUploaded(workspace, { ...target, sas: names.get("sas"), folder } as never);
    return [...found.keys()];
  },
  async component({ workspace, path }) {
    const step = { key: "step", node: "step" };
    const component = { step, path, id: `${workspace.id}/${path}`, spec: {} };
    const made = await registerComponents(workspace, [component as never], NO_QUEUE);
    return made.get("step");
  },
  putJob: ({ workspace, path, exchange, names }) =>
    putJob(workspace, path.split("/").at(-1)!, fillAll(exchange.body, names)),
  job: ({ workspace }, name) => getJob(workspace, name!),
  async cancel({ workspace }, name, status) {
    const job = { name, properties: { status } };
    const bodyAsText = JSON.stringify(job);
    const exchange: Workspace["exchange"] = async (request) => {
      const answer = await workspace.exchange(request.method === "POST" ? request : { ...request, path: "" });
      return request.method === "POST" ? answer : { ...answer, bodyAsText };
    };
    return await cancelJob({ ...workspace, exchange }, name!);
  },
  service: ({ workspace, path, exchange }) =>
    askService(workspace, {
      action: "ask",
      url: path,
      isExpected: () => true,
      ...(exchange.send.startsWith("POST") && { body: exchange.body }),
    }),
  async children({ workspace }, name) {
    return await (await openRunHistory(workspace)).children(name!);
  },
  async failure({ workspace }, run) {
    const failure = await (await openRunHistory(workspace)).failure(run!);
    return explained(failure, { compute: "cpu-cluster", workspace });
  },
  async online({ workspace }, environment) {
    const spec = { job: "main", environment, compute: "cpu-cluster", steps: [] } as unknown as JobSpec;
    const lookups = {
      environment: (asked: string) => pinEnvironment(workspace, asked),
      compute: async () => ({ name: "cpu-cluster", errors: [], notices: [] }),
    };
    const subject = { place: () => undefined, config: { compute: {}, jobs: {} } };
    return (await checkOnline(spec, lookups as never, subject as never)).findings;
  },
  async signIn({ exchange }) {
    throw entraError(
      readEntraProblem(JSON.stringify(exchange.answer))!,
      { credential: "federated" } as never,
    );
  },
  schedule: ({ workspace }, name) => getSchedule(workspace, name!),
  operation: ({ workspace }) =>
    runOperation(workspace, { action: "do it", method: "POST", path: "jobs/started/cancel" }),
};

async function askJson(workspace: Workspace, request: unknown): Promise<unknown> {
  const answer = await workspace.ask(request as never);
  return JSON.parse(answer.bodyAsText ?? "null");
}

/** A workspace that answers as recorded; other resources are empty or missing. */
function recordedWorkspace(recording: Recording, names: Names, exchange: Exchange): Workspace {
  const { clock, random, signal } = fakeContext();
  const config = WORKSPACE;
  const options = { env: {}, random, signal, clock, cloud: CLOUDS.AzureCloud!, config };
  return openWorkspace({
    ...options,
    fetch: async (request) => answerOf(recording, names, exchange, request),
    tokens: { getToken: async () => ({ token: "t" }) },
  });
}

function answerOf(recording: Recording, names: Names, exchange: Exchange, request: Request): Response {
  const { pathname } = new URL(request.url);
  if (request.url === DISCOVERY) return Response.json({ api: API });
  if (decodeURIComponent(pathname) === names.get("ws")) {
    const id = names.get("ws");
    return Response.json({ id, name: NAME, location: "westus", properties: { discoveryUrl: DISCOVERY } });
  }
  if (pathname.endsWith("/jobs/started/cancel")) {
    return Response.json(null, { status: 202, headers: { location: fill(exchange.send.slice(4), names) } });
  }
  const later = recording.exchanges.slice(recording.exchanges.indexOf(exchange));
  const all = [...later, ...recording.exchanges].filter((one) => isFor(one, request, names));
  const found = all.find(({ send }) => send.startsWith(`${request.method} `)) ?? all[0];
  if (found !== undefined) {
    const isOther = !found.send.startsWith(`${request.method} `);
    return recorded(isOther ? { ...found, status: 200 } : found, names);
  }
  return request.method === "GET" && !pathname.includes("/versions/")
    ? Response.json({ value: [] })
    : Response.json({ error: { code: "NotRecorded", message: request.url } }, { status: 404 });
}

/** Whether a request has the recorded path; the response of a PUT also answers a GET. */
function isFor({ send }: Exchange, request: Request, names: Names): boolean {
  if ([...send.matchAll(/\{=(\w+)\}/g)].some(([, name]) => !names.has(name!))) return false;
  const [, path] = splitSend(fill(send, names));
  const url = path.startsWith("https://")
    ? path.replace(fill("https://{=api}", names), API)
    : `https://management.azure.com${names.get("ws")}/${path}`;
  const [one, asked] = [new URL(url), new URL(request.url)];
  return one.host === asked.host && pathOf(one) === pathOf(asked);
}

/** The path of a URL; code with a hash is the same under each name. */
function pathOf({ pathname, searchParams }: URL): string {
  const path = decodeURIComponent(pathname);
  return searchParams.has("hash") ? path.replace(/\/codes\/[^/]+\//, "/codes/any/") : path;
}

function splitSend(line: string): readonly [method: string, path: string] {
  const at = line.indexOf(" ");
  return [line.slice(0, at), line.slice(at + 1)];
}

/** The answer, with examples in place of patterns. */
function recorded({ status, answer, answerHeaders = {} }: Exchange, names: Names): Response {
  const headers = Object.entries(answerHeaders).flatMap(([name, value]) =>
    value === null ? [] : [[name, fill(value, names)] as [string, string]]
  );
  const filled = fillAll(answer, names);
  const body = filled === undefined ? null : typeof filled === "string" ? filled : JSON.stringify(filled);
  const type: [string, string][] = body === null || headers.some(([name]) => name === "content-type")
    ? []
    : [["content-type", "application/json; charset=utf-8"]];
  return new Response(body, { status, headers: [...headers, ...type] });
}

/** Compares what is expected, key by key; texts are patterns. */
function assertHas(found: unknown, expected: unknown, names: Names): void {
  if (typeof expected === "string") return equal(found, fill(expected, names));
  if (Array.isArray(expected)) {
    ok(Array.isArray(found), "no list");
    return expected.forEach((one, index) => assertHas(found[index], one, names));
  }
  if (typeof expected !== "object" || expected === null) return assertEquals(found, expected);
  for (const [key, value] of Object.entries(expected)) {
    assertHas((found as Record<string, unknown> | undefined)?.[key], value, names);
  }
}

async function read(recording: Recording, exchange: Exchange, names: Names): Promise<void> {
  const { by, of = [], gives, fails } = exchange.read;
  const [method, path] = splitSend(fill(exchange.send, names));
  const [below, search = ""] = path.startsWith("https://") ? [path] : path.split("?");
  const { "api-version": _, ...query } = Object.fromEntries(new URLSearchParams(search));
  const workspace = recordedWorkspace(recording, names, exchange);
  recorded(exchange, names);
  const reading = { workspace, exchange, names, method, path: below!, query };
  const args = of.map((one) => fill(String(one), names));
  const outcome = await READERS[by]!(reading, ...args).then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if (fails === undefined) {
    if ("error" in outcome) throw outcome.error;
    return assertHas(outcome.value, gives, names);
  }
  ok("error" in outcome, `${exchange.send} did not fail`);
  ok(outcome.error instanceof UserError, String(outcome.error));
  const { code, message, details } = outcome.error;
  equal(code, fails[0]);
  const said = [message, ...details].join("\n");
  ok(said.includes(fill(fails[1], names)), said);
}

for (const recording of allRecordings()) {
  const name = `client reads Azure's answers in ${sourceOf(recording)}`;
  Deno.test(name, () => readAll(recording));
}

/** Gives each answer of a recording to its reader. */
async function readAll(recording: Recording): Promise<void> {
  const names: Names = new Map([
    [
      "ws",
      `/subscriptions/${SUBSCRIPTION}/resourceGroups/${GROUP}/providers/Microsoft.MachineLearningServices/workspaces/${NAME}`,
    ],
    ["subscription", SUBSCRIPTION],
    ["group", GROUP],
    ["workspace", NAME],
    ["location", "westus"],
    ["api", "westus.api.azureml.ms"],
    ["account", "sample"],
    ["ml_token", "token"],
    ["storage", "Bearer token"],
  ]);
  for (const { answer, answerHeaders } of recording.given ?? []) {
    fillAll(answer, names);
    fillAll(answerHeaders ?? {}, names);
  }
  for (const exchange of recording.exchanges) await read(recording, exchange, names);
}
