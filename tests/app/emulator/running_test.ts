import { deepEqual, equal, rejects } from "node:assert/strict";
import {
  answerControl,
  findEmulator,
  findEmulators,
  recordEmulator,
} from "../../../src/app/emulator/running.ts";
import { textHash } from "../../../src/core/encoding.ts";
import { fakeContext, type FakeOptions } from "../../fakes/context.ts";

/** The record of the emulator of a project. */
const fileOf = (project: string) =>
  `/home/user/.local/state/kedro-azureml/emulator/running/${textHash(project, 16)}/running.json`;
const FILE = fileOf("/home/user/tiny");
const RECORD = {
  origin: "https://127.0.0.1:4711",
  pages: "http://127.0.0.1:4712",
  caFile: "/tmp/ca.pem",
  env: { AZURE_CLIENT_SECRET: "hush" },
  project: "/home/user/tiny",
  runsSteps: false,
  startedAt: "2026-01-02T03:04:05Z",
  version: "0.2.0",
};

const FOUND = { ...RECORD, workspaces: ["ws"], jobs: ["fox"] };
const PYPROJECT =
  '[tool.kedro]\npackage_name = "tiny"\nproject_name = "Tiny"\nkedro_init_version = "1.0.0"\n';

/** A machine with a recorded emulator, which answers with a status or not at all. */
function machine(
  { record = RECORD, status = 200, more = {}, ...options }:
    & {
      readonly record?: unknown;
      readonly status?: number | "lost";
      readonly more?: Readonly<Record<string, string>>;
    }
    & FakeOptions = {},
) {
  const files = {
    "/tmp/ca.pem": "ca",
    "/home/user/tiny/pyproject.toml": PYPROJECT,
    "/home/user/tiny/src/tiny/__init__.py": "",
    "/home/user/other/pyproject.toml": PYPROJECT,
    "/home/user/other/src/tiny/__init__.py": "",
    [FILE]: JSON.stringify(record),
    ...more,
  };
  const ctx = fakeContext({ files, cwd: "/home/user/tiny", ...options });
  const asked: string[] = [];
  const opened: unknown[] = [];
  const fetch = async ({ method, url, headers, redirect }: Request) => {
    asked.push(`${method} ${url} ${headers.get("authorization")} ${redirect}`);
    if (status === "lost") throw new TypeError("connection refused");
    return Response.json({ workspaces: ["ws"], jobs: ["fox"] }, { status });
  };
  const openNetwork = (env: unknown) => {
    opened.push(env);
    return { fetch, probe: ctx.probe };
  };
  return { ctx: { ...ctx, openNetwork }, asked, opened };
}

Deno.test("--emulator uses the project's running emulator", async () => {
  const { ctx, asked, opened } = machine();
  deepEqual(await findEmulator(ctx, {}), FOUND);
  deepEqual(asked, ["GET https://127.0.0.1:4711/emulator/status Bearer hush manual"]);
  deepEqual(opened, [{ KEDRO_AZUREML_CA_FILE: "/tmp/ca.pem", NO_PROXY: "*" }]);
});

for (
  const [what, given] of [
    ["nothing is recorded", { record: null }],
    ["the recorded emulator does not answer", { status: "lost" }],
    ["another server answers", { status: 401 }],
    ["the certificate was deleted", { record: { ...RECORD, caFile: "/tmp/gone.pem" } }],
    ["the record names another machine", { record: { ...RECORD, origin: "https://evil.example" } }],
    ["there is no home folder", {}],
  ] as const
) {
  Deno.test(`--emulator starts a new emulator if ${what}`, async () => {
    const { ctx } = machine(given);
    equal(
      await findEmulator(what.endsWith("home folder") ? { ...ctx, home: undefined } : ctx, {}),
      undefined,
    );
  });
}

Deno.test("--emulator ignores a record in a folder of other users", async () => {
  const { ctx, asked } = machine();
  const stat = async (path: string) => ({ ...(await ctx.fs.stat(path))!, writableByOthers: true });
  equal(await findEmulator({ ...ctx, fs: { ...ctx.fs, stat } }, {}), undefined);
  deepEqual(asked, []);
});

