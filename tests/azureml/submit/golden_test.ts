import { fileURLToPath } from "node:url";
import { deepStrictEqual, equal, ok } from "node:assert/strict";
import { run } from "../../../src/cli/command_line.ts";
import { createEmulator } from "../../fakes/emulator.ts";
import { systemFs } from "../../../src/system/fs.ts";
import { askedIds } from "../../fakes/asked_ids.ts";
import { fakeContext } from "../../fakes/context.ts";
import { DIFFERENT, type Node, REFUSED, type Sent, type Spec } from "../golden_differences.ts";

/** A run of the plugin, and its requests; commands end before its `; rc=$?`. */
interface Case {
  readonly id: string;
  readonly project: string;
  readonly argv: readonly string[];
  readonly puts: readonly Put[];
}

interface Put {
  readonly url: string;
  readonly second: boolean;
  readonly body: unknown;
}

/** A job's body, with component ids. */
interface JobBody {
  properties: {
    description?: string;
    properties?: unknown;
    computeId: string;
    jobs: Record<string, Omit<Node, "componentId"> & { componentId: unknown }>;
  };
}

/** A component's body. */
interface ComponentBody {
  properties: { componentSpec: Spec };
}

const golden = fileURLToPath(new URL("../../golden/", import.meta.url));
const cases: Case[] = JSON.parse(await Deno.readTextFile(`${golden}submitted.json`));

for (const one of cases.filter(({ id }) => id in REFUSED)) {
  Deno.test(`submit rejects ${one.id}, unlike the plugin`, async () => {
    const { exit, ctx, azure } = await submit(one, ["--json"]);
    equal(exit, 3);
    ok(ctx.stderr().includes(`"code":"${REFUSED[one.id]}"`), ctx.stderr());
    const hosts = new Set(azure.requests.map(({ url }) => new URL(url).hostname));
    ok(!hosts.has("management.azure.com"), [...hosts].join(", "));
  });
}

for (const one of cases.filter(({ id }) => !(id in REFUSED))) {
  const { id, puts } = one;
  Deno.test(`submit sends the plugin's requests for ${id}`, async () => {
    const { exit, ctx, azure, restored } = await submit(one);
    equal(exit, 0, ctx.stderr());
    const sent = azure.requests.flatMap(({ method, url, headers, body }): Put[] => {
      const { hostname, pathname, search } = new URL(url);
      if (method !== "PUT" || hostname !== "management.azure.com" || pathname.includes("/codes/")) return [];
      return [{ url: pathname + search, second: "x-azureml-token" in headers, body: asValue(body) }];
    });
    const [actual, expected] = [comparable(restored(sent)), comparable(puts)];
    DIFFERENT[id]?.(expected);
    deepStrictEqual(actual, expected);
  });
}

Deno.test("submitted.json has more than 30 submissions", () => ok(cases.length > 30));

/** The data of the golden projects is in local files, with which no job could run. */
const LOCAL_DATA = ["dataset.not_uploaded", "dataset.local_between_steps"].flatMap((
  code,
) => ["--allow", code]);

async function submit({ project, argv, puts }: Case, further: readonly string[] = []) {
  const azure = createEmulator({ seed: seedFor(puts) });
  const { fetch, restored } = askedIds(azure);
  const ctx = fakeContext({
    fs: systemFs,
    cwd: `${golden}projects/${project}`,
    env: signIn(azure.identity),
    fetch,
  });
  return { exit: await run([...argv, ...LOCAL_DATA, ...further], ctx), ctx, azure, restored };
}

/** Creates the resources that the plugin's requests refer to. */
function seedFor(puts: readonly Put[]) {
  const text = JSON.stringify(puts);
  const [, , subscription_id, , resource_group, , , , name] = puts[0]!.url.split("/");
  const computes = [...text.matchAll(/\/computes\/([\w.-]+)/g)].map((match) => match[1]!);
  return {
    workspaces: [{ subscription_id: subscription_id!, resource_group: resource_group!, name: name! }],
    computes: [...new Set(["gpu-cluster", ...computes])],
    environments: assets(text, /\/environments\/(?:azureml:)?([\w.-]+)\/versions\/([\w.-]+)/g)
      .filter((one) => one.name !== "CliV2AnonymousEnvironment"),
    data: assets(text, /\/data\/([\w.-]+)\/versions\/([\w.-]+)/g),
  };
}

function assets(text: string, pattern: RegExp): { name: string; versions: string[] }[] {
  const found = new Map([...text.matchAll(pattern)].map(([, name, version]) => [name!, version!]));
  return [...found].map(([name, version]) => ({ name, versions: [version] }));
}

function signIn({ tenant, client, secret }: { tenant: string; client: string; secret: string }) {
  return { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: client, AZURE_CLIENT_SECRET: secret };
}

function asValue(body: unknown): unknown {
  return typeof body === "string" ? JSON.parse(body) : body;
}

/** Replaces component ids by components and removes random values and intended differences. */
function comparable(puts: readonly Put[]): Sent {
  const components = new Map(
    puts.filter(({ url }) => url.includes("/components/")).map((
      { url, body },
    ) => [url.split("?")[0]!, { version: url.split("?")[1], body: component(body as ComponentBody) }]),
  );
  const jobs = puts.filter(({ url }) => url.includes("/jobs/")).map(({ url, second, body }) => {
    const { properties } = structuredClone(body) as JobBody;
    delete properties.description;
    // Git properties depend on this checkout.
    delete properties.properties;
    for (const node of Object.values(properties.jobs)) {
      node.componentId = components.get(String(node.componentId)) ?? `no component ${node.componentId}`;
    }
    return {
      url: url.replace(/\/jobs\/\w+_\w+_[a-z0-9]{10}\?/, "/jobs/NAME?"),
      second,
      properties: properties as Sent["jobs"][number]["properties"],
    };
  });
  // The plugin registers an image once per node.
  const environments = new Map(
    puts.filter(({ url }) => url.includes("/environments/")).map((put) => [put.url, put]),
  );
  return { jobs, environments: [...environments.values()] };
}

function component(body: ComponentBody): ComponentBody {
  const text = JSON.stringify(body).replaceAll(
    /\/codes\/[0-9a-f-]{36}\/versions\//g,
    "/codes/CODE/versions/",
  );
  const copy = JSON.parse(text) as ComponentBody;
  const spec = copy.properties.componentSpec;
  spec.command = spec.command.split("; rc=$?")[0]!;
  return copy;
}
