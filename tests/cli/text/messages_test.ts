import { deepEqual, equal, match } from "node:assert/strict";
import { type Finding, findingLines } from "../../../src/azureml/checks/finding.ts";
import { failureText, renderBug, renderError } from "../../../src/cli/text/error.ts";
import { prefixed } from "../../../src/cli/terminal/follow_events.ts";
import { type Place, UserError } from "../../../src/core/errors.ts";

const PLACE = { file: "a.yml", line: 3, column: 5, key: "jobs.main" };

function errorText(more: { hint?: string; place?: Place; details?: readonly string[] }): string {
  return renderError(new UserError("It is wrong", { code: "a.b", exit: 3, ...more })).text;
}

Deno.test("an error is printed with its place, details and hint", () => {
  equal(errorText({}), "error: It is wrong\n");
  equal(errorText({ hint: "Do it" }), "error: It is wrong\nhint: Do it\n");
  equal(
    errorText({ place: PLACE, details: ["more"], hint: "Do it" }),
    "error: It is wrong\n  at a.yml:3:5, jobs.main\n  more\nhint: Do it\n",
  );
  equal(errorText({ place: { file: "a.yml" } }), "error: It is wrong\n  at a.yml\n");
});

Deno.test("an internal error masks secrets in its message and stack", () => {
  const bug = new TypeError("no s3cret-value");
  bug.stack = "TypeError: no s3cret-value\n    at f";
  const { text, data } = renderBug(bug, "1.2.3", ["s3cret-value", undefined]);
  equal(
    text,
    "error: Internal error in kedro-azureml 1.2.3: no ***\n  TypeError: no ***\n  at f\n" +
      "hint: Report it with the lines above and the command you ran\n",
  );
  equal(/s3cret/.test(text + JSON.stringify(data)), false);
  match(renderBug("thrown text", "1", []).text, /: thrown text\n {2}thrown text\nhint/);
  delete bug.stack;
  match(renderBug(bug, "1", []).text, /: no s3cret-value\n {2}no s3cret-value\nhint/);
});

Deno.test("a failure of several lines is indented", () => {
  equal(failureText({ step: "a" } as Parameters<typeof failureText>[0]), "✗ a: Azure gave no reason");
  equal(
    failureText(
      { step: "a", node: "n", reason: "one\ntwo\n\nthree\n", place: "src/a.py:5" } as Parameters<
        typeof failureText
      >[0],
    ),
    "✗ a, node n: one\n  two\n\n  three\n  at src/a.py:5",
  );
});

Deno.test("logs of a distributed step name the process", () => {
  const log = (file: string, columns?: number) =>
    prefixed({ step: "long_name", file, text: "a\n\nb\n" }, columns);
  equal(log("user_logs/std_log.txt"), "long_name │ a\nlong_name │ \nlong_name │ b");
  equal(log("user_logs/std_log_process_012.txt").split("\n")[0], "long_name[12] │ a");
  equal(log("x/std_log_process_0.txt").split("\n")[0], "long_name[0] │ a");
  equal(log("std_log.txt", 30).split("\n")[0], "long_name │ a");
  equal(log("std_log.txt", 29).split("\n")[0], "long…ame │ a");
});

const finding = (more: Partial<Finding> = {}): Finding => ({
  severity: "error",
  code: "a.b",
  message: "No",
  ...more,
});

Deno.test("findings are printed with mark, place, code and hint", () => {
  const all = [
    finding({ severity: "warning", place: PLACE, hint: "Do it" }),
    finding({ details: ["more"] }),
    finding({ severity: "note", message: "FYI" }),
    finding({ severity: "warning", code: "c.d", message: "Other" }),
  ];
  deepEqual(findingLines(all, []), [
    "! a.yml:3:5: No [a.b]",
    "  hint: Do it",
    "! Other [c.d]",
    "✗ No [a.b]",
    "    more",
    "· FYI [a.b]",
  ]);
});

Deno.test("more than three similar findings are printed as one", () => {
  const all = ["a", "b", "c", "d"].map((name) => finding({ message: `No "${name}"`, hint: "Do it" }));
  deepEqual(findingLines(all, []), [
    '✗ No "a" [a.b]',
    '    and 3 more like it: "b", "c", "d"',
    "  hint: Do it",
  ]);
});