Deno.test("a project has at most one running emulator", async () => {
  const { ctx } = machine({ status: "lost" });
  const recorded = await recordEmulator(ctx, RECORD);
  deepEqual(JSON.parse(await ctx.fs.readText(FILE)), RECORD);
  await recorded!.remove();
  equal(await ctx.fs.stat(FILE), undefined);
  equal(await recordEmulator(machine().ctx, RECORD), undefined);
});

Deno.test("outside a project, --emulator uses the only running emulator", async () => {
  const two = {
    [fileOf("/home/user/other")]: JSON.stringify({ ...RECORD, project: "/home/user/other" }),
  };
  const { ctx } = machine({ more: two });
  equal((await findEmulator(ctx, { directory: "/home/user/other" }))?.project, "/home/user/other");
  equal((await findEmulator(ctx, { directory: "/home/user/tiny/src" }))?.project, "/home/user/tiny");
  deepEqual((await findEmulators(ctx)).map(({ project }) => project), [
    "/home/user/other",
    "/home/user/tiny",
  ]);
  await rejects(findEmulator(ctx, { directory: "/home/user" }), {
    code: "emulator.several",
    details: ["/home/user/other: https://127.0.0.1:4711", "/home/user/tiny: https://127.0.0.1:4711"],
  });
  const one = machine();
  equal((await findEmulator(one.ctx, { directory: "/home/user" }))?.project, "/home/user/tiny");
  equal(await findEmulator(one.ctx, { directory: "/home/user/other" }), undefined);
  const none = machine({ status: "lost" });
  equal(await findEmulator(none.ctx, { directory: "/home/user" }), undefined);
});

Deno.test("an emulator that ends keeps the record of another one", async () => {
  const { ctx } = machine({ status: "lost" });
  const recorded = await recordEmulator(ctx, RECORD);
  await ctx.fs.writeText(FILE, JSON.stringify({ ...RECORD, origin: "https://127.0.0.1:4712" }));
  await recorded!.remove();
  equal((await ctx.fs.stat(FILE))?.kind, "file");
});

Deno.test("POST /emulator/stop needs the emulator's secret", async () => {
  const jobs = [["fox", "Running"], ["owl", "Completed"]].map(([name, status]) => ({
    name,
    properties: { status },
  }));
  const emulator = {
    identity: { secret: "hush" },
    resources: () => jobs,
    workspaces: () => ["ws"],
  } as unknown as Parameters<typeof answerControl>[1] extends Promise<infer Served>
    ? Served extends { readonly emulator: infer E } ? E : never
    : never;
  let stops = 0;
  const answerTo = async (method: string, path: string, secret: string) => {
    const headers = { authorization: `Bearer ${secret}` };
    const request = new Request(`https://127.0.0.1:4711${path}`, { method, headers });
    const answer = answerControl(request, Promise.resolve({ emulator }), { stop: () => void stops++ });
    return [(await answer)?.status, stops];
  };
  const headers = { authorization: "Bearer hush" };
  const status = new Request("https://127.0.0.1:4711/emulator/status", { headers });
  const answer = await answerControl(status, Promise.resolve({ emulator }), { stop() {} });
  deepEqual(await answer?.json(), { workspaces: ["ws"], jobs: ["fox"] });
  deepEqual(await answerTo("GET", "/emulator/status", "hush"), [200, 0]);
  deepEqual(await answerTo("GET", "/emulator/stop", "hush"), [200, 0]);
  deepEqual(await answerTo("POST", "/emulator/status", "hush"), [200, 0]);
  deepEqual(await answerTo("POST", "/emulator/stop", "guess"), [401, 0]);
  deepEqual(await answerTo("POST", "/subscriptions", "hush"), [undefined, 0]);
  deepEqual(await answerTo("POST", "/emulator/stop", "hush"), [200, 1]);
});
