import { deepStrictEqual, match, rejects, strictEqual } from "node:assert/strict";
import { listArtifacts } from "../../../src/azureml/runs/history.ts";
import {
  mayHaveLogs,
  openRunHistory,
  type RunHistory,
  type StepRun,
} from "../../../src/azureml/runs/history.ts";
import { UserError } from "../../../src/core/errors.ts";
import { PAGE, workspaceOf } from "./odd_answers.ts";

const json = (body: unknown) => Response.json(body);
const text = (body: string, type = "application/json", status = 200) =>
  new Response(body, { status, headers: { "content-type": type } });

/** Creates a run history that answers every request with `answer`. */
async function historyOf(answer: (request: Request) => Response): Promise<RunHistory> {
  const workspace = workspaceOf((request) => {
    const { pathname } = new URL(request.url);
    if (pathname.endsWith("/workspaces/ws")) {
      return json({ name: "ws", properties: { discoveryUrl: "https://eastus.api.azureml.ms/discovery" } });
    }
    return pathname === "/discovery" ? json({ api: "https://eastus.api.azureml.ms" }) : answer(request);
  });
  return await openRunHistory(workspace);
}

const OPERATIONS: Readonly<Record<string, (history: RunHistory) => Promise<unknown>>> = {
  children: (history) => history.children("j"),
  run: (history) => history.run("r"),
  outputs: (history) => history.outputs(["r"]),
  logFiles: (history) => history.logFiles("r"),
  failure: (history) => history.failure("r"),
  artifacts: (history) => listArtifacts(history, "r", ""),
};

const run = { runId: "r", status: "Completed" };
const ODD: Readonly<Record<string, () => Response>> = {
  "an empty body": () => text(""),
  "no content": () => new Response(null, { status: 204 }),
  "truncated JSON": () => text('{"value":[{"runId":"r","sta'),
  "an HTML page": () => text(PAGE, "text/html"),
  "an HTML page labeled as JSON": () => text(PAGE),
  "partial content": () => text('{"value":[]', "application/json", 206),
  "null": () => json(null),
  "a list": () => json([run]),
  "a number": () => json(5),
  "an object in place of a list": () => json({ value: { ...run } }),
  "a string in place of a list": () => json({ value: "abc", continuationToken: 5 }),
  "list items that are not runs": () => json({ value: [null, 5, [], {}, { runId: 5 }] }),
  "a run without fields": () => json({ runId: null, status: null, properties: null }),
  "invalid times": () =>
    json({
      value: [{ ...run, createdUtc: "soon", endTimeUtc: {} }],
      ...run,
      createdUtc: "x",
      startTimeUtc: 5,
    }),
  "no logs": () => json({ logFiles: null, error: null, runMetadata: null }),
  "logs without URLs": () => json({ logFiles: { "user_logs/std_log.txt": 5 }, error: { error: null } }),
  "a string in place of logs": () => json({ logFiles: "none", error: "failed" }),
  "a string in place of an error": () => json({ error: { error: "failed" }, logFiles: {} }),
  "a string in place of outputs": () => json({ runMetadata: { outputs: "none" } }),
  "outputs without data assets": () =>
    json({ runMetadata: { outputs: { a: null, b: { assetId: 5 } } }, values: 5 }),
  "an error in XML": () => text("<Error><Code>Busy</Code></Error>", "application/xml", 400),
  "an error without a body": () => new Response(null, { status: 418 }),
};

for (const [what, answer] of Object.entries(ODD)) {
  for (const [name, operation] of Object.entries(OPERATIONS)) {
    Deno.test(`${name}() of run history throws only UserError for ${what}`, async () => {
      const history = await historyOf(answer);
      const found = await operation(history).catch((thrown) => {
        if (!(thrown instanceof UserError)) throw thrown;
        match(thrown.code, /^(?:azure|network)\./);
      });
      // Results must be serializable, as they are printed as JSON.
      JSON.stringify(found);
    });
  }
}

