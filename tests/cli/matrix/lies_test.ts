import { deepEqual, doesNotMatch, equal, match, ok } from "node:assert/strict";
import { type Deceit, deceive } from "../../fakes/emulator/faults.ts";
import { makeWorld, type World } from "../world.ts";
import { dealt } from "./dealt.ts";

const SNAPSHOT = "--snapshot /snapshot.json";

/** Command lines that send requests to Azure after the job `first` was submitted with `--wait`. */
const LINES = [
  `submit main ${SNAPSHOT} --name second --wait`,
  `submit main ${SNAPSHOT} --name first`,
  `validate main ${SNAPSHOT} --online`,
  `diff main ${SNAPSHOT} --against first`,
  "rerun first --name again",
  `schedule nightly ${SNAPSHOT}`,
  "schedule list",
  "job list",
  "job show first",
  "job follow first",
  "job logs first",
  "job report first -o /out/report.html",
  "job download first -o /out/files",
  "job download first -o /out/files --outputs",
  "job metrics first",
  `setup ${SNAPSHOT} --yes`,
  "job cancel first",
  "auth status",
  "doctor",
];

const ORIGINS = [
  "https://elsewhere.example",
  "http://elsewhere.example",
  "https://127.0.0.1:9",
  "http://localhost:9",
];

/** Answers that name a foreign host. */
const LIES: readonly Deceit[] = [
  ...ORIGINS.map((origin) => ({ kind: "lie", origin } as const)),
  ...[301, 302, 303, 307, 308].flatMap((status) =>
    ORIGINS.slice(0, 2).map((origin) => ({ kind: "redirect", status, origin } as const))
  ),
];

const OUTPUTS = { b: { "part-0.csv": "1\n" } };

const snapshot = await (async () => {
  const { ctx, kedroAzureml } = makeWorld();
  await kedroAzureml("inspect --json");
  return new TextEncoder().encode(ctx.stdout());
})();

/** Lines that meet every lie. */
const ALWAYS = [LINES[0]!, "job download first -o /out/files"];
const pairs = dealt(LINES, LIES, 2);

for (const happens of LIES) {
  const { kind, origin } = happens;
  const lines = LINES.filter((line) =>
    ALWAYS.includes(line) || pairs.some(([one, lie]) => one === line && lie === happens)
  );
  const what = happens.kind === "redirect" ? `a ${happens.status} redirect` : "an address in a response";
  Deno.test(`commands do not follow ${what} to ${origin}`, async () => {
    const elsewhere: string[] = [];
    let lies = false;
    const world: World = makeWorld({
      emulator: { outcome: { artifacts: { "outputs/a.txt": "a" }, outputs: OUTPUTS } },
      async fetch(request) {
        equal(request.redirect, "manual", request.url);
        if (new URL(request.url).origin === origin) elsewhere.push(`${request.method} ${request.url}`);
        const act = () => world.azure.fetch(request);
        const isSignIn = request.url.startsWith("https://login.");
        return await (lies && !isSignIn ? deceive(happens, request, act) : act());
      },
    });
    world.ctx.files.set("/snapshot.json", snapshot);
    equal(await world.kedroAzureml(`submit main ${SNAPSHOT} --name first --wait`), 0, world.ctx.stderr());
    lies = true;
    for (const line of lines) {
      const exit = await world.kedroAzureml(line);
      ok(exit !== 70, `${line}: ${world.ctx.stderr()}`);
      deepEqual(elsewhere, [], line);
      if (kind === "redirect" && line !== "auth status" && line !== "doctor") {
        ok(exit === 6 || exit === 4, `${line}: exit ${exit} ${world.ctx.stderr()}`);
      }
    }
    const before = world.azure.resources("jobs").length;
    if (kind === "redirect") equal(before, 1);
    world.ctx.files.set("/home/user/tiny/src/new.py", new TextEncoder().encode("print(1)\n"));
    equal(await world.kedroAzureml(`submit main ${SNAPSHOT} --name new`), 6, "new code is uploaded");
    deepEqual([elsewhere, world.azure.resources("jobs").length], [[], before]);
  });
}

