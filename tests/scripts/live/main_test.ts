import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { createScrubber, liveSteps } from "../../../scripts/live/main.ts";
import { commandOf } from "../../cli/parsed.ts";

const JWT = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2lnbmF0dXJl";

Deno.test("the live check removes identifying values from its report", () => {
  const scrub = createScrubber({ workspace: "ws", "resource group": "ws-group", user: "" });
  const cases: readonly [string, string][] = [
    ["workspaces/ws in ws-group, news", "workspaces/<workspace> in <resource group>, news"],
    [`Bearer ${JWT}.`, "Bearer ***"],
    [
      "https://acc1.blob.core.windows.net/c?sv=2021-12-02&sr=c&sig=a%2Bb&comp=list",
      "https://<account 1>.blob.core.windows.net/c?sv=***&sr=***&sig=***&comp=list",
    ],
    ["storage account acc1", "storage account <account 1>"],
    ["ab12cd34-1111-2222-3333-444455556666 AB12CD34-1111-2222-3333-444455556666", "<id 1> <id 1>"],
    ["00000000111122223333444455556666", "<id 2>"],
    ["jane.doe@corp.example.com", "<email 1>"],
    ['{"client_secret": "x y"}', '{"client_secret": "***"}'],
    ["AccountKey=abc==;x", "AccountKey=***;x"],
    ["10.1.2.3 and 127.0.0.1", "<address 1> and 127.0.0.1"],
    ["POST /oauth2/v2.0/token: 200", "POST /oauth2/v2.0/token: 200"],
  ];
  for (const [text, expected] of cases) strictEqual(scrub(text), expected);
});

Deno.test("the live check runs valid commands", async () => {
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