Deno.test("children() of run history returns valid items and skips invalid items", async () => {
  const history = await historyOf(() =>
    json({
      value: [
        ...[null, { runId: "x" }, { status: "Running" }],
        { ...run, displayName: "train", createdUtc: "2026-01-02T03:04:05Z" },
      ],
    })
  );
  const found = await history.children("j");
  deepStrictEqual(found.map(({ step, createdAt }) => [step, createdAt?.toISOString()]), [
    ["train", "2026-01-02T03:04:05.000Z"],
  ]);
});

Deno.test("run() of run history takes an answer about the run whose id differs only in case", async () => {
  const history = await historyOf(() => json({ ...run, runId: "Fox_1" }));
  strictEqual((await history.run("fox_1")).id, "fox_1");
  await rejects(history.run("fox_2"), { code: "network.answer" });
});

Deno.test("children() and listArtifacts() of run history read all pages, each with its own parameter", async () => {
  const pagesOf = (parameter: string, items: readonly unknown[]) =>
    historyOf(({ url }) => {
      const { pathname, searchParams } = new URL(url);
      if (pathname.endsWith("/runs/r")) return json({ ...run, experimentId: "e" });
      if (pathname.endsWith("/experimentids/e/runs/r/artifacts/prefix/contentinfo")) {
        prefixes.push(searchParams.get("path"));
      }
      const at = Number(searchParams.get(parameter) ?? 0);
      return json({ value: [items[at]], continuationToken: at + 1 < items.length ? `${at + 1}` : null });
    });
  const prefixes: (string | null)[] = [];
  const steps = await pagesOf("$continuationtoken", ["a", "b", "c"].map((runId) => ({ ...run, runId })));
  deepStrictEqual((await steps.children("j")).map(({ id }) => id), ["a", "b", "c"]);
  const files = ["a", "b", "c"].map((path) => ({ path, contentUri: "https://acc.blob.core.windows.net/c" }));
  const artifacts = await pagesOf("continuationToken", files);
  const listed = await listArtifacts(artifacts, "r", "outputs/");
  deepStrictEqual(listed.map(({ path }) => path), ["a", "b", "c"]);
  deepStrictEqual(prefixes, ["outputs/", "outputs/", "outputs/"]);
});

Deno.test("run history readers reject an HTML page, and say what they were reading", async () => {
  const messages: Record<string, string | undefined> = {};
  for (const [name, operation] of Object.entries(OPERATIONS)) {
    const history = await historyOf(() => text(PAGE, "text/html"));
    const error = await operation(history).then(() => undefined, (thrown) => thrown as UserError);
    strictEqual(error?.code, "network.answer");
    messages[name] = error.message.split(": ")[0];
  }
  deepStrictEqual(messages, {
    children: 'Cannot read the steps of job "j"',
    run: 'Cannot read run "r"',
    outputs: 'Cannot find the outputs of run "r"',
    logFiles: 'Cannot read the logs of run "r"',
    failure: 'Cannot read why run "r" failed',
    artifacts: 'Cannot read run "r"',
  });
});

Deno.test("outputs() of run history asks for the assets of a run and their locations, in JSON", async () => {
  const asked: unknown[] = [];
  const answers = [
    { runMetadata: { outputs: { model: { assetId: "/x/data/rides/versions/3", type: "UriFolder" } } } },
    { values: { "/x/data/rides/versions/3": { uri: "azureml://d/paths/x" } } },
  ];
  const bodies: Promise<unknown>[] = [];
  const history = await historyOf((request) => {
    const { method, url, headers } = request;
    const names = ["content-type", "authorization"];
    asked.push([
      method,
      url.replace(/\/subscriptions.*\/workspaces\/ws/, "…"),
      ...names.map((name) => headers.get(name)),
    ]);
    bodies.push(request.json());
    return json(answers.shift());
  });
  deepStrictEqual((await history.outputs(["r"])).get("r"), [
    { name: "model", uri: "azureml://d/paths/x", asset: "rides:3" },
  ]);
  const api = "https://eastus.api.azureml.ms";
  deepStrictEqual(asked, [
    [
      "POST",
      `${api}/history/v1.0…/rundata`,
      "application/json",
      "Bearer https://management.azure.com/.default",
    ],
    [
      "POST",
      `${api}/data/v1.0…/dataversion/batchGetResolvedUris`,
      "application/json",
      "Bearer https://management.azure.com/.default",
    ],
  ]);
  deepStrictEqual(await Promise.all(bodies), [
    { runId: "r", selectRunMetadata: true },
    { values: ["/x/data/rides/versions/3"] },
  ]);
});

