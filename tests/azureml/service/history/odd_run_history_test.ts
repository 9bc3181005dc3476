import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { listArtifacts } from "../../../../src/azureml/service/history/artifacts.ts";
import { openRunHistory, type RunHistory } from "../../../../src/azureml/service/history/run_history.ts";
import { UserError } from "../../../../src/core/errors.ts";
import { PAGE, workspaceOf } from "./odd_answers.ts";

const json = (body: unknown) => Response.json(body);
const text = (body: string, type = "application/json", status = 200) =>
  new Response(body, { status, headers: { "content-type": type } });

/** A run history that answers everything with the same. */
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
  outputs: (history) => history.outputs("r"),
  logFiles: (history) => history.logFiles("r"),
  failure: (history) => history.failure("r"),
  artifacts: (history) => listArtifacts(history, "r", ""),
};

const run = { runId: "r", status: "Completed" };
const ODD: Readonly<Record<string, () => Response>> = {
  "an empty body": () => text(""),
  "no content": () => new Response(null, { status: 204 }),
  "JSON that was cut": () => text('{"value":[{"runId":"r","sta'),
  "a page of a gateway": () => text(PAGE, "text/html"),
  "a page that says it is JSON": () => text(PAGE),
  "a part of the body": () => text('{"value":[]', "application/json", 206),
  "null": () => json(null),
  "a list": () => json([run]),
  "a number": () => json(5),
  "an object in place of a list": () => json({ value: { ...run } }),
  "a text in place of a list": () => json({ value: "abc", continuationToken: 5 }),
  "things in a list that are no runs": () => json({ value: [null, 5, [], {}, { runId: 5 }] }),
  "a run without anything": () => json({ runId: null, status: null, properties: null }),
  "times that are none": () =>
    json({
      value: [{ ...run, createdUtc: "soon", endTimeUtc: {} }],
      ...run,
      createdUtc: "x",
      startTimeUtc: 5,
    }),
  "no logs": () => json({ logFiles: null, error: null, runMetadata: null }),
  "logs without addresses": () => json({ logFiles: { "user_logs/std_log.txt": 5 }, error: { error: null } }),
  "logs that are a text": () => json({ logFiles: "none", error: "failed" }),
  "an error that is a text": () => json({ error: { error: "failed" }, logFiles: {} }),
  "outputs that are a text": () => json({ runMetadata: { outputs: "none" } }),
  "outputs without assets": () =>
    json({ runMetadata: { outputs: { a: null, b: { assetId: 5 } } }, values: 5 }),
  "a refusal in XML": () => text("<Error><Code>Busy</Code></Error>", "application/xml", 400),
  "a refusal without a body": () => new Response(null, { status: 418 }),
};

for (const [what, answer] of Object.entries(ODD)) {
  for (const [name, operation] of Object.entries(OPERATIONS)) {
    Deno.test(`run history that answers ${what} is no defect of ours: ${name}`, async () => {
      const history = await historyOf(answer);
      const found = await operation(history).catch((thrown) => {
        if (!(thrown instanceof UserError)) throw thrown;
      });
      // What is found is printed, as JSON too.
      JSON.stringify(found);
    });
  }
}

Deno.test("what is right in a list of run history is used, whatever is beside it", async () => {
  const history = await historyOf(() =>
    json({ value: [null, { ...run, displayName: "train", createdUtc: "2026-01-02T03:04:05Z" }] })
  );
  const found = await history.children("j");
  deepStrictEqual(found.map(({ step, createdAt }) => [step, createdAt?.toISOString()]), [
    ["train", "2026-01-02T03:04:05.000Z"],
  ]);
});

Deno.test("a page of a gateway is said to be one, not taken for an empty answer", async () => {
  for (const operation of Object.values(OPERATIONS)) {
    const history = await historyOf(() => text(PAGE, "text/html"));
    const error = await operation(history).then(() => undefined, (thrown) => thrown as UserError);
    strictEqual(error?.code, "network.answer");
  }
});
