import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { createScrubber, isGood, renderReport, shapeOf } from "../../../scripts/live/report.ts";
import { liveSteps } from "../../../scripts/live/steps.ts";
import { commandOf } from "../../cli/parsed.ts";

const JWT = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2lnbmF0dXJl";

Deno.test("createScrubber() replaces identifying values and keeps the rest", () => {
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

Deno.test("renderReport() marks failures and hides output of private commands", () => {
  const [step] = liveSteps("p", 1).filter(({ isPrivate }) => isPrivate);
  const result = { step: step!, code: 5, seconds: 2, stdout: '["jane"]', stderr: "refused" };
  strictEqual(isGood(result), false);
  const report = renderReport([result], { system: "x" }, createScrubber({}));
  ok(report.includes("| **look** | `job list --json` | 5 | 2 |"), report);
  ok(!report.includes("jane"), report);
});

Deno.test("liveSteps() returns valid commands that delete the schedules they create", async () => {
  const steps = liveSteps("p", 60);
  const commands = await Promise.all(steps.map(({ line }) => commandOf(line.split(" "))));
  ok(commands.includes("submit") && commands.includes("schedule"));
  const made = steps.filter(({ line }) => /^schedule p-\S+$/.test(line)).map(({ line }) =>
    line.split(" ")[1]
  );
  const deleted = steps.filter(({ line, cleansUp }) => cleansUp && line.startsWith("schedule delete"))
    .map(({ line }) => line.split(" ")[2]);
  deepStrictEqual(deleted, made);
});
