import { deepEqual } from "node:assert/strict";
import type { Subject } from "../../../src/azureml/checks/subject.ts";
import { OFFLINE_CHECKS, runChecks } from "../../../src/azureml/checks/all_checks.ts";

import { FILES, selection, spec, stepReading, subject } from "./subject.ts";

/** The first line of each finding of a subject: severity, code and message. */
function findingsOf(one: Subject, isWanted = (code: string) => code !== "environment.plugin"): string[] {
  return runChecks(one, OFFLINE_CHECKS).filter(({ code }) => isWanted(code))
    .map(({ severity, code, message }) => `${severity} ${code}: ${message}`);
}

/** A job whose node reads datasets and parameters that one file, which is not uploaded, defines. */
function definedElsewhere(
  kind: "catalog" | "parameters",
  keys: readonly string[],
  inputs: readonly string[],
) {
  const file = `conf/base/${kind}_more.yml`;
  return subject({
    pipelines: {
      __default__: { nodes: [{ name: "train", func: "shop:train", inputs, outputs: [] }] },
    } as never,
    job: { params: { given: 1 } },
    conf: {
      files: [file],
      keys: (of) => new Map(of === kind ? keys.map((key) => [key, [file]]) : []),
      factoryOf: (name) => name === "made" ? "{any}" : undefined,
    },
  });
}

for (
  const [kind, keys, inputs, says] of [
    ["catalog", ["x"], ["x"], 'dataset "x"'],
    ["parameters", ["a"], ["params:a"], 'parameter "a"'],
    ["parameters", ["a"], ["parameters"], undefined],
    ["parameters", ["given"], ["params:given.b"], undefined],
    ["catalog", ["x"], ["y"], undefined],
  ] as const
) {
  Deno.test(`validate ${says ? "rejects" : "warns about"} an excluded file with ${keys} if steps read ${inputs}`, () => {
    const found = findingsOf(definedElsewhere(kind, keys, inputs), (code) => code.startsWith("config."));
    const file = `conf/base/${kind}_more.yml`;
    deepEqual(found.map((text) => text.split("\n")[0]), [
      says === undefined
        ? `warning config.file_not_uploaded: ${file} is not uploaded, so steps run with a different configuration than this job was compiled with`
        : `error config.file_not_uploaded: ${file} is not uploaded, but steps need its ${says}`,
    ]);
  });
}

Deno.test("validate only warns about an excluded file if another defines its keys", () => {
  const one = definedElsewhere("catalog", ["x"], ["x"]);
  const keys = () => new Map([["x", ["conf/base/catalog_more.yml", "conf/base/catalog.yml"]]]);
  const [found] = findingsOf({ ...one, conf: { ...one.conf, keys } }, (code) => code.startsWith("config."));
  deepEqual(found!.split(" ")[0], "warning");
});

Deno.test("validate reports a missing conf/base once", () => {
  const conf = { folders: { base: "conf/base", env: "conf/base" } };
  const code = selection(["pyproject.toml", "src/my_project/nodes.py"]);
  deepEqual(findingsOf(subject({ conf, code })).map((text) => text.split("\n")[0]), [
    "error config.not_uploaded: No file of conf/base is uploaded, and Kedro does not start without that folder",
  ]);
});

/** Checks an upload of these files; returns code, message and hint of the findings of an area. */
function ofUpload(names: Parameters<typeof selection>[0], more: Parameters<typeof selection>[1] = {}) {
  return runChecks(subject({ code: selection(names, more) }), OFFLINE_CHECKS)
    .filter(({ code }) => code.startsWith("code.")).map(({ code, message, hint }) => ({
      code,
      message,
      hint,
    }));
}

const numbered = (count: number, folder: string) =>
  Array.from({ length: count }, (_, at) => `${folder}${at}`);

