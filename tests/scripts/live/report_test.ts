import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { exchangeOf } from "../../../scripts/live/record.ts";
import { createScrubber, shapeOf } from "../../../scripts/live/report.ts";
import { liveSteps } from "../../../scripts/live/steps.ts";
import { commandOf } from "../../cli/parsed.ts";

const JWT = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2lnbmF0dXJl";

Deno.test("createScrubber() replaces only identifying values", () => {
  const scrub = createScrubber({ workspace: "ws", "resource group": "ws-group", user: "" });
  const cases: readonly [string, string][] = [
    ["workspaces/ws in ws-group, news", "workspaces/<workspace> in <resource group>, news"],
    [`Bearer ${JWT}.`, "Bearer <token>."],
    [
      "https://acc1.blob.core.windows.net/c?sv=2021-12-02&sr=c&sig=a%2Bb&comp=list",
      "https://<account 1>.blob.core.windows.net/c?sv=<hidden>&sr=<hidden>&sig=<hidden>&comp=list",
    ],
    ["storage account acc1", "storage account <account 1>"],
    ["ab12cd34-1111-2222-3333-444455556666 AB12CD34-1111-2222-3333-444455556666", "<id 1> <id 1>"],
    ["00000000111122223333444455556666", "<id 2>"],
    ["jane.doe@corp.example.com", "<email 1>"],
    ['{"client_secret": "x y"}', '{"client_secret": "<hidden>"}'],
    ["AccountKey=abc==;x", "AccountKey=<hidden>;x"],
    ["10.1.2.3 and 127.0.0.1", "<address 1> and 127.0.0.1"],
    ["POST /oauth2/v2.0/token: 200", "POST /oauth2/v2.0/token: 200"],
  ];
  for (const [text, expected] of cases) strictEqual(scrub(text), expected);
});

Deno.test("shapeOf() keeps only the shape of a private answer", () => {
  strictEqual(
    shapeOf('[{"name":"a","n":1,"x":null},{}]'),
    '[{"name":"string","n":"number","x":null},"… 2 entries"]',
  );
  strictEqual(shapeOf("jane"), "4 characters that are not JSON");
});

Deno.test("liveSteps() returns valid commands in order", async () => {
  const steps = liveSteps("p", 60);
  const commands = await Promise.all(steps.map(({ line }) => commandOf(line.split(" "))));
  ok(commands.includes("submit") && commands.includes("schedule"));
  const made = steps.flatMap(({ makes }) => makes ?? []);
  deepStrictEqual(steps.flatMap(({ cleansUp }) => cleansUp ?? []), made);
  const soFar = new Set<string>();
  for (const { line, needs, makes } of steps) {
    ok(needs === undefined || soFar.has(needs), line);
    if (makes !== undefined) soFar.add(makes);
  }
});

Deno.test("exchangeOf() keeps only keys and words of Azure's", () => {
  const id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/shop";
  const message = "The client 'ada@shop.example' has no access to job live-1-job from 10.1.2.3";
  const answer = {
    id: `${id}/jobs/live-1-job`,
    properties: {
      jobType: "Pipeline",
      displayName: "Shop",
      computeId: `${id}/computes/secret-cluster`,
      tags: { owner: "ada" },
      userPuId: "1003000000000000",
    },
    value: [{ name: "other", inputs: { sales: "x" } }, { name: "third" }],
    error: { code: "Forbidden", message },
    systemData: { createdAt: "2026-12-01T10:00:00Z", createdBy: "Ada" },
  };
  const exchange = exchangeOf({
    method: "GET",
    url: `https://management.azure.com${id}/jobs/live-1-job?api-version=1&secret=x`,
    sent: "",
    status: 403,
    headers: new Headers({ location: `https://management.azure.com${id}`, "x-other": "y" }),
    text: JSON.stringify(answer),
  }, "live-1");
  deepStrictEqual(exchange, {
    send: "GET jobs/made-job?api-version=1",
    status: 403,
    answerHeaders: { location: "{url}" },
    answer: {
      id: "{=ws}/jobs/made-job",
      properties: {
        jobType: "Pipeline",
        displayName: "{text}",
        computeId: "{=ws}/computes/{text}",
        tags: {},
        userPuId: "{text}",
      },
      value: [{ name: "{text}", inputs: {} }],
      error: { code: "Forbidden", message: "The client '{text}' has no access to job made-job from {text}" },
      systemData: { createdAt: "{time}", createdBy: "{text}" },
    },
  });
});
