import { deepStrictEqual, equal } from "node:assert/strict";
import {
  downgradeAllowed,
  errorToFindings,
  type Finding,
  findingsError,
  findingToWarning,
  mergeFindings,
} from "../../../src/azureml/checks/finding.ts";
import { ExitCode, UserError } from "../../../src/core/errors.ts";

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

Deno.test("findingToWarning() keeps hint and place, and adds the details to the message", () => {
  const more = { hint: "Mend it", details: ["one", "two"], jobs: ["a"], ...at("a.yml", 2) };
  deepStrictEqual(findingToWarning(finding("warning", "Odd", more)), {
    code: "code.large",
    message: "Odd\n  one\n  two",
    hint: "Mend it",
    ...at("a.yml", 2),
  });
  deepStrictEqual(findingToWarning(finding("note", "Odd")), { code: "code.large", message: "Odd" });
});

Deno.test("errorToFindings() returns one finding for each problem of an error, with its own code if it has one", () => {
  const error = new UserError("azureml.yml has 2 problems", {
    code: "config.invalid",
    exit: ExitCode.Config,
    data: {
      problems: [
        { key: "jobs.a", problem: "is no mapping", ...at("azureml.yml", 3) },
        { key: "jobs.b", problem: "is unknown", code: "schedule.unknown", ...at("azureml.yml", 5) },
      ],
    },
  });
  const shared = { severity: "error", exit: ExitCode.Config } as const;
  deepStrictEqual(errorToFindings(error), [
    { ...shared, code: "config.invalid", message: "jobs.a: is no mapping", ...at("azureml.yml", 3) },
    { ...shared, code: "schedule.unknown", message: "jobs.b: is unknown", ...at("azureml.yml", 5) },
  ]);
});

Deno.test("mergeFindings() cuts long texts, also in hints and details", () => {
  const long = "x".repeat(20_000);
  const [found] = mergeFindings([{ ...finding("error", long), hint: long, details: [long] }]);
  const lengths = [found!.message, found!.hint!, found!.details![0]!].map((text) => text.length < 19_999);
  deepStrictEqual(lengths, [true, true, true]);
});

Deno.test("errorToFindings() keeps hint, place, details and exit code of an error that lists no problems", () => {
  const parts = { code: "code.unreadable", hint: "Mend it", details: ["one"], ...at("a.yml", 2) };
  deepStrictEqual(errorToFindings(new UserError("No", { ...parts, exit: ExitCode.Rejected })), [
    { severity: "error", message: "No", ...parts, exit: ExitCode.Rejected },
  ]);
});

for (
  const [message, jobs, expected] of [
    ["No environment is set", ["main"], 'Cannot submit job "main": no environment is set'],
    ["No environment is set", ["main", "other"], 'Cannot submit jobs "main", "other": no environment is set'],
    ["No environment is set", ["a", "b", "c"], 'Cannot submit jobs "a", "b", "c": no environment is set'],
    ["No environment is set", ["a", "b", "c", "d"], "Cannot submit 4 jobs: no environment is set"],
    ["No environment is set", undefined, "Cannot submit: no environment is set"],
    ["Cannot read .amlignore", ["main"], "Cannot read .amlignore"],
    ["Azure ML is busy", undefined, "Cannot submit: Azure ML is busy"],
    ["MLflow is missing", undefined, "Cannot submit: MLflow is missing"],
  ] as const
) {
  Deno.test(`findingsError() says "${expected}" for ${jobs?.length ?? "all"} jobs`, () =>
    equal(findingsError("submit", [finding("error", message, jobs && { jobs })])!.message, expected));
}

Deno.test("findingsError() ignores warnings unless the command is strict, and always ignores notes", () => {
  const [warning, note] = [finding("warning", "x"), finding("note", "x")];
  equal(findingsError("submit", [warning, note]), undefined);
  equal(findingsError("submit", [warning, note], { strict: false }), undefined);
  equal(findingsError("submit", [warning, note], { strict: true })!.code, "code.large");
});

Deno.test("findingsError() lists findings with places, jobs and hints, and takes the first one's exit code", () => {
  const problems = [
    finding("error", "One", {
      jobs: ["a"],
      hint: "Mend it",
      details: ["detail"],
      exit: ExitCode.Rejected,
      ...at("a.yml", 2),
    }),
    finding("error", "Two", { code: "code.secret", jobs: ["a", "b"] }),
    finding("error", "Three", { code: "code.no_source" }),
  ];
  const error = findingsError("submit", [...problems, finding("warning", "Four"), finding("note", "Five")])!;
  deepStrictEqual(error.data, { problems });
  deepStrictEqual([error.message, error.code, error.exit], [
    "Cannot submit: 3 problems found",
    "validate.problems",
    ExitCode.Rejected,
  ]);
  deepStrictEqual(error.details, [
    "✗ a.yml:2: One [code.large]",
    "    detail",
    "    in job a",
    "  hint: Mend it",
    "✗ Two [code.secret]",
    "    in jobs a, b",
    "✗ Three [code.no_source]",
  ]);
  const one = { hint: "Mend it", details: ["detail"], ...at("a.yml", 2) };
  const { message, hint, details, place } = findingsError("submit", [finding("error", "One", one)])!;
  deepStrictEqual({ message, hint, details, place }, { message: "Cannot submit: One", ...one });
  const single = findingsError("submit", [finding("error", "One", { exit: ExitCode.Rejected })])!;
  deepStrictEqual([single.exit, findingsError("submit", [finding("error", "One")])!.exit], [
    ExitCode.Rejected,
    ExitCode.Config,
  ]);
});
