import { equal, match, ok } from "node:assert/strict";
import { run } from "../../../src/cli/command_line.ts";
import { createEmulator, type EmulatorOptions } from "../../fakes/emulator.ts";
import { fakeContext } from "../../fakes/context.ts";
import { TINY_SEED } from "../../fakes/seed.ts";
import { makeWorld, projectFiles } from "../../cli/world.ts";

const SEED = { ...TINY_SEED, environments: [{ name: "kedro-env", versions: ["3", "12"] }] };
const JOB_PUT = { method: "PUT", url: /\/jobs\// };

/** Permanent faults, with the exit code and message; no job may be sent. */
const stopping: readonly [string, EmulatorOptions, number, RegExp][] = [
  [
    "the workspace is missing",
    { seed: { ...SEED, workspaces: [] } },
    5,
    /"ws-golden"|"rg-golden"|subscription/,
  ],
  [
    "the compute is missing",
    { seed: { ...SEED, computes: ["other"] } },
    5,
    /"cpu-cluster".*\n {2}at conf\/base\/azureml\.yml:8:19.*\n.*computes: other/,
  ],
  [
    "the compute instance is stopped",
    { seed: { ...SEED, computes: [{ name: "cpu-cluster", kind: "ComputeInstance", state: "Stopped" }] } },
    3,
    /instance "cpu-cluster" is Stopped/,
  ],
  ["the environment is missing", { seed: { ...SEED, environments: [] } }, 5, /"kedro-env"/],
  ["the identity may not create jobs", { deniedActions: ["*/jobs/write"] }, 4, /AzureML Data Scientist/],
  ["the identity may not register code", { deniedActions: ["*/codes/*"] }, 4, /role assignment create/],
  [
    "Azure ML rejects the token",
    { faults: [{ url: /\/computes\//, times: 9, happens: { kind: "status", status: 401 } }] },
    4,
    /token/,
  ],
  [
    "creating the job returns status 409",
    { faults: [{ ...JOB_PUT, times: 9, happens: { kind: "status", status: 409 } }] },
    5,
    /conflict|state/i,
  ],
  [
    "registering a component always returns status 500",
    { faults: [{ url: /\/components\//, times: 99, happens: { kind: "status", status: 500 } }] },
    6,
    /500/,
  ],
  [
    "the network is lost",
    {
      faults: [{ url: /\/components\//, times: 99, happens: { kind: "cut", afterServer: false } }],
    },
    6,
    /management\.azure\.com/,
  ],
];

for (const [what, options, status, says] of stopping) {
  Deno.test({
    name: `submit creates no job if ${what}`,
    // Other lookups may still be running when the first one fails.
    sanitizeOps: false,
    async fn() {
      const { exit, stderr, azure } = await submit(options);
      equal(exit, status, stderr);
      match(stderr, says);
      equal(azure.resources("jobs").length, 0);
      ok(!/Bearer|eyJ|sig=/.test(stderr), stderr);
    },
  });
}

Deno.test("submit reuses uploaded code after a rejected job", async () => {
  const azure = createEmulator({
    seed: SEED,
    faults: [{ ...JOB_PUT, happens: { kind: "status", status: 400 } }],
  });
  equal((await submitTo(azure)).exit, 5);
  const sent = azure.blobs().size;
  ok(sent > 0);
  equal((await submitTo(azure)).exit, 0);
  equal(azure.blobs().size, sent);
});

Deno.test("submit reuses code that another process registered", async () => {
  const azure = createEmulator({ seed: SEED });
  let isFirst = true;
  const { exit, stderr } = await submitTo(azure, async (request) => {
    if (request.method === "PUT" && request.url.includes("/codes/") && isFirst) {
      isFirst = false;
      equal((await submitTo(azure)).exit, 0);
    }
    return await azure.fetch(request);
  });
  equal(exit, 0, stderr);
  equal(azure.resources("codes/versions").length, 1);
  equal(azure.resources("jobs").length, 2);
  const refused = azure.requests.filter(({ method, url, status }) =>
    method === "PUT" && url.includes("/codes/") && status === 400
  );
  equal(refused.length, 1);
});

const LOST = { ...JOB_PUT, times: 9, happens: { kind: "cut", afterServer: true } } as const;
const LOOK = { method: "GET", url: /\/jobs\// };
const afterwards: readonly (readonly [string, NonNullable<EmulatorOptions["faults"]>, number])[] = [
  ["the network breaks", [LOST, { ...LOOK, times: 9, happens: { kind: "cut", afterServer: false } }], 6],
  ["Azure does not answer and jobs cannot be read", [LOST, {
    ...LOOK,
    times: 9,
    happens: { kind: "status", status: 403 },
  }], 6],
  ["a retry is refused", [
    { ...JOB_PUT, happens: { kind: "cut", afterServer: true } },
    { ...JOB_PUT, times: 9, happens: { kind: "status", status: 403 } },
    { ...LOOK, times: 9, happens: { kind: "status", status: 403 } },
  ], 4],
];

for (const [what, faults, status] of afterwards) {
  Deno.test(`submit says that the job may exist if ${what}`, async () => {
    const { exit, stderr, azure } = await submit({ faults });
    equal(exit, status, stderr);
    equal(azure.resources("jobs").length, 1);
    const { name } = azure.resources("jobs")[0]!;
    match(stderr, new RegExp(`error: Job "${name}" may have been submitted: `));
    match(stderr, new RegExp(`hint: Look with \`kedro-azureml job show ${name}\` .*\`--name ${name}\``));
  });
}

Deno.test("submit sends serverless compute as default_compute", async () => {
  const { ctx, azure, kedroAzureml, edit } = makeWorld();
  await edit("conf/base/azureml.yml", [/cluster_name:.*/, "cluster_name: serverless"]);
  equal(await kedroAzureml("submit -j main"), 0, ctx.stderr());
  const { body } = azure.requests.find(({ method, url }) => method === "PUT" && url.includes("/jobs/"))!;
  const { computeId, settings, jobs } = (body as { properties: Serverless }).properties;
  match(settings.default_compute, /^\/subscriptions\/.+\/computes\/serverless$/);
  const ids = [computeId, ...Object.values(jobs).map((node) => node.computeId)];
  ok(ids.every((id) => id === undefined), `${ids}`);
});

Deno.test("submit --name accepts its own job again", async () => {
  const { ctx, azure, kedroAzureml, edit } = makeWorld();
  const label = "azureml://registries/azureml/environments/sklearn-1.5/labels/latest";
  await edit("conf/base/azureml.yml", [/environment: .*/, `environment: "${label}"`]);
  equal(await kedroAzureml("submit -j main --name first"), 0, ctx.stderr());
  const [{ properties }] = azure.resources("components/versions") as unknown as [Component];
  match(properties.componentSpec.environment, /\/environments\/sklearn-1\.5\/versions\/\d+$/);
  equal(await kedroAzureml("submit -j main --name first"), 0, ctx.stderr());
});

interface Component {
  readonly properties: { readonly componentSpec: { readonly environment: string } };
}

interface Serverless {
  readonly computeId?: string;
  readonly settings: { readonly default_compute: string };
  readonly jobs: Readonly<Record<string, { readonly computeId?: string }>>;
}

async function submit(options: EmulatorOptions) {
  const azure = createEmulator({ seed: SEED, ...options });
  return { azure, ...await submitTo(azure) };
}

async function submitTo(
  azure: ReturnType<typeof createEmulator>,
  fetch: (request: Request) => Promise<Response> = azure.fetch,
) {
  const { tenant, client, secret } = azure.identity;
  const ctx = fakeContext({
    files: projectFiles("tiny", true, true),
    cwd: "/home/user/tiny",
    env: { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: client, AZURE_CLIENT_SECRET: secret },
    fetch,
  });
  const exit = await run(["submit", "-j", "main", "--allow", "dataset.not_uploaded"], ctx);
  return { exit, stderr: ctx.stderr(), stdout: ctx.stdout(), sleeps: ctx.sleeps };
}