Deno.test("validate warns about more than 2,000 files", () => {
  deepEqual(ofUpload([...FILES, ...numbered(2000 - FILES.length, "notes/")]), []);
  const names = [...FILES, "a/1", ...numbered(2000, "notes/deep/"), ...numbered(9, "z/")];
  const [found] = ofUpload(names, { ignoreFile: ".gitignore" });
  deepEqual(found, {
    code: "code.many_files",
    message: "The code has 2015 files; Microsoft documents a limit of 2000. Most are in notes/",
    hint: "Add `notes/` to .gitignore if no step needs it",
  });
  deepEqual(
    ofUpload(names, { ignoreFile: ".amlignore" })[0]!.hint,
    "Add `notes/` to .amlignore if no step needs it",
  );
  const tied = [...FILES, ...numbered(1000, "a/"), ...numbered(1000, "b/")];
  deepEqual(ofUpload(tied)[0]!.message.split(". ")[1], "Most are in a/");
});

Deno.test("validate does not print a secret", () => {
  const secrets = [
    { name: "src/key.py", reason: "an AWS key", line: 3 },
    { name: ".env", reason: "a file of environment variables" },
  ];
  const found = runChecks(subject({ secrets }), OFFLINE_CHECKS).filter(({ code }) => code === "code.secret");
  deepEqual(found.map(({ message, place, hint }) => [message, place, hint]), [
    [
      '"src/key.py" contains an AWS key and must not be uploaded',
      { file: "src/key.py", line: 3 },
      "Remove it from line 3, or add `src/key.py` to .amlignore; if it is no secret, use `--allow code.secret`",
    ],
    [
      '".env" looks like a file of environment variables and must not be uploaded',
      undefined,
      "Add `.env` to .amlignore; if it is no secret, use `--allow code.secret`",
    ],
  ]);
});

Deno.test("validate reports unused lines of .amlignore", () => {
  const place = { file: ".amlignore", line: 4 };
  const warnings = [{
    code: "code.ignore_unused",
    message: "The line has no effect",
    hint: "Remove it",
    place,
  }];
  const one = subject({ code: selection(FILES, { warnings }) });
  deepEqual(runChecks(one, OFFLINE_CHECKS).filter(({ code }) => code === "code.ignore_unused"), [
    { severity: "warning", ...warnings[0] },
  ]);
});

for (
  const [folder, says] of [
    ["../other", "is outside the project"],
  ] as const
) {
  Deno.test("validate warns about a code folder outside the project", () => {
    const project = { root: "/p", folder, packageFolder: "src/my_project", packageName: "my_project" };
    const [found] = findingsOf(subject({ project }), (code) => code === "code.not_the_project");
    deepEqual(
      found!.startsWith(`warning code.not_the_project: The code folder ${says}, so steps`),
      true,
      found,
    );
  });
}

Deno.test("validate rejects an input file outside the code folder", () => {
  const one = subject({
    specs: [spec({ steps: [stepReading("x")] })],
    catalog: { x: { type: "pandas.CSVDataset", filepath: "data/x.csv" } },
    project: { root: "/p", folder: "..", packageFolder: "my_project", packageName: "my_project" },
  });
  deepEqual(findingsOf(one, (code) => code === "dataset.not_uploaded"), [
    'error dataset.not_uploaded: "x" reads data/x.csv, which is not uploaded: it is outside the code folder',
  ]);
});

Deno.test("validate warns about secrets in uploaded parameters", () => {
  const secret = (file: string, line: number) => ({ key: "db.password", place: { file, line, column: 3 } });
  const [parameters, more, globals, keys] = ["parameters", "parameters_more", "globals", "keys"]
    .map((name) => `conf/base/${name}.yml`);
  const found = runChecks(
    subject({
      code: selection([...FILES, parameters!, more!, keys!]),
      secrets: [{ name: more!, reason: "a GitHub token", line: 2 }, { name: keys!, reason: "a key file" }],
      conf: {
        secrets: [
          ...[secret(parameters!, 1), secret(more!, 2), secret(more!, 3), secret(globals!, 1)],
          ...[secret(keys!, 1)],
        ],
      },
    }),
    OFFLINE_CHECKS,
  ).filter(({ code }) => code === "config.secret");
  const finding = (file: string, line: number) => ({
    severity: "warning",
    code: "config.secret",
    message:
      `"db.password" looks like a secret, and everyone in the workspace can read ${file} after the upload`,
    hint:
      "Read it from a key vault in the step; if it is no secret, end its line with `# secretlint-disable-line`",
    place: { file, line, column: 3 },
  });
  deepEqual(found, [finding(parameters!, 1), finding(more!, 3)]);
});
