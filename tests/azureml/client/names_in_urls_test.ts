import { ok } from "node:assert/strict";
import { createCluster, createDataAsset, createEnvironment } from "../../../src/azureml/resources/create.ts";
import { openDatastore } from "../../../src/azureml/resources/datastores.ts";
import { KINDS, nextVersion } from "../../../src/azureml/resources/kinds.ts";
import { principalOf } from "../../../src/azureml/resources/access.ts";
import type { Workspace } from "../../../src/azureml/client/workspace.ts";
import { listArtifacts, openRunHistory } from "../../../src/azureml/runs/history.ts";
import { cancelJob, getJob } from "../../../src/azureml/runs/jobs.ts";
import { putJob } from "../../../src/azureml/submit/send_job.ts";
import { getSchedule } from "../../../src/azureml/schedules/schedules.ts";
import { workspaceOf } from "../runs/odd_answers.ts";

/** A name that leads to another resource if it is not escaped. */
const NAME = "../x?y#z";
const ESCAPED = "..%2Fx%3Fy%23z";

const CLUSTER = { vmSize: "D2", minNodes: 0, maxNodes: 1, idleSeconds: 120, hasIdentity: false };
const ENVIRONMENT = { name: NAME, version: NAME, image: "i", condaFile: undefined };
const DATA = { name: NAME, version: NAME, type: "uri_file", uri: "azureml://d" } as const;

const CASES: Readonly<Record<string, (workspace: Workspace) => Promise<unknown>>> = {
  "GET jobs/NAME": (one) => getJob(one, NAME),
  "PUT jobs/NAME": (one) => putJob(one, NAME, {}),
  "POST jobs/NAME/cancel": (one) => cancelJob(one, NAME),
  "GET schedules/NAME": (one) => getSchedule(one, NAME),
  "GET computes/NAME": (one) => principalOf(one, NAME),
  "PUT computes/NAME": (one) => createCluster(one, "eastus", { name: NAME, ...CLUSTER }),
  "PUT environments/NAME/versions/NAME": (one) => createEnvironment(one, ENVIRONMENT),
  "PUT data/NAME/versions/NAME": (one) => createDataAsset(one, DATA),
  "GET data/NAME": (one) => nextVersion(one, KINDS.dataName, NAME),
  "POST datastores/NAME/listSecrets": (one) => openDatastore(one, NAME),
  "GET runs/NAME": async (one) => (await openRunHistory(one)).run(NAME),
  "GET runs/NAME/children": async (one) => (await openRunHistory(one)).children(NAME),
  "GET runs/NAME/details": async (one) => (await openRunHistory(one)).logFiles(NAME),
  "GET experimentids/e/runs/NAME/artifacts/prefix/contentinfo": async (one) =>
    listArtifacts(await openRunHistory(one), NAME, ""),
};

/** Answers the requests before the tested one; any other resource does not exist. */
function answer({ method, url }: Request): Response {
  const { host, pathname } = new URL(url);
  if (pathname === "/discovery") return Response.json({ api: "https://eastus.api.azureml.ms" });
  if (pathname.endsWith("/workspaces/ws")) {
    const discoveryUrl = "https://eastus.api.azureml.ms/discovery";
    return Response.json({ id: pathname, name: "ws", properties: { discoveryUrl } });
  }
  if (host.endsWith("api.azureml.ms") && pathname.endsWith(`/runs/${ESCAPED}`)) {
    return Response.json({ runId: NAME, experimentId: "e" });
  }
  if (method === "GET" && pathname.includes("/datastores/")) {
    return Response.json({ name: NAME, properties: { accountName: "a", containerName: "c" } });
  }
  return Response.json({ error: { code: "ResourceNotFound", message: "No." } }, { status: 404 });
}

for (const [expected, ask] of Object.entries(CASES)) {
  Deno.test(`${expected} escapes a name with slashes`, async () => {
    const asked: string[] = [];
    const workspace = workspaceOf((request) => {
      asked.push(`${request.method} ${new URL(request.url).pathname.split("/workspaces/ws/")[1]}`);
      return answer(request);
    });
    await ask(workspace).catch(() => {});
    const wanted = expected.replaceAll("NAME", ESCAPED);
    ok(asked.includes(wanted), `${wanted} is not among ${asked.join(", ")}`);
  });
}
