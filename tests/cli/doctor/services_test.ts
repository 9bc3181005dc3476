import assert from "node:assert/strict";
import { SIGNED_IN } from "../../fakes/seed.ts";
import { makeWorld, type World, type WorldOptions } from "../world.ts";

interface Check {
  readonly title: string;
  readonly status: string;
  readonly message: string;
  readonly durationMs: number;
  readonly error: { readonly code: string; readonly message: string; readonly hint: string } | null;
}

/** Changes of what Azure answers: by the end of a path, its JSON. */
type Changes = readonly (readonly [path: RegExp, change: (answer: Answer) => unknown])[];

interface Answer {
  readonly properties: Record<string, unknown>;
  readonly [key: string]: unknown;
}

/** Runs `doctor`, and returns the checks by id. */
async function checksWith(changes: Changes, options: WorldOptions = {}): Promise<Record<string, Check>> {
  const world: World = makeWorld({
    fetch: async (request) => {
      const response = await world.azure.fetch(request);
      const found = changes.find(([path]) => path.test(new URL(request.url).pathname));
      return found === undefined ? response : Response.json(found[1](await response.json()));
    },
    ...options,
  });
  await world.kedroAzureml("doctor --json");
  const { checks } = JSON.parse(world.ctx.stdout());
  return Object.fromEntries(checks.map(({ id, ...check }: { id: string }) => [id, check]));
}

const discoveryAt = (discoveryUrl: string | undefined): Changes => [
  [
    /\/workspaces\/[^/]+$/,
    ({ properties, ...rest }) => ({ ...rest, properties: { ...properties, discoveryUrl } }),
  ],
];
const apiAt = (api: unknown): Changes => [[/\/discovery$/, () => ({ api })]];

/** The status of each of these checks, or its error. */
const stateOf = (checks: Record<string, Check>, ...ids: readonly string[]) =>
  ids.map((id) => checks[id]?.error?.code ?? checks[id]?.status);

for (
  const [what, url] of [["no discovery URL", undefined], ["an invalid discovery URL", "eastus"]] as const
) {
  Deno.test(`doctor skips the run history of a workspace with ${what}`, async () => {
    const checks = await checksWith(discoveryAt(url));
    assert.deepEqual(stateOf(checks, "workspace", "history", "storage"), ["ok", "skipped", "ok"]);
    assert.equal(checks.history!.message, "the workspace has no address");
  });
}

Deno.test("doctor checks the storage even if the run history's host is outside the cloud", async () => {
  const named = await checksWith(discoveryAt("https://evil.example/discovery"));
  assert.deepEqual(stateOf(named, "history", "history.tls", "storage"), [
    "network.foreign_host",
    undefined,
    "ok",
  ]);
  const api = await checksWith(apiAt("https://evil.example"));
  assert.deepEqual(stateOf(api, "history", "history.api", "history.api.tls", "storage"), [
    "ok",
    "network.foreign_host",
    undefined,
    "ok",
  ]);
});

