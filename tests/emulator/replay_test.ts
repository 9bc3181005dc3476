import assert from "node:assert/strict";
import { createEmulator, type Emulator } from "../fakes/emulator.ts";
import { GOLDEN_WORKSPACE, SERVICE_PRINCIPAL } from "../fakes/seed.ts";

interface Recorded {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly status: number;
}

const GOLDEN = {
  ...SERVICE_PRINCIPAL,
  secret: "golden",
  workspaces: [GOLDEN_WORKSPACE],
};

for (
  const [recording, computes, environment] of [
    ["tiny/run-main", ["cpu-cluster"], "kedro-env"],
    ["spaceflights/run-everything", ["cpu-cluster", "gpu-cluster", "highmem-cluster"], "spaceflights-env"],
  ] as const
) {
  Deno.test(`emulator answers the plugin's requests of ${recording} as Azure did`, async () => {
    const file = new URL(`../golden/${recording}.requests.json`, import.meta.url);
    const { requests } = JSON.parse(await Deno.readTextFile(file)) as { requests: Recorded[] };
    const seed = { ...GOLDEN, computes, environments: [{ name: environment, versions: ["11", "12"] }] };
    const emulator = createEmulator({ seed });
    const answers = await replay(emulator, requests);
    assert.deepEqual(answers.map(({ status }) => status), requests.map(({ status }) => status));
    const put = requests.findLast(({ method, url }) => method === "PUT" && url.includes("/jobs/"))!;
    const [job] = emulator.resources("jobs");
    assert.ok(put.url.includes(job!.name));
    const { jobs } =
      (put.body as { properties: { jobs: Record<string, Record<string, unknown>> } }).properties;
    const bare = (nodes: typeof jobs) =>
      Object.entries(nodes).map(([key, { componentId: _, ...node }]) => [key, node]);
    assert.deepEqual(bare(job!.properties.jobs as typeof jobs), bare(jobs));
  });
}

/** Sends recorded requests with the emulator's tokens and container. */
async function replay(emulator: Emulator, requests: readonly Recorded[]): Promise<readonly Response[]> {
  const answers: Response[] = [];
  let grant = "";
  const ids: (readonly [recorded: string, given: string])[] = [];
  for (const recorded of requests) {
    const answer = await emulator.fetch(toRequest(emulator, recorded, (text) => withIds(text, ids), grant));
    if (recorded.method === "PUT" && recorded.url.includes("/components/")) {
      ids.push([new URL(recorded.url).pathname, (await answer.clone().json()).id]);
    }
    if (recorded.url.includes("/startPendingUpload")) {
      const { blobReferenceForConsumption } = await answer.clone().json();
      grant = blobReferenceForConsumption.credential.sasUri;
    }
    answers.push(answer);
  }
  return answers;
}

/** Puts the ids that the emulator gave to components in place of those that were recorded. */
function withIds(text: string, ids: readonly (readonly [string, string])[]): string {
  return ids.reduce((all, [recorded, given]) => all.replaceAll(`"${recorded}"`, `"${given}"`), text);
}

function toRequest(
  emulator: Emulator,
  recorded: Recorded,
  change: (text: string) => string,
  grant: string,
): Request {
  const headers = new Headers(recorded.headers);
  for (const name of ["content-length", "content-md5"]) headers.delete(name);
  if (headers.has("authorization")) {
    headers.set("authorization", `Bearer ${emulator.issueToken("https://management.azure.com")}`);
  }
  if (headers.has("x-azureml-token")) {
    headers.set("x-azureml-token", emulator.issueToken("https://ml.azure.com"));
  }
  const body = bodyOf(recorded.body, grant);
  return new Request(toUrl(recorded.url, grant), {
    method: recorded.method,
    headers,
    ...(body !== undefined && { body: change(body) }),
  });
}

const CONTAINER = "https://goldenst.blob.core.windows.net/11111111-azureml";

function toUrl(url: string, grant: string): string {
  if (!url.startsWith(CONTAINER)) return url;
  const [container, query] = grant.split("?");
  const [path, asked] = url.slice(CONTAINER.length).split("?");
  const rest = new URLSearchParams(asked);
  for (const name of ["sv", "sr", "sig", "se", "sp"]) rest.delete(name);
  return `${container}${path}?${query}${rest.size > 0 ? `&${rest}` : ""}`;
}

function bodyOf(body: unknown, grant: string): string | undefined {
  if (body === null) return undefined;
  const { _text, _bytes } = body as { _text?: string; _bytes?: number };
  if (_text !== undefined) return _text;
  if (_bytes !== undefined) return "x".repeat(_bytes);
  return JSON.stringify(body).replaceAll(CONTAINER, grant.split("?")[0]!);
}
