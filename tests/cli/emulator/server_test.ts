import assert from "node:assert/strict";
import { resolve } from "node:path";
import { startEmulator } from "../../../src/app/emulator/start_emulator.ts";

import type { FileSystem, ServeOptions, WriteOptions } from "../../../src/core/context.ts";
import { exited, fakeContext } from "../../fakes/context.ts";
import { run } from "../../../src/cli/command_line.ts";
import { GOLDEN_SEED, SIGNED_IN } from "../../fakes/seed.ts";
import { slashed } from "../../fakes/paths.ts";
import { stepPrograms } from "../../fakes/step_programs.ts";
import { makeWorld } from "../world.ts";

const SEED = { workspaces: [{ subscription_id: "s", resource_group: "rg", name: "ws" }] };

/** Creates a world that serves an emulator on port 4711, and its pages on 4712, without a socket. */
function servingContext() {
  type Handler = (request: Request) => Promise<Response>;
  const served: { handler?: Handler; options?: ServeOptions; pages?: Handler } = {};
  const ctx = fakeContext({ cwd: "/project" });
  const serve = async (handler: Handler, options: ServeOptions) => {
    Object.assign(served, options.tls === undefined ? { pages: handler } : { handler, options });
    return { port: options.tls === undefined ? 4712 : 4711, finished: Promise.resolve() };
  };
  return { ctx: { ...ctx, serve }, served };
}

Deno.test("emulator prints the environment variables for clients", async () => {
  const { ctx, served } = servingContext();
  const { ready, cleanUp } = await startEmulator(ctx, { seed: SEED, caFile: "ca.pem" });
  assert.equal(ready.origin, "https://127.0.0.1:4711");
  const { AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, ...env } = ready.env;
  assert.equal(new Set([AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET]).size, 3);
  assert.deepEqual(env, {
    KEDRO_AZUREML_EMULATOR: "https://127.0.0.1:4711",
    ARM_CLOUD_METADATA_URL: "https://127.0.0.1:4711/metadata/endpoints?api-version=2019-05-01",
    AZURE_AUTHORITY_HOST: "https://127.0.0.1:4711",
    SSL_CERT_FILE: resolve("/project/ca.pem"),
    REQUESTS_CA_BUNDLE: resolve("/project/ca.pem"),
    NO_PROXY: "127.0.0.1,localhost",
  });
  assert.match(served.options!.tls!.key, /PRIVATE KEY/);
  const text = await ctx.fs.readText("/project/ca.pem");
  assert.match(text, /^# CA certificate of a kedro-azureml emulator\n-----BEGIN CERTIFICATE-----/);
  assert.doesNotMatch(text, /PRIVATE/);
  const answer = await served.handler!(new Request(ready.env.ARM_CLOUD_METADATA_URL!));
  const [cloud] = await answer.json();
  assert.equal(cloud.authentication.loginEndpoint, "https://127.0.0.1:4711/");
  await cleanUp();
  assert.equal(await ctx.fs.stat("/project/ca.pem"), undefined);
});

Deno.test("emulator rejects requests for other host names", async () => {
  const { ctx, served } = servingContext();
  await startEmulator(ctx, { seed: SEED });
  const statusAt = async (host: string) =>
    (await served.handler!(new Request(`https://${host}:4711/metadata/endpoints?api-version=2019-05-01`)))
      .status;
  assert.deepEqual([await statusAt("127.0.0.1"), await statusAt("localhost")], [200, 200]);
  assert.deepEqual([await statusAt("evil.example.com"), await statusAt("127.0.0.1.example.com")], [421, 421]);
});

Deno.test("emulator locks its state folder while it runs", async () => {
  const { ctx } = servingContext();
  const options = new Map<string, WriteOptions | undefined>();
  const fs: FileSystem = {
    ...ctx.fs,
    writeText(path, text, writing) {
      options.set(path, writing);
      return ctx.fs.writeText(path, text, writing);
    },
  };
  const { cleanUp } = await startEmulator({ ...ctx, fs }, { seed: SEED, state: "state" });
  const [lock, ca] = [resolve("/project/state/lock"), resolve("/project/state/ca.pem")];
  assert.equal(await ctx.fs.readText(lock), "4711");
  for (const path of [lock, ca]) assert.deepEqual(options.get(path), { mode: 0o600, folderMode: 0o700 });
  await cleanUp();
  assert.deepEqual([await ctx.fs.stat(lock), await ctx.fs.stat(ca)], [undefined, undefined]);
});

Deno.test("emulator ends its running steps when it stops", async () => {
  const { ctx: server, served } = servingContext();
  const [started, log] = [Promise.withResolvers<void>(), [] as string[]];
  const others = stepPrograms(() => server.files, () => 0);
  const exec: typeof server.exec = async (program, args, options) => {
    if (program !== "bash") return await others(program, [...args], options);
    const stopped = new Promise((resolve) => options!.signal!.addEventListener("abort", resolve));
    started.resolve();
    await stopped;
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setTimeout(resolve));
    log.push("step stopped");
    return exited({ status: 143 });
  };
  const { ready, cleanUp } = await startEmulator({ ...server, exec }, {
    seed: { ...GOLDEN_SEED, secret: SIGNED_IN.AZURE_CLIENT_SECRET },
    run: { folder: "/steps", bin: "/venv/bin", parallelSteps: 1, data: {}, isolation: undefined },
  });
  served.options!.signal.addEventListener("abort", () => log.push("server stopped"));
  const { ctx, kedroAzureml } = makeWorld({ env: ready.env, fetch: (request) => served.handler!(request) });
  assert.equal(await kedroAzureml("submit main"), 0, ctx.stderr());
  await started.promise;
  await cleanUp();
  assert.deepEqual(log, ["step stopped", "server stopped"]);
});