Deno.test("failure() of run history reads the end of the log with the version of the storage that every cloud has", async () => {
  const asked: unknown[] = [];
  const history = await historyOf((request) => {
    const { url, headers } = request;
    if (!url.includes(".blob.")) {
      return json({
        ...run,
        logFiles: { "user_logs/std_log.txt": "https://acc.blob.core.windows.net/c/a?sig=s" },
      });
    }
    asked.push(["x-ms-version", "range", "authorization"].map((name) => headers.get(name)));
    return new Response("x", { headers: { "x-ms-request-id": "1" } });
  });
  await history.failure("r");
  deepStrictEqual(asked, [["2021-12-02", "bytes=0-131071", null]]);
});

Deno.test("run() of run history returns all fields of a run", async () => {
  const history = await historyOf(() =>
    json({
      runId: "R",
      displayName: "train",
      name: "train_1",
      target: "Serverless",
      createdUtc: "2026-01-02T03:04:05Z",
      startTimeUtc: "2026-01-02T03:05:05Z",
      endTimeUtc: "2026-01-02T03:06:05Z",
      experimentId: "e",
      parentRunId: "j",
      properties: {
        "azureml.moduleName": "train_module",
        "azureml.isreused": "true",
        "azureml.reusedrunid": "old",
      },
    })
  );
  deepStrictEqual(await history.run("r"), {
    id: "r",
    step: "train",
    status: "NotStarted",
    compute: "serverless",
    createdAt: new Date("2026-01-02T03:04:05Z"),
    startedAt: new Date("2026-01-02T03:05:05Z"),
    endedAt: new Date("2026-01-02T03:06:05Z"),
    names: ["train", "train_1", "train_module"],
    experimentId: "e",
    parent: "j",
    reusedFrom: "old",
  });
});

Deno.test("failure() of run history returns the exception with which the log ends", async () => {
  const log =
    "Traceback (most recent call last):\n  File \"nodes.py\", line 3, in train\nKeyError: 'price'\n";
  const history = await historyOf((request) =>
    request.url.includes(".blob.")
      ? new Response(log, { headers: { "x-ms-request-id": "1", "x-ms-version": "2021-12-02" } })
      : json({ ...run, logFiles: { "user_logs/std_log.txt": "https://acc.blob.core.windows.net/c/a" } })
  );
  const { cause, ...rest } = await history.failure("r");
  deepStrictEqual(rest, { message: undefined, logName: "user_logs/std_log.txt", logTail: log.trimEnd() });
  match(JSON.stringify(cause), /KeyError: 'price'/);
});

Deno.test("run() of run history returns the usage of a run only if both its memory and its time are known", async () => {
  const usage = async (properties: Record<string, string>) =>
    (await (await historyOf(() => json({ ...run, properties }))).run("r")).usage;
  const [memory, time] = [{ "kedro_azureml.peak_memory_bytes": "7" }, { "kedro_azureml.cpu_ms": "9" }];
  deepStrictEqual(await usage({ ...memory, ...time }), { peakBytes: 7, cpuMs: 9 });
  for (const part of [memory, time, {}]) deepStrictEqual(await usage(part), undefined);
});

Deno.test("run() of run history names the reused run only if Azure says that it was reused", async () => {
  const reusedFrom = async (isReused?: string) => {
    const properties = { "azureml.isreused": isReused, "azureml.reusedrunid": "old" };
    return (await (await historyOf(() => json({ ...run, properties }))).run("r")).reusedFrom;
  };
  deepStrictEqual([await reusedFrom("true"), await reusedFrom("false"), await reusedFrom()], [
    "old",
    undefined,
    undefined,
  ]);
});

