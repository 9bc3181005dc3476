import { deepStrictEqual, equal } from "node:assert/strict";
import {
  downgradeAllowed,
  type Finding,
  findingsError,
  mergeFindings,
} from "../../../src/azureml/checks/finding.ts";

const at = (file: string, line?: number, column?: number) => ({
  place: { file, ...(line && { line }), ...(column && { column }) },
});
const finding = (severity: Finding["severity"], message: string, more: Partial<Finding> = {}): Finding => ({
  severity,
  code: "code.large",
  message,
  ...more,
});

Deno.test("mergeFindings() sorts by severity, then by place, with findings without a place last", () => {
  const found = [
    finding("note", "note", at("a.yml", 1)),
    finding("warning", "warning", at("a.yml", 1)),
    finding("error", "first without a place"),
    finding("error", "second without a place"),
    finding("error", "b.yml", at("b.yml", 1)),
    finding("error", "line 10", at("a.yml", 10)),
    finding("error", "column 9", at("a.yml", 2, 9)),
    finding("error", "column 2", at("a.yml", 2, 2)),
    finding("error", "column 1", at("a.yml", 2, 1)),
    finding("error", "whole line", at("a.yml", 2)),
    finding("error", "line 1", at("a.yml", 1)),
    finding("error", "whole file", at("a.yml")),
  ];
  const sorted = [
    "whole file",
    "line 1",
    "whole line",
    "column 1",
    "column 2",
    "column 9",
    "line 10",
    "b.yml",
    "first without a place",
    "second without a place",
    "warning",
    "note",
  ];
  deepStrictEqual(mergeFindings(found).map(({ message }) => message), sorted);
  const backwards = mergeFindings(found.toReversed()).map(({ message }) => message);
  deepStrictEqual(
    backwards.filter((message) => !/place/.test(message)),
    sorted.filter((message) => !/place/.test(message)),
  );
});

Deno.test("mergeFindings() names each job of equal findings once, and none if all are affected", () => {
  const [one, all] = [finding("error", "one"), finding("error", "all")];
  deepStrictEqual(mergeFindings([{ ...one, jobs: ["a"] }, { ...one, jobs: ["b", "a"] }, all, all]), [
    { ...one, jobs: ["a", "b"] },
    all,
  ]);
  const ofA = { ...all, jobs: ["a"] };
  for (const found of [[all, ofA], [ofA, all], [ofA, all, ofA]]) deepStrictEqual(mergeFindings(found), [all]);
});

Deno.test("downgradeAllowed() turns errors with an allowed code into warnings, and nothing else", () => {
  const [large, other] = [finding("error", "x"), { ...finding("error", "x"), code: "code.secret" }];
  const changed = [large, other, finding("note", "x")].map(downgradeAllowed(["code.large"]));
  deepStrictEqual(changed.map(({ severity }) => severity), ["warning", "error", "note"]);
});

Deno.test("mergeFindings() cuts long texts, also in hints and details", () => {
  const long = "x".repeat(20_000);
  const [found] = mergeFindings([{ ...finding("error", long), hint: long, details: [long] }]);
  const lengths = [found!.message, found!.hint!, found!.details![0]!].map((text) => text.length < 19_999);
  deepStrictEqual(lengths, [true, true, true]);
});

for (
  const [message, jobs, expected] of [
    ["No environment is set", ["main"], 'Cannot submit job "main": no environment is set'],
    ["No environment is set", ["main", "other"], 'Cannot submit jobs "main", "other": no environment is set'],
    ["No environment is set", ["a", "b", "c", "d"], "Cannot submit 4 jobs: no environment is set"],
    ["No environment is set", undefined, "Cannot submit: no environment is set"],
    ["Cannot read .amlignore", ["main"], "Cannot read .amlignore"],
    ["MLflow is missing", undefined, "Cannot submit: MLflow is missing"],
  ] as const
) {
  Deno.test(`findingsError() says "${expected}" for ${jobs?.length ?? "all"} jobs`, () =>
    equal(findingsError("submit", [finding("error", message, jobs && { jobs })])!.message, expected));
}