Deno.test("doctor rejects an identity without the right to submit jobs", async () => {
  const deniedActions = ["Microsoft.MachineLearningServices/workspaces/jobs/write"];
  const { access } = await checksWith([], { emulator: { deniedActions } });
  assert.deepEqual([access!.title, access!.status], ["Permission to submit jobs", "failed"]);
  const { ctx, kedroAzureml } = makeWorld({ emulator: { deniedActions } });
  assert.equal(await kedroAzureml("doctor"), 4);
  assert.match(
    ctx.stdout(),
    /^✗ Permission to submit jobs +Your identity may not submit jobs to workspace "ws-golden": no role allows Microsoft\S+\/jobs\/write \(/m,
  );
  assert.match(
    ctx.stdout(),
    /^hint: Ask an owner to assign the role "AzureML Data Scientist": az role assignment create --assignee \w/m,
  );
});

const OTHER_API = "https://ws-golden.workspace.westus.api.azureml.ms";

Deno.test("doctor checks the API host of the workspace", async () => {
  const same = await checksWith(apiAt("https://eastus.api.azureml.ms"));
  assert.deepEqual(stateOf(same, "history", "history.api.tls"), ["ok", undefined]);
  const other = await checksWith(apiAt(OTHER_API));
  assert.deepEqual(stateOf(other, "history", "history.api.name", "history.api.tls", "history.api.private"), [
    "ok",
    "ok",
    "ok",
    undefined,
  ]);
  assert.equal(other.history!.message, OTHER_API);
});

Deno.test("doctor reports a private workspace with a public address of its run history", async () => {
  const checks = await checksWith(apiAt(OTHER_API), {
    emulator: { isPrivate: true },
    probe: { addresses: async (host) => [host.includes("westus") ? "20.42.0.7" : "10.0.0.4"] },
  });
  assert.deepEqual(stateOf(checks, "history.private", "history.api.private"), [
    undefined,
    "network.private_link",
  ]);
});

Deno.test("doctor exits 130 on Ctrl+C while it waits for a silent host", async () => {
  const stop = new AbortController();
  const tunnel = () => {
    stop.abort("SIGINT");
    return new Promise<never>(() => {});
  };
  const { ctx, kedroAzureml } = makeWorld({
    signal: stop.signal,
    probe: { tunnel },
    env: { ...SIGNED_IN, HTTPS_PROXY: "http://proxy.corp:3128" },
  });
  assert.equal(await kedroAzureml("doctor"), 130, ctx.stderr());
  assert.match(ctx.stderr(), /Interrupted \(Ctrl\+C\)/);
});

Deno.test("doctor --emulator passes all checks", async () => {
  const refused = () => Promise.reject(Object.assign(new Error("refused"), { code: "ECONNREFUSED" }));
  const { ctx, kedroAzureml } = makeWorld({ env: {}, probe: { connect: refused, certificates: refused } });
  assert.equal(await kedroAzureml("doctor --emulator --json"), 0, ctx.stdout());
  const { checks } = JSON.parse(ctx.stdout()) as {
    readonly checks: readonly { id: string; status: string }[];
  };
  assert.deepEqual(checks.filter(({ status }) => status !== "ok"), []);
  assert.deepEqual(checks.filter(({ id }) => id.startsWith("arm.")).map(({ id }) => id), ["arm.tls"]);
});

Deno.test("doctor and auth status fail for a placeholder as the workspace's name", async () => {
  for (const command of ["doctor", "auth status"]) {
    const { ctx, kedroAzureml } = makeWorld();
    const path = `${ctx.cwd}/conf/base/azureml.yml`;
    const text = new TextDecoder().decode(ctx.files.get(path)).replace("ws-golden", "<workspace>");
    ctx.files.set(path, new TextEncoder().encode(text));
    assert.equal(await kedroAzureml(command), 3);
    assert.match(
      ctx.stdout(),
      /✗ .*No workspace chosen yet: placeholders for name of workspace "__default__"/,
    );
    assert.match(ctx.stdout(), /hint: Run `kedro-azureml init`/);
  }
});

Deno.test("doctor suggests user and password for a proxy with basic authentication", async () => {
  const env = { ...SIGNED_IN, HTTPS_PROXY: "http://proxy.corp:3128" };
  const checks = await checksWith([], {
    env,
    probe: { tunnel: async () => ({ status: 407, schemes: ["Negotiate", "basic"] }) },
  });
  const { error } = checks["entra.proxy"]!;
  assert.deepEqual([error!.code, error!.message, error!.hint], [
    "network.proxy_login",
    "Cannot reach login.microsoftonline.com through the proxy of HTTPS_PROXY: it requires authentication (Negotiate, basic)",
    "Add user and password: HTTPS_PROXY=http://user:password@host:port",
  ]);
});

Deno.test("doctor connects to the port in a URL of the cloud file", async () => {
  const ports: string[] = [];
  const connect = async (host: string, port: number) => void ports.push(`${host}:${port}`);
  const cloud = (url: string) => ({
    name: "Contoso",
    endpoints: {
      activeDirectory: "https://login.contoso.test:8443",
      activeDirectoryResourceId: "https://management.core.contoso.test",
      resourceManager: url,
    },
    suffixes: { storageEndpoint: "core.contoso.test" },
  });
  const files = { "/cloud.json": JSON.stringify(cloud("https://management.contoso.test")) };
  const { ctx, kedroAzureml } = makeWorld({ probe: { connect } });
  await ctx.fs.writeText("/cloud.json", files["/cloud.json"]);
  await kedroAzureml("doctor --cloud-file /cloud.json");
  assert.deepEqual(ports, ["login.contoso.test:8443", "management.contoso.test:443"]);
});

Deno.test("doctor --json lists the hosts of failing services", async () => {
  const connect = async (host: string) => {
    if (host.includes(".blob.")) throw Object.assign(new Error("no"), { code: "ECONNREFUSED" });
  };
  const world: World = makeWorld({
    probe: { connect },
    fetch: async (request) =>
      request.url.endsWith("/discovery")
        ? new Response("", { status: 404 })
        : await world.azure.fetch(request),
  });
  await world.kedroAzureml("doctor --json");
  const { endpoints, checks } = JSON.parse(world.ctx.stdout());
  const found = checks.filter(({ status }: { status: string }) => status === "failed");
  assert.deepEqual(found.map(({ id }: { id: string }) => id), ["history", "storage.tcp"]);
  assert.deepEqual(endpoints.map(({ host }: { host: string }) => host).slice(0, 4), [
    "login.microsoftonline.com",
    "management.azure.com",
    "eastus.api.azureml.ms",
    "emulatorstore1.blob.core.windows.net",
  ]);
});

Deno.test("doctor warns about storage without the right to read its blobs", async () => {
  const deniedActions = ["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"];
  const { kedroAzureml, ctx } = makeWorld({ emulator: { deniedActions } });
  assert.equal(await kedroAzureml("doctor --json"), 0);
  const { checks } = JSON.parse(ctx.stdout());
  const { durationMs: _, error, ...check } = checks.find(({ status }: { status: string }) =>
    status === "warned"
  );
  const message = "reachable, but your identity may not read blobs";
  assert.deepEqual(check, { id: "storage", title: "Storage", status: "warned", message });
  assert.equal(error.code, "azure.blob_role");
});

Deno.test("doctor rejects a storage host outside the cloud", async () => {
  const elsewhere = (answer: unknown) =>
    JSON.parse(JSON.stringify(answer).replaceAll("core.windows.net", "evil.example"));
  const checks = await checksWith([[/\/datastores(\/|$)/, elsewhere]]);
  assert.deepEqual(stateOf(checks, "datastore", "storage", "storage.name"), [
    "ok",
    "network.foreign_host",
    undefined,
  ]);
});

for (const command of ["doctor", "auth status"]) {
  Deno.test(`${command} does not retry a service that is silent for 20 seconds`, async () => {
    let asked = 0;
    const world: World = makeWorld({
      fetch: async (request) => {
        if (!request.url.includes("/workspaces/ws-golden?")) return await world.azure.fetch(request);
        asked++;
        throw new TypeError("stopped");
      },
    });
    const { timeout } = AbortSignal;
    AbortSignal.timeout = (ms) => ms === 20_000 ? AbortSignal.abort() : timeout(ms);
    try {
      assert.equal(await world.kedroAzureml(command), 6, world.ctx.stdout());
    } finally {
      AbortSignal.timeout = timeout;
    }
    assert.equal(asked, 1);
    assert.match(world.ctx.stdout(), /did not answer|No answer within 20 s/);
  });
}

Deno.test("doctor accepts public addresses of a workspace without private endpoints", async () => {
  const nowhere = [[
    /\/workspaces\/[^/]+$/,
    (answer: Answer) => ({ ...answer, location: undefined }),
  ]] as const;
  const probe = { addresses: async () => ["20.42.0.7"] };
  const checks = await checksWith(nowhere, { probe, platform: "darwin" });
  assert.deepEqual(Object.keys(checks).filter((id) => id.endsWith(".private")), []);
  assert.equal(checks.workspace!.message, "in ?");
  assert.match(checks.sandbox!.message, /no system call filter: only Linux has one$/);
});

Deno.test("doctor skips the storage without the right to read the datastore", async () => {
  const checks = await checksWith([], { emulator: { deniedActions: ["*/datastores/read"] } });
  assert.deepEqual(stateOf(checks, "history", "datastore", "storage"), ["ok", "azure.forbidden", "skipped"]);
  assert.equal(checks.storage!.message, "the datastore is unknown");
});
