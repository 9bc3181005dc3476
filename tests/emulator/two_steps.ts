import { createEmulator, type CreateOptions, type Emulator } from "../fakes/emulator.ts";
import { WORKSPACE } from "../fakes/seed.ts";

export { WORKSPACE };
export const ID =
  "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ws";
export const SEED = {
  workspaces: [WORKSPACE],
  computes: ["cpu"],
  environments: [{ name: "env", versions: ["2", "10", "3"] }],
  data: [{ name: "raw", versions: ["1"] }, { name: "rawfile", versions: ["1"] }],
};

/** Creates an emulator with a workspace, and a signed-in client. */
export function createClient(options: CreateOptions = {}) {
  const emulator = createEmulator({ seed: SEED, ...options });
  return {
    emulator,
    ask: (method: string, path: string, asked: Asked = {}) => ask(emulator, method, path, asked),
  };
}

/** Options of a request. */
export interface Asked {
  readonly body?: unknown;
  readonly version?: string | null;
  readonly headers?: Readonly<Record<string, string | null>>;
}

/** An answer. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // deno-lint-ignore no-explicit-any
  readonly body: any;
}

async function ask(emulator: Emulator, method: string, path: string, asked: Asked): Promise<Answer> {
  const url = new URL(path.startsWith("https:") ? path : `https://management.azure.com${path}`);
  const version = asked.version === undefined ? "2024-01-01-preview" : asked.version;
  if (version !== null && url.hostname === "management.azure.com") {
    url.searchParams.set("api-version", version);
  }
  const headers = new Headers({
    authorization: `Bearer ${emulator.issueToken("https://management.azure.com")}`,
    "x-azureml-token": emulator.issueToken("https://ml.azure.com"),
    "content-type": "application/json",
  });
  for (const [name, value] of Object.entries(asked.headers ?? {})) {
    if (value === null) headers.delete(name);
    else headers.set(name, value);
  }
  const { body } = asked;
  const sent = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  const answer = await emulator.fetch(
    new Request(url, { method, headers, ...(sent !== undefined && { body: sent }) }),
  );
  const text = await answer.text();
  return {
    status: answer.status,
    headers: answer.headers,
    body: text.startsWith("{") ? JSON.parse(text) : text,
  };
}

/** Creates a component that writes `out` and, if `reads`, reads `in`. */
export function component(reads: boolean) {
  return {
    properties: {
      componentSpec: {
        type: "command",
        command: "echo",
        environment: `azureml:${ID}/environments/env/versions/3`,
        inputs: reads ? { in: { type: "uri_folder" } } : {},
        outputs: { out: { type: "uri_folder" } },
      },
    },
  };
}

/** Creates a job of two steps, `b` after `a`; requires the registered components. */
export function job() {
  const node = (name: string, version: string, inputs: Record<string, unknown>) => ({
    name,
    type: "command",
    componentId: `${ID}/components/two_steps/versions/${version}`,
    computeId: `${ID}/computes/cpu`,
    inputs,
    outputs: { out: { job_output_type: "uri_folder" } },
  });
  const bound = { job_input_type: "literal", value: "${{parent.jobs.a.outputs.out}}" };
  return {
    properties: {
      jobType: "Pipeline",
      experimentName: "exp",
      jobs: { b: node("b", "reads", { in: bound }), a: node("a", "writes", {}) },
    },
  };
}

/** Registers the components of {@linkcode job}. */
export async function register({ ask }: Pick<ReturnType<typeof createClient>, "ask">): Promise<void> {
  const base = `${ID}/components/two_steps/versions`;
  await ask("PUT", `${base}/writes`, { body: component(false) });
  await ask("PUT", `${base}/reads`, { body: component(true) });
}