const page = () =>
  new Response("<html><h1>Sign in to this network</h1></html>", {
    headers: { "content-type": "text/html" },
  });

for (const line of LINES) {
  Deno.test(`${line.replace(` ${SNAPSHOT}`, "")} fails for a sign-in page in place of a response`, async () => {
    let pages = false;
    const world: World = makeWorld({
      emulator: { outcome: { artifacts: { "outputs/a.txt": "a" }, outputs: OUTPUTS } },
      async fetch(request) {
        return pages && !request.url.startsWith("https://login.") ? page() : await world.azure.fetch(request);
      },
    });
    world.ctx.files.set("/snapshot.json", snapshot);
    equal(await world.kedroAzureml(`submit main ${SNAPSHOT} --name first --wait`), 0, world.ctx.stderr());
    pages = true;
    equal(await world.kedroAzureml(line), 6, world.ctx.stderr());
    match(`${world.ctx.stdout()}${world.ctx.stderr()}`, /HTTPS_PROXY/);
    equal(world.azure.resources("jobs").length, 1);
  });
}

const JOB = /\/jobs\/second\b/;
const ODD_JOBS: Readonly<Record<string, unknown>> = {
  "another id": { id: "/subscriptions/s/workspaces/ws/jobs/other", name: "other", properties: {} },
  "fields of other types": { id: 5, name: [], properties: {} },
  "a list in place of a job": { value: [] },
  "no fields": {},
};
for (const [name, body] of Object.entries(ODD_JOBS)) {
  Deno.test(`submit fails if the response for the job has ${name}`, async () => {
    const world: World = makeWorld({
      async fetch(request) {
        const isJob = request.method === "PUT" && JOB.test(request.url);
        return isJob ? Response.json(body, { status: 201 }) : await world.azure.fetch(request);
      },
    });
    world.ctx.files.set("/snapshot.json", snapshot);
    equal(await world.kedroAzureml(`submit main ${SNAPSHOT} --name second`), 6, world.ctx.stderr());
    doesNotMatch(world.ctx.stdout(), /Submitted/);
  });
}

const CODE_URI = "https://goldenstore.blob.core.windows.net/code/a%zz";
/** Answers to a request that lead elsewhere or nowhere, a line that meets each, and what it says. */
const LEADING: readonly (readonly [
  what: string,
  asked: RegExp,
  answer: object | undefined,
  line: string,
  says: RegExp,
])[] = [
  [
    "ignores a next page on another host",
    /^GET .*\/jobs\?/,
    { value: [], nextLink: `${ORIGINS[0]}/next` },
    "job list",
    /^0 [^]*Workspace ws-golden has no jobs/,
  ],
  [
    "fails for an invalid URL of a container",
    /startPendingUpload/,
    {
      blobReferenceForConsumption: { blobUri: "//x", credential: { credentialType: "SAS", sasUri: "//x" } },
    },
    `submit main ${SNAPSHOT} --name second`,
    /^6 [^]*Cannot start the upload of the code: .+ unexpected response/,
  ],
  [
    "fails for an empty response to a component",
    /^PUT .*\/components\//,
    undefined,
    `submit main ${SNAPSHOT} --name second`,
    /^6 [^]*: management\.azure\.com returned an unexpected response/,
  ],
  [
    "accepts a stray % in the URL of the code",
    /^GET .*\/codes\/[^/]+\/versions\//,
    { properties: { codeUri: CODE_URI } },
    `diff main ${SNAPSHOT} --against first`,
    /^0 [^]*~ all 2 steps: code:/,
  ],
];
for (const [what, asked, answer, line, says] of LEADING) {
  Deno.test(`${line.replace(` ${SNAPSHOT}`, "")} ${what}`, async () => {
    let [lies, met] = [false, 0];
    const world: World = makeWorld({
      async fetch(request) {
        ok(!request.url.startsWith(ORIGINS[0]!), request.url);
        if (!lies || !asked.test(`${request.method} ${request.url}`)) return await world.azure.fetch(request);
        met++;
        if (answer === undefined) return new Response(null, { status: 204 });
        const asset = request.method === "GET" && "properties" in answer;
        return Response.json({ ...(asset && await (await world.azure.fetch(request)).json()), ...answer });
      },
    });
    world.ctx.files.set("/snapshot.json", snapshot);
    equal(await world.kedroAzureml(`submit main ${SNAPSHOT} --name first --wait`), 0, world.ctx.stderr());
    world.ctx.files.set("/home/user/tiny/src/new.py", new TextEncoder().encode("print(1)\n"));
    lies = true;
    const exit = await world.kedroAzureml(line);
    ok(met > 0, "not asked");
    match(`${exit} ${world.ctx.stdout()}${world.ctx.stderr()}`, says);
  });
}

