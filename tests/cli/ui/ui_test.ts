import { deepEqual, equal, match, ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { ServeOptions } from "../../../src/core/context.ts";
import { SIGNED_IN } from "../../fakes/seed.ts";
import type { EmulatorOptions } from "../../fakes/emulator.ts";
import { makeWorld, type World, type WorldOptions } from "../world.ts";
import { exited } from "../../fakes/context.ts";

type Handler = (request: Request) => Promise<Response>;

/** A workspace with a job, and the page of `ui` as a browser reaches it. */
async function served(
  emulator: EmulatorOptions = {},
  { project = "tiny", line = "submit -j main --name fox --wait", exit = 0, stored, prepare, ...machine }: {
    readonly project?: string;
    readonly line?: string;
    readonly exit?: number;
    readonly stored?: (request: Request) => Response | undefined;
    readonly prepare?: (ctx: World["ctx"]) => Promise<void>;
  } & Pick<WorldOptions, "env" | "exec"> = {},
) {
  let handler: Handler | undefined;
  const serve = (given: Handler, _: ServeOptions) => {
    handler = given;
    return Promise.resolve({ port: 4711, finished: Promise.resolve() });
  };
  const tracked = { count: { metrics: { mae: [1.5] } } };
  const tokens = new Set<string>();
  const fetch = (request: Request): Promise<Response> => {
    const [, token] = (request.headers.get("authorization") ?? "").split("Bearer ");
    if (token !== undefined) tokens.add(token);
    const answer = stored?.(request);
    return answer === undefined ? world.azure.fetch(request) : Promise.resolve(answer);
  };
  const world: World = makeWorld({
    serve,
    fetch,
    project,
    emulator: { outcome: { tracked }, ...emulator },
    ...machine,
  });
  await prepare?.(world.ctx);
  equal(await world.kedroAzureml(line), exit, world.ctx.stderr());
  const before = world.ctx.stdout().length;
  equal(await world.kedroAzureml("ui --json"), 0, world.ctx.stderr());
  const printed = JSON.parse(world.ctx.stdout().slice(before));
  const { url } = printed;
  const get = (path: string, headers: Record<string, string> = {}, init: RequestInit = {}) =>
    handler!(new Request(new URL(path, "http://127.0.0.1:4711/"), { headers, ...init }));
  const first = await get(url);
  const cookie = first.headers.get("set-cookie")!.split(";")[0]!;
  return { world, printed, url: url as string, first, get, cookie, tokens };
}

/** The data in a page. */
function dataIn(html: string) {
  return JSON.parse(/id="data">(.*?)<\/script>/s.exec(html)![1]!);
}

Deno.test("ui shows no token in its pages", async () => {
  const { get, cookie, first, tokens, world, printed, url } = await served();
  deepEqual(printed, { url, workspace: "ws-golden" });
  equal(first.status, 303);
  match(first.headers.get("set-cookie")!, /^\w+=\w+; HttpOnly; SameSite=Lax; Path=\/$/);
  equal((await get("/", { cookie: `theme=dark; ${cookie}; other=1` })).status, 200);
  const kept = ["cache-control", "referrer-policy"].map((name) => first.headers.get(name));
  deepEqual(kept, ["no-store", "no-referrer"], "the address has the key");

  const list = await get("/", { cookie });
  const run = await get("/runs/fox", { cookie });
  const state = await get("/runs/fox?part=state", { cookie });
  const log = await get("/runs/fox?part=log&step=count&from=0", { cookie });

  const jobs = dataIn(await list.text());
  equal(jobs.title, "Jobs");
  deepEqual(jobs.view, {
    kind: "jobs",
    workspace: "ws-golden",
    jobs: [{
      name: "fox",
      job: "main",
      status: "Completed",
      displayName: "Tiny run",
      experiment: "tiny-exp",
      href: "/runs/fox",
      isMine: true,
      createdAt: jobs.view.jobs[0].createdAt,
      endedAt: jobs.view.jobs[0].endedAt,
      createdBy: jobs.view.jobs[0].createdBy,
    }],
    isMore: false,
  });
  match(new Date(jobs.view.jobs[0].createdAt).toISOString(), /^2026-01-02T03:0/);
  equal(typeof jobs.view.jobs[0].createdBy, "string");
  equal(jobs.pollMs, 10_000);
  deepEqual(await (await get("/?part=state", { cookie })).json(), jobs.view);
  match(list.headers.get("content-security-policy")!, /default-src 'none'.*frame-ancestors 'none'/);
  const page = await run.text();
  const { view, title, pollMs } = dataIn(page);
  deepEqual([title, pollMs, view.job], ["main, Completed", 10_000, "main"]);
  deepEqual([view.name, view.steps.length, view.steps[1].tracked], ["fox", 2, [
    { metrics: [{ name: "mae", value: 1.5 }], params: [] },
  ]]);
  equal((await state.json()).status, "Completed");
  match((await log.json()).text, /count has run/);
  ok(tokens.size > 0);
  equal([...tokens].some((token) => page.includes(token)), false, "no token is in the page");
  const none = await get("/runs/none", { cookie });
  deepEqual([none.status, none.headers.get("content-type")], [502, "text/plain"]);
  match(await none.text(), /^Cannot .*none/);
  const before = world.ctx.stdout().length;
  equal(await world.kedroAzureml("ui"), 0, world.ctx.stderr());
  match(
    world.ctx.stdout().slice(before),
    /^✓ Jobs of workspace ws-golden:\nhttp:\/\/127\.0\.0\.1:4711\/\?key=[0-9a-f]{32}\n {2}Press Ctrl\+C to stop\n$/,
  );
});

Deno.test("ui rejects requests for other hosts or without its key", async () => {
  const { get, cookie, url } = await served();
  const status = async (path: string, headers: Record<string, string> = {}, init: RequestInit = {}) =>
    (await get(path, headers, init)).status;
  equal(await status("/"), 403);
  equal(await status("/?key=guess"), 403);
  equal(await status(url), 403, "a key works once");
  equal(await status(url, { cookie }), 303);
  equal(await status("/", { cookie: `${cookie.split("=")[0]}=of-another; ${cookie}` }), 200);
  equal(
    (await get("http://127.0.0.1:4711//evil.example/?key=", { cookie })).headers.get("location"),
    "/evil.example/",
  );
  equal(await status("/", { cookie: cookie.slice(0, -1) }), 403);
  const posted = await get("/", { cookie }, { method: "POST" });
  deepEqual([posted.status, await posted.text()], [405, "This page only reads.\n"]);
  equal(await status("/", { cookie }, { method: "HEAD" }), 405);
  equal(await status("http://evil.example:4711/", { cookie }), 421);
  equal(await status(url.replace("127.0.0.1", "evil.example")), 421);
});

for (
  const [where, env, interactive, line, programs] of [
    ["on a desktop", { DISPLAY: ":0" }, true, "ui", ["xdg-open"]],
    ["with --no-open", { DISPLAY: ":0" }, true, "ui --no-open", []],
    ["without a person", { DISPLAY: ":0" }, false, "ui", []],
    ["over SSH", { DISPLAY: ":0", SSH_TTY: "/dev/pts/0" }, true, "ui", []],
    ["with the second program if the first fails", { DISPLAY: ":1" }, true, "ui", [
      "xdg-open",
      "x-www-browser",
    ]],
  ] as const
) {
  Deno.test(`ui opens ${programs.length > 0 ? "a" : "no"} browser ${where}`, async () => {
    const started: string[] = [];
    const files: string[] = [];
    const { kedroAzureml, ctx } = makeWorld({
      env: { ...SIGNED_IN, ...env },
      interactive,
      serve: () => Promise.resolve({ port: 4711, finished: Promise.resolve() }),
      exec: async (program, args) => {
        match(args[0]!, /^file:\/\/\/.+\/kedro-azureml-[0-9a-f-]{36}\.html$/, "every user sees arguments");
        const file = fileURLToPath(args[0]!);
        match(await ctx.fs.readText(file), /url=http:\/\/127\.0\.0\.1:4711\/\?key=[0-9a-f]{32}"/);
        files.push(file);
        started.push(program);
        return exited({ status: programs.length > started.length ? 3 : 0 });
      },
    });
    equal(await kedroAzureml(line), 0, ctx.stderr());
    deepEqual(started, programs);
    for (const file of files) equal(await ctx.fs.stat(file), undefined);
  });
}

for (
  const [thrown, exit, message] of [
    [new Deno.errors.AddrInUse(), 2, "Cannot serve on port 8100: it is already in use"],
    [new TypeError("out of order"), 70, "out of order"],
  ] as const
) {
  Deno.test(`ui exits ${exit} if it cannot listen on its port because of ${thrown.name}`, async () => {
    const { kedroAzureml, ctx } = makeWorld({ serve: () => Promise.reject(thrown) });
    equal(await kedroAzureml("ui --port 8100 --json"), exit);
    ok(ctx.stderr().includes(message), ctx.stderr());
    equal(ctx.stderr().includes('"code":"ui.port"'), exit === 2);
  });
}

Deno.test("ui compares runs", async () => {
  const { get, cookie, world } = await served();
  const params = ["--params", '{"rate":0.2}'];
  equal(await world.kedroAzureml(["submit", "-j", "main", "--name", "owl", "--wait", ...params]), 0);
  const page = await (await get("/compare?run=fox&run=owl", { cookie })).text();
  const { view } = dataIn(page);
  deepEqual(view.runs.map(({ name }: { name: string }) => name), ["fox", "owl"]);
  deepEqual(view.changes.map(({ name, values }: Record<string, unknown>) => [name, values]), [
    ["rate", [null, "0.2"]],
  ]);
  deepEqual(view.metrics, [{ step: "count", metric: "mae", values: [1.5, 1.5], change: 0 }]);
  equal((await get("/compare?run=fox", { cookie })).status, 404);
  for (const runs of ["run=fox&run=..%2Fowl", "run=fox&run=owl&run=..%2Ffox"]) {
    equal((await get(`/compare?${runs}`, { cookie })).status, 404, runs);
  }
  equal((await get("/compare?run=fox&run=none", { cookie })).status, 502);
});

Deno.test("ui lists the newest 100 jobs", async () => {
  const job = { jobType: "Pipeline", status: "Completed" };
  const value = Array.from(
    { length: 101 },
    (_, at) => ({ name: `j${at}`, id: `/jobs/j${at}`, properties: job }),
  );
  const { get, cookie } = await served({}, {
    stored: ({ url }) => /\/jobs\?/.test(url) ? Response.json({ value }) : undefined,
  });
  const { jobs } = await (await get("/?part=state", { cookie })).json();
  deepEqual([jobs.length, jobs[0].name, jobs.at(-1).name], [100, "j0", "j99"]);
});

Deno.test("ui compares the commits of runs without readable code", async () => {
  const exec = async (_: string, args: readonly string[]) =>
    exited({ stdout: args.includes("--name-only") ? "src/a.py\0" : "" });
  const { get, cookie, world } = await served({}, {
    env: { ...SIGNED_IN, PATH: "/usr/bin" },
    exec,
    stored: ({ method, url }) =>
      method === "GET" && /\/codes\/[^/]+\/versions\/1\?/.test(url)
        ? new Response(null, { status: 404 })
        : undefined,
    async prepare({ fs, cwd }) {
      await fs.writeText("/usr/bin/git", "");
      await fs.writeText(`${cwd}/.git/HEAD`, `${"a".repeat(40)}\n`);
    },
  });
  await world.ctx.fs.writeText(`${world.ctx.cwd}/.git/HEAD`, `${"b".repeat(40)}\n`);
  await world.ctx.fs.writeText(`${world.ctx.cwd}/src/more.txt`, "changed");
  equal(await world.kedroAzureml("submit -j main --name owl --wait"), 0, world.ctx.stderr());
  const { view } = dataIn(await (await get("/compare?run=fox&run=owl", { cookie })).text());
  deepEqual(view.files, ["src/a.py"]);
});

Deno.test("ui opens the run of a step with the step selected", async () => {
  const { get, cookie } = await served();
  const { steps } = dataIn(await (await get("/runs/fox", { cookie })).text()).view;
  const { view } = dataIn(await (await get(`/runs/${steps[1].run}`, { cookie })).text());
  deepEqual([view.name, view.job, view.selected], ["fox", "main", "count"]);
  for (const path of ["/runs/f%6fx", "/compare?run=f%256fx&run=fox"]) {
    equal((await get(path, { cookie })).status, 200, path);
  }
  for (const id of ["%2e%2e%2ffox", "%ff"]) equal((await get(`/runs/${id}`, { cookie })).status, 404, id);
});

Deno.test("ui finds steps by a text in their logs", async () => {
  const { get, cookie } = await served({ outcome: { failingSteps: { count: "password=hush" } } }, {
    exit: 1,
  });
  const search = async (text: string) =>
    (await (await get(`/runs/fox?part=search&text=${encodeURIComponent(text)}`, { cookie })).json()).steps;
  deepEqual(await search("COUNT has run"), ["count"]);
  deepEqual(await search("running node"), ["clean", "count"]);
  deepEqual(await search("nowhere"), []);
  deepEqual(await search(" "), []);
  deepEqual(await search("password=hush"), []);
});

Deno.test("ui masks secrets in a downloaded log", async () => {
  const { get, cookie } = await served(
    { outcome: { failingSteps: { count: "ValueError: password=hush" } } },
    {
      exit: 1,
    },
  );
  const file = encodeURIComponent("user_logs/std_log.txt");
  const log = await get(`/runs/fox?part=download&step=count&file=${file}`, { cookie });
  equal(log.status, 200);
  const text = await log.text();
  match(text, /^[^]*Running node: count[^]*ValueError: password=\*\*\*/);
  deepEqual(
    ["content-type", "content-disposition", "cache-control"].map((name) => log.headers.get(name)),
    ["text/plain; charset=utf-8", "attachment", "no-store"],
  );
});

/** A log of a step in place of the emulator's, as Azure's storage sends it. */
function storedLog(text: string, name = /std_log\.txt/) {
  const bytes = new TextEncoder().encode(text);
  return ({ url, method, headers }: Request): Response | undefined => {
    if (!name.test(url)) return undefined;
    const signed = { "x-ms-request-id": "1", "x-ms-version": "2021-12-02" };
    if (method === "HEAD") {
      return new Response(null, { headers: { ...signed, "content-length": `${bytes.length}` } });
    }
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(headers.get("range") ?? "") ?? [];
    if (from === undefined) return new Response(bytes, { headers: signed });
    if (Number(from) >= bytes.length) return new Response(null, { status: 416 });
    const part = bytes.slice(Number(from), to === "" ? undefined : Number(to) + 1);
    const range = `bytes ${from}-${Number(from) + part.length - 1}/${bytes.length}`;
    return new Response(part, { status: 206, headers: { ...signed, "content-range": range } });
  };
}

Deno.test("ui reads a long log in parts of 256 KiB", async () => {
  const most = 256 * 1024;
  const line = "a line of forty-two characters of the log\n";
  const text = line.repeat(10_000) + "the end";
  const { get, cookie } = await served({}, { stored: storedLog(text) });
  const part = async (from: string) => {
    const log = await (await get(`/runs/fox?part=log&step=count${from}`, { cookie })).json();
    const isSame = text.startsWith(log.text, log.next - log.text.length);
    return [isSame, log.text.length, log.next, log.skippedBytes];
  };
  const [whole, end] = [most - most % line.length, text.length];
  deepEqual(await part("&from=0"), [true, whole, whole, 0]);
  deepEqual(await part(""), [true, whole, whole, 0]);
  deepEqual(await part("&from=one"), [true, whole, whole, 0]);
  deepEqual(await part(`&from=${end - 7}`), [true, 7, end, 0]);
  deepEqual(await part(`&from=${end}`), [true, 0, end, 0]);
  const lines = most - (most - "the end".length) % line.length;
  deepEqual(await part("&from=-1"), [true, lines, end, end - lines]);
  deepEqual(await part("&from=-1&file=user_logs%2Fstd_log.txt"), [true, lines, end, end - lines]);
  deepEqual(await (await get("/runs/fox?part=log&step=count&file=none", { cookie })).json(), {
    files: ["user_logs/std_log.txt"],
    text: "",
    next: 0,
    skippedBytes: 0,
  });
  const none = await (await get("/runs/fox?part=log&step=none", { cookie })).json();
  deepEqual(none, { files: [], text: "", next: 0, skippedBytes: 0 });
});

Deno.test("ui shows the nodes of a grouped step with a long log", async () => {
  const first = "kedro-azureml: node 1/2 clean: started\nkedro-azureml: node 1/2 clean: completed in 3 s\n";
  const text = `${first}${"a line\n".repeat(50_000)}kedro-azureml: node 2/2 count: started\n`;
  const line = "submit main --group-by chain --name fox --wait";
  const { get, cookie } = await served({}, { line, stored: storedLog(text) });
  const [{ key }] = dataIn(await (await get("/runs/fox", { cookie })).text()).view.steps;
  const { nodeRuns } = await (await get(`/runs/fox?part=log&step=${key}&from=-1`, { cookie })).json();
  deepEqual(nodeRuns, [
    { name: "clean", status: "Completed", durationMs: 3000 },
    { name: "count", status: "Running" },
  ]);
});

Deno.test("ui shows the system log of a preparing step", async () => {
  const system = "system_logs/lifecycler/lifecycler.log";
  const log = storedLog("Preparing the environment\n", /lifecycler\.log/);
  const logFiles = { [system]: "https://emulatorstore1.blob.core.windows.net/azureml/lifecycler.log?sig=1" };
  const stored = (request: Request) => {
    const runId = /\/runs\/([^/]+)\/details$/.exec(request.url)?.[1];
    return runId === undefined ? log(request) : Response.json({ runId, logFiles });
  };
  const pace = { prepareMs: 0, stepMs: 80_000 };
  const { get, cookie, world } = await served({ pace }, { line: "submit main --name fox", stored });
  await world.ctx.clock.sleep(10_000);
  const { files, file, text } = await (await get("/runs/fox?part=log&step=clean&from=-1", { cookie })).json();
  deepEqual([files, file, text], [[system], system, "Preparing the environment\n"]);
});

Deno.test("ui shows whole lines of a growing log", async () => {
  let text = "no line yet";
  const { get, cookie, world } = await served({ pace: { stepMs: 600_000 } }, {
    line: "submit main --name fox",
    stored: (request) => storedLog(text)(request),
  });
  await world.ctx.clock.sleep(300_000);
  const part = async (from: number) => {
    const log = await (await get(`/runs/fox?part=log&step=clean&from=${from}`, { cookie })).json();
    return [log.text, log.next];
  };
  deepEqual(await part(0), ["", 0]);
  text = "password=hush\nand a part of";
  deepEqual(await part(0), ["password=***\n", 14]);
  deepEqual(await part(14), ["", 14]);
  text += " a line\n";
  deepEqual(await part(14), ["and a part of a line\n", 35]);
});

Deno.test("ui sends four requests for a run, one for the list of jobs", async () => {
  const { get, cookie, world } = await served({ pace: { stepMs: 10 * 60_000 } });
  const requestsOf = async (path: string) => {
    equal((await get(path, { cookie })).status, 200);
    const before = world.azure.requests.length;
    await get(path, { cookie });
    return world.azure.requests.length - before;
  };
  equal(await world.kedroAzureml("submit -j main --name owl"), 0);
  await world.ctx.clock.sleep(300_000);
  equal(await requestsOf("/?part=state"), 1);
  equal(await requestsOf("/runs/owl?part=state"), 4);
  equal(await requestsOf("/runs/owl?part=log&step=clean&from=-1"), 4);
  equal(await requestsOf("/runs/owl?part=log&step=clean&from=10"), 4);
  equal(await requestsOf("/runs/owl?part=search&text=a"), 4);
  equal(await world.kedroAzureml("submit -j main --name elk"), 0);
  await world.ctx.clock.sleep(2300);
  equal(await requestsOf("/runs/elk?part=search&text=a"), 2, "its step is queued and has no logs");
});
