import { deepStrictEqual, match } from "node:assert/strict";
import {
  listArtifacts,
  mayHaveLogs,
  openRunHistory,
  type RunHistory,
  type StepRun,
} from "../../../src/azureml/runs/history.ts";
import { workspaceOf } from "./odd_answers.ts";

const json = (body: unknown) => Response.json(body);
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

const run = { runId: "r", status: "Completed" };
Deno.test("openRunHistory() reads all pages of runs and artifacts", async () => {
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

Deno.test("openRunHistory() returns all fields of a run", async () => {
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

Deno.test("openRunHistory() returns the exception in a step's log", async () => {
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

Deno.test("failure() reads the log named in Azure's message", async () => {
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

Deno.test("failure() returns no log if its host cannot be reached", async () => {
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

Deno.test("mayHaveLogs() returns false for a queued run", () => {
  const [startedAt, endedAt] = [new Date(0), new Date(1)];
  const may = (status: string, times: Partial<StepRun>) => mayHaveLogs({ status, ...times } as StepRun);
  deepStrictEqual(
    [may("Queued", {}), may("Queued", { startedAt }), may("Canceled", { endedAt }), may("Preparing", {})],
    [false, true, true, true],
  );
});
