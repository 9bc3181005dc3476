import { deepStrictEqual, equal } from "node:assert/strict";
import {
  downgradeAllowed,
  type Finding,
  findingsError,
  mergeFindings,
} from "../../../src/azureml/checks/finding.ts";

const finding = (severity: Finding["severity"], message: string, more: Partial<Finding> = {}): Finding => ({
  severity,
  code: "code.large",
  message,
  ...more,
});

Deno.test("mergeFindings() shortens long messages, hints and details", () => {
  const long = "x".repeat(20_000);
  const [found] = mergeFindings([{ ...finding("error", long), hint: long, details: [long] }]);
  const lengths = [found!.message, found!.hint!, found!.details![0]!].map((text) => text.length < 19_999);
  deepStrictEqual(lengths, [true, true, true]);
});

for (
  const [message, jobs, expected] of [
    ["No environment is set", ["main", "other"], 'Cannot submit jobs "main", "other": no environment is set'],
    ["No environment is set", ["a", "b", "c", "d"], "Cannot submit 4 jobs: no environment is set"],
    ["No environment is set", undefined, "Cannot submit: no environment is set"],
    ["Cannot read .amlignore", ["main"], "Cannot read .amlignore"],
  ] as const
) {
  Deno.test(`findingsError() says ${expected.split(":")[0]}`, () =>
    equal(findingsError("submit", [finding("error", message, jobs && { jobs })])!.message, expected));
}

Deno.test("--allow turns errors of its code into warnings", () => {
  const [large, other] = [finding("error", "x"), { ...finding("error", "x"), code: "code.secret" }];
  const changed = [large, other, finding("note", "x")].map(downgradeAllowed(["code.large"]));
  deepStrictEqual(changed.map(({ severity }) => severity), ["warning", "error", "note"]);
});
