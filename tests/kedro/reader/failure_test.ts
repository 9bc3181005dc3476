import { equal, match } from "node:assert/strict";
import { failureError, problemError } from "../../../src/kedro/reader/failure.ts";

const PROJECT = { packageName: "shop", kedroInitVersion: "1.0.0" };

const PROBLEM = {
  kind: "InterpolationKeyError",
  module: "omegaconf.errors",
  text: "Interpolation key 'nope' not found",
  place: null,
  traceback: [],
  missing: null,
  notes: [],
  stubs: [],
};

Deno.test("failureError() says how to set a variable that a resolver does not find", () => {
  const text = "Environment variable 'AZ_SUB' not found";
  const { hint } = failureError({ ...PROBLEM, kind: "KeyError", text }, PROJECT, "python", []);
  equal(hint, "Set AZ_SUB, or write a default: `${oc.env:AZ_SUB,DEFAULT}`");
});

Deno.test("problemError() suggests where to fix parameters and datasets", () => {
  equal(
    problemError({ ...PROBLEM, area: "parameters" }).hint,
    "Fix the parameters in the project's conf folder, in the job's `params`, or in `--params`",
  );
  equal(
    problemError({ ...PROBLEM, area: "catalog" }).hint,
    "Fix the catalog files in the project's conf folder",
  );
});

for (
  const [text, column, what] of [
    [
      "found character '\\t' that cannot start any token",
      1,
      "this line is indented with a tab; YAML allows spaces only",
    ],
    ["found character '\\t' that cannot start any token", 4, "there is a tab here; YAML allows spaces only"],
    ["expected ',' or ']', but got ':'", 2, "expected ',' or ']', but got ':'"],
  ] as const
) {
  Deno.test(`problemError() names the file and line of a YAML error in column ${column}`, () => {
    const place = { file: "conf/base/catalog.yml", line: 3, column };
    const { message, hint } = problemError(
      { ...PROBLEM, kind: "ParserError", text, area: "catalog", place } as Parameters<typeof problemError>[0],
    );
    equal(message, `Cannot read "conf/base/catalog.yml": ${what}`);
    equal(hint, "Correct conf/base/catalog.yml at line 3");
  });
}

Deno.test("problemError() suggests chmod only for a file that may not be read", () => {
  const hint = "Fix the catalog files in the project's conf folder";
  const place = { file: "conf/base/catalog.yml", line: 2 };
  equal(problemError({ ...PROBLEM, area: "catalog", place }).hint, hint);
  equal(problemError({ ...PROBLEM, area: "catalog", kind: "PermissionError" }).hint, hint);
});

Deno.test("problemError() says how to make a file readable", () => {
  const place = { file: "conf/base/catalog.yml" };
  const denied = { ...PROBLEM, kind: "PermissionError", text: "Permission denied", area: "catalog", place };
  equal(
    problemError(denied as Parameters<typeof problemError>[0]).hint,
    "Run `chmod u+r conf/base/catalog.yml`",
  );
});

Deno.test("failureError() says that the embedded Python ran out of memory, and suggests --python", () => {
  const { code, hint } = failureError({ ...PROBLEM, kind: "MemoryError", text: "" }, PROJECT, "embedded");
  equal(code, "kedro.out_of_memory");
  match(hint!, /`--python PATH`/);
});

Deno.test("failureError() points to kedro_init_version if a name is missing in that version of Kedro", () => {
  const text =
    "cannot import name 'Node' from 'kedro.pipeline' (/site.zip/kedro-0.19/kedro/pipeline/__init__.pyc)";
  const old = { ...PROJECT, kedroInitVersion: "0.19.10" };
  const failure = { ...PROBLEM, kind: "ImportError", text, missing: "kedro.pipeline" };
  const { message, hint } = failureError(failure, old, "embedded");
  match(message, /from 'kedro\.pipeline'$/);
  equal(hint, "Correct kedro_init_version in pyproject.toml, which says Kedro 0.19.10, or this import");
  const other = { ...failure, text: "cannot import name 'f' from 'kedrone'", missing: "kedrone" };
  equal(failureError(other, old, "embedded").hint?.includes("kedro_init_version"), false);
  equal(
    failureError(failure, old, "python").hint,
    "Install kedro in the environment of `--python`, or omit `--python`",
  );
});