Deno.test("failure() of run history returns only Azure's message if the run has no logs", async () => {
  const history = await historyOf(() => json({ ...run, error: { error: { message: "\nIt failed" } } }));
  deepStrictEqual(await history.failure("r"), {
    message: "It failed",
    logName: undefined,
    logTail: undefined,
  });
});

Deno.test("failure() reads the log named in the message, else the first one", async () => {
  const read = async (message: string) => {
    const history = await historyOf((request) =>
      request.url.includes(".blob.")
        ? new Response(`log of ${new URL(request.url).pathname}\n`, {
          headers: { "x-ms-request-id": "1", "x-ms-version": "2021-12-02" },
        })
        : json({
          ...run,
          error: { error: { message } },
          logFiles: Object.fromEntries(
            ["user_logs/std_log_process_0.txt", "user_logs/std_log_process_1.txt"].map((
              name,
              at,
            ) => [name, `https://acc.blob.core.windows.net/c/${at}`]),
          ),
        })
    );
    const { logName, logTail } = await history.failure("r");
    return [logName, logTail];
  };
  deepStrictEqual(await read("Please check log file 'user_logs/std_log_process_1.txt' for error details."), [
    "user_logs/std_log_process_1.txt",
    "log of /c/1",
  ]);
  deepStrictEqual(await read("It failed"), ["user_logs/std_log_process_0.txt", "log of /c/0"]);
});

Deno.test("failure() of run history has no log if its host cannot be reached", async () => {
  const history = await historyOf((request) => {
    if (request.url.includes(".blob.")) throw new TypeError("fetch failed");
    const logFiles = { "user_logs/std_log.txt": "https://acc.blob.core.windows.net/c/a" };
    return json({ ...run, error: { error: { message: "It failed" } }, logFiles });
  });
  deepStrictEqual(await history.failure("r"), {
    message: "It failed",
    logName: "user_logs/std_log.txt",
    logTail: undefined,
  });
});

Deno.test("failure() of run history rethrows bugs that it meets while it reads the log", async () => {
  const history = await historyOf((request) => {
    if (request.url.includes(".blob.")) throw new RangeError("defect");
    return json({ ...run, logFiles: { "user_logs/std_log.txt": "https://acc.blob.core.windows.net/c/a" } });
  });
  await rejects(history.failure("r"), { message: "defect" });
});

Deno.test("listArtifacts() returns only files with a path and a URL", async () => {
  const value = [{ path: "a" }, { contentUri: "https://a" }, { path: "b", contentUri: "https://b" }];
  const history = await historyOf((request) => json(request.url.includes("/artifacts/") ? { value } : run));
  deepStrictEqual(await listArtifacts(history, "r", ""), [{ path: "b", url: "https://b" }]);
});

Deno.test("mayHaveLogs() returns true for runs that are being prepared, started or ended", () => {
  const [startedAt, endedAt] = [new Date(0), new Date(1)];
  const may = (status: string, times: Partial<StepRun>) => mayHaveLogs({ status, ...times } as StepRun);
  deepStrictEqual(
    [may("Queued", {}), may("Queued", { startedAt }), may("Canceled", { endedAt }), may("Preparing", {})],
    [false, true, true, true],
  );
});

Deno.test("run() and logFiles() of run history ignore invalid dates, names and URLs", async () => {
  const odd = {
    ...run,
    displayName: "",
    createdUtc: "soon",
    startTimeUtc: 5,
    endTimeUtc: "2026-01-01T00:00:00Z",
  };
  const history = await historyOf(() => json({ ...odd, logFiles: { "a.txt": "https://a", "b.txt": 5 } }));
  const { step, createdAt, startedAt, endedAt } = await history.run("r");
  deepStrictEqual([step, createdAt, startedAt, endedAt], [
    "r",
    undefined,
    undefined,
    new Date("2026-01-01T00:00:00Z"),
  ]);
  deepStrictEqual(await history.logFiles("r"), { "a.txt": "https://a" });
});
