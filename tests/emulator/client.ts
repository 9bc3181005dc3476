import { createEmulator, type Emulator, type EmulatorOptions } from "../fakes/emulator.ts";
import { GOLDEN_WORKSPACE as WORKSPACE } from "../fakes/seed.ts";

export { WORKSPACE };

/** The workspace's id in Resource Manager. */
export const WORKSPACE_ID =
  `/subscriptions/${WORKSPACE.subscription_id}/resourceGroups/${WORKSPACE.resource_group}` +
  `/providers/Microsoft.MachineLearningServices/workspaces/${WORKSPACE.name}`;

/** JSON without a type. */
// deno-lint-ignore no-explicit-any
export type Loose = any;

/** Creates an emulator with the resources of project `tiny`, on a clock that a test advances. */
export function tinyEmulator(options: EmulatorOptions = {}) {
  let now = Date.parse("2026-02-03T04:05:06Z");
  const clock = { now: () => new Date(now), sleep: async (ms: number) => void (now += ms) };
  const emulator = createEmulator({
    clock,
    ...options,
    seed: {
      workspaces: [WORKSPACE],
      computes: ["cpu-cluster"],
      environments: [{ name: "kedro-env", versions: ["9", "12", "11"] }],
      data: [{ name: "rides", versions: ["1", "2"] }],
      ...options.seed,
    },
  });
  return { emulator, advance: (ms: number) => void (now += ms) };
}

/** Options of a request. */
export interface AskOptions {
  readonly body?: unknown;
  readonly query?: string;
  /** `null` sends no token. */
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly origin?: string;
}

/** Sends a request for a resource of the workspace. */
export async function ask(
  emulator: Emulator,
  method: string,
  path: string,
  options: AskOptions = {},
): Promise<{ readonly status: number; readonly headers: Headers; readonly body: Loose }> {
  const { body, query = "api-version=2024-01-01-preview", token, origin = "https://management.azure.com" } =
    options;
  const bearer = token === undefined ? emulator.issueToken("https://management.azure.com") : token;
  const full = path.startsWith("/") ? path : path === "" ? WORKSPACE_ID : `${WORKSPACE_ID}/${path}`;
  const answer = await emulator.fetch(
    new Request(`${origin}${full}?${query}`, {
      method,
      headers: {
        ...(bearer !== null && { authorization: `Bearer ${bearer}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
        ...options.headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
  );
  const text = await answer.text();
  return {
    status: answer.status,
    headers: answer.headers,
    body: text.startsWith("{") ? JSON.parse(text) : text,
  };
}

/** The plugin's requests for project `tiny`: code, components and job. */
export interface Recording {
  readonly code: Loose;
  readonly codePath: string;
  readonly components: Record<string, Loose>;
  readonly job: Loose;
}

/** Reads the recording into new objects. */
export async function readRecording(): Promise<Recording> {
  const file = new URL("../golden/tiny/run-main.requests.json", import.meta.url);
  const { requests } = JSON.parse(await Deno.readTextFile(file)) as { requests: Loose[] };
  const puts = requests.filter(({ method, url }) => method === "PUT" && url.includes(WORKSPACE_ID));
  const pathOf = (url: string) => url.split(`${WORKSPACE_ID}/`)[1]!.split("?")[0]!;
  const of = (kind: string) => puts.filter(({ url }) => pathOf(url).startsWith(`${kind}/`));
  return {
    code: of("codes")[0].body,
    codePath: pathOf(of("codes")[0].url),
    components: Object.fromEntries(of("components").map(({ url, body }) => [pathOf(url), body])),
    job: of("jobs")[0].body,
  };
}

const CODE_VERSION = "api-version=2023-04-01";

/** Uploads the code of the recording, registers it and the components, and puts their ids into the recording's job. */
export async function prepare(emulator: Emulator, recording: Recording, query?: string): Promise<void> {
  const { codePath, code, components } = recording;
  const upload = await ask(emulator, "POST", `${codePath}/startPendingUpload`, {
    query: CODE_VERSION,
    body: { pendingUploadType: "TemporaryBlobReference" },
  });
  const { blobUri, credential } = upload.body.blobReferenceForConsumption;
  const [address, sas] = credential.sasUri.split("?");
  const put = { method: "PUT", headers: { "x-ms-blob-type": "BlockBlob" }, body: "print(1)" };
  await emulator.fetch(new Request(`${address}/code/a.py?${sas}`, put));
  const codeBody = { properties: { ...code.properties, codeUri: `${blobUri}/code` } };
  await ask(emulator, "PUT", codePath, { query: CODE_VERSION, body: codeBody });
  for (const [path, body] of Object.entries(components)) {
    const { body: { id } } = await ask(emulator, "PUT", path, {
      body,
      ...(query !== undefined && { query }),
    });
    for (const node of Object.values<Loose>(recording.job.properties.jobs)) {
      if (node.componentId.endsWith(path)) node.componentId = id;
    }
  }
}

/** Sends a job as the plugin does. */
export function putJob(emulator: Emulator, name: string, body: unknown, options: AskOptions = {}) {
  const headers = { "x-azureml-token": emulator.issueToken("https://ml.azure.com") };
  return ask(emulator, "PUT", `jobs/${name}`, { body, headers, ...options });
}