Deno.test("emulator hides its certificate from other users", async () => {
  const { ctx } = servingContext();
  const { ready: { caFile }, cleanUp } = await startEmulator(ctx, { seed: SEED });
  assert.notEqual(await ctx.fs.stat(caFile), undefined);
  await cleanUp();
  assert.equal(await ctx.fs.stat(caFile), undefined);
  assert.match(slashed(caFile), /^\/home\/user\/\.cache\/kedro-azureml\/emulator-[-0-9a-f]+\.pem$/);
});

Deno.test("emulator refuses to write its certificate to a shared folder", async () => {
  const { ctx } = servingContext();
  const stat = async (path: string) => {
    const folder = { kind: "folder", sizeBytes: 0, modifiedAt: undefined, writableByOthers: true } as const;
    return /cache.kedro-azureml$/.test(path) ? folder : await ctx.fs.stat(path);
  };
  const shared = { ...ctx, fs: { ...ctx.fs, stat } };
  await assert.rejects(startEmulator(shared, { seed: SEED }), { code: "file.shared" });
});

Deno.test("emulator --state keeps the same variables after a restart", async () => {
  const { ctx, served } = servingContext();
  const nobody = { ...ctx.probe, connect: () => Promise.reject(new Error("refused")) };
  const first = await startEmulator({ ...ctx, probe: nobody }, {
    seed: SEED,
    state: "state",
    acceptAny: true,
  });
  const send = (env: Readonly<Record<string, string>>) => {
    const url = `${env.AZURE_AUTHORITY_HOST}/${env.AZURE_TENANT_ID}/oauth2/v2.0/token`;
    const body = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: env.AZURE_CLIENT_ID!,
      client_secret: env.AZURE_CLIENT_SECRET!,
      scope: `${env.AZURE_AUTHORITY_HOST}/.default`,
    });
    return served.handler!(new Request(url, { method: "POST", body }));
  };
  assert.equal((await send(first.ready.env)).status, 200);
  const second = await startEmulator({ ...ctx, probe: nobody }, { seed: SEED, state: "state" });
  assert.deepEqual(second.ready.env, first.ready.env, "the secret and the certificate's place stay");
  assert.equal(second.ready.caFile, resolve("/project/state/ca.pem"));
});

Deno.test("--ca-file names the certificate's file before or after `emulator`", async () => {
  for (const line of ["emulator --empty --ca-file ours.pem", "--ca-file ours.pem emulator --empty"]) {
    const { ctx } = makeWorld();
    const fs = { ...ctx.fs, writeText: () => Promise.reject(new Deno.errors.PermissionDenied()) };
    assert.equal(await run(line.split(" "), { ...ctx, fs }), 2);
    assert.match(ctx.stderr(), /Cannot write "ours\.pem": permission denied/);
  }
});

Deno.test("emulator --ca-file refuses to replace another file", async () => {
  const { ctx } = servingContext();
  await ctx.fs.writeText("/project/ca.pem", "the key of somebody");
  await assert.rejects(startEmulator(ctx, { seed: SEED, caFile: "ca.pem" }), {
    code: "emulator.ca_file",
    exit: 2,
    message: `"${resolve("/project/ca.pem")}" already exists, and is not a certificate of the emulator`,
    hint: "Choose another file with `--ca-file`",
  });
  assert.equal(await ctx.fs.readText("/project/ca.pem"), "the key of somebody");
  await ctx.fs.writeText("/project/ca.pem", "# CA certificate of a kedro-azureml emulator\nold");
  await startEmulator(ctx, { seed: SEED, caFile: "ca.pem" });
  assert.doesNotMatch(await ctx.fs.readText("/project/ca.pem"), /old/);
});

Deno.test("emulator adds the machine's trusted authorities to its certificate file", async () => {
  const authoritiesWith = async (env: Record<string, string>, ...files: readonly string[]) => {
    const { ctx } = servingContext();
    for (const file of files) await ctx.fs.writeText(file, `authorities of ${file}\n`);
    await startEmulator({ ...ctx, env }, { seed: SEED, caFile: "ca.pem" });
    return (await ctx.fs.readText("/project/ca.pem")).split("-----END CERTIFICATE-----\n")[1];
  };
  const [system, own, requests] = ["/etc/ssl/cert.pem", "/own.pem", "/requests.pem"] as const;
  const from = (file: string) =>
    `\n# Authorities that this machine trusts (${file})\nauthorities of ${file}\n`;
  const env = { SSL_CERT_FILE: own, REQUESTS_CA_BUNDLE: requests };
  assert.equal(await authoritiesWith({}), "");
  assert.equal(await authoritiesWith({}, system), from(system));
  assert.equal(await authoritiesWith(env, system, own, requests), from(own));
  assert.equal(await authoritiesWith(env, system, requests), from(requests));
});