/** Answers about something else, or with items of other types. */
const OTHER_ANSWERS: Readonly<Record<string, unknown>> = {
  "another resource": { id: "/jobs/other", name: "other", runId: "other", info: { run_id: "other" } },
  "a list of other items": { value: [null, 5, { name: 5, properties: null }], runs: [null, 5], metrics: [5] },
  "a list": [],
};
/** Requests whose answers are replaced, and lines that need them. */
const READS: readonly (readonly [what: string, url: RegExp, lines: readonly string[]])[] = [
  ["the children of a run", /\/runs\/first\/children/, ["job logs first"]],
  ["a run", /\/runs\/first(?:\?|$)/, ["job show first", "job report first -o /out/report.html"]],
  ["the details of a run", /\/details(?:\?|$)/, ["job logs first --step clean"]],
  ["the data of a run", /\/rundata/, ["job download first -o /out/files --outputs"]],
  ["the URIs of outputs", /batchGetResolvedUris/, ["job download first -o /out/files --outputs"]],
  ["artifacts", /artifacts\/prefix/, ["job download first -o /out/files --outputs"]],
  ["a search for runs", /mlflow\/runs\/search/, ["job metrics first"]],
  ["the status of an operation", /mfeOperationsStatus/, [
    `schedule nightly ${SNAPSHOT}`,
    "schedule delete nightly",
  ]],
  ["a log", /\/user_logs\//, ["job logs first", "job download first -o /out/files --logs"]],
  ["the list of schedules", /\/schedules(?:\?|$)/, ["schedule list"]],
  ["the list of jobs", /\/jobs(?:\?|$)/, ["job list"]],
  ["permissions", /Authorization\/permissions/, ["auth status", `validate main ${SNAPSHOT} --online`]],
];

for (const [what, url, lines] of READS) {
  Deno.test(`${lines.join(" and ").replaceAll(` ${SNAPSHOT}`, "")} report${lines.length > 1 ? "" : "s"} an unexpected response for ${what}`, async () => {
    for (const [name, body] of Object.entries(OTHER_ANSWERS)) {
      let replaced = 0;
      let lies = false;
      const world: World = makeWorld({
        emulator: { outcome: { artifacts: { "outputs/a.txt": "a" }, outputs: OUTPUTS } },
        async fetch(request) {
          const response = await world.azure.fetch(request);
          if (!lies || !url.test(request.url)) return response;
          replaced++;
          return Response.json(body, { status: response.status });
        },
      });
      world.ctx.files.set("/snapshot.json", snapshot);
      for (const line of [`submit main ${SNAPSHOT} --name first --wait`, `schedule nightly ${SNAPSHOT}`]) {
        equal(await world.kedroAzureml(line), 0, world.ctx.stderr());
      }
      lies = true;
      for (const line of lines) {
        const before = replaced;
        const exit = await world.kedroAzureml(line);
        ok(replaced > before, `${line} requests nothing of ${url}`);
        const said = world.ctx.stdout() + world.ctx.stderr();
        // What only adds to a result is a warning, and items that are no resources are left out of lists.
        const isEmpty = name === "a list of other items" && exit < 6;
        ok(
          exit === 6 || exit !== 70 && /unexpected response/.test(said) || isEmpty,
          `${name}: ${exit} ${said}`,
        );
      }
    }
  });
}
