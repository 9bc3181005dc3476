import { deepEqual, equal, match } from "node:assert/strict";
import { type Failure, failureError, problemError } from "../../../src/kedro/reader/answer.ts";

const PROJECT = { packageName: "shop", kedroInitVersion: "1.0.0" };

const PROBLEM: Failure = {
  kind: "InterpolationKeyError",
  module: "omegaconf.errors",
  text: "Interpolation key 'nope' not found",
  place: null,
  traceback: [],
  missing: null,
  siblings: [],
  notes: [],
  stubs: [],
};

/** Details of every failure. */
const TOLD = { place: { file: "src/shop/a.py", line: 2 }, traceback: ["File a"], notes: ["a note"] };

Deno.test("failureError() says how to set a variable of oc.env", () => {
  const text = "Environment variable 'AZ_SUB' not found";
  const { hint } = failureError({ ...PROBLEM, kind: "KeyError", text }, PROJECT, "python", []);
  equal(hint, "Set AZ_SUB, or write a default: `${oc.env:AZ_SUB,DEFAULT}`");
});

Deno.test("problemError() says where parameters and datasets are defined", () => {
  equal(
    problemError({ ...PROBLEM, area: "parameters" }).hint,
    "Fix the parameters in the project's conf folder, in the job's `params`, or in `--params`",
  );
  equal(
    problemError({ ...PROBLEM, area: "catalog" }).hint,
    "Fix the catalog files in the project's conf folder",
  );
});

Deno.test("problemError() names the line of a YAML error", () => {
  const place = { file: "conf/base/catalog.yml", line: 3, column: 2 };
  for (const kind of ["ParserError", "ScannerError", "ComposerError", "ConstructorError", "ReaderError"]) {
    const text = "expected ',' or ']', but got ':'.\n";
    const { message, place: at, hint } = problemError({ ...PROBLEM, kind, text, area: "catalog", place });
    equal(message, `Cannot read "conf/base/catalog.yml": expected ',' or ']', but got ':'`);
    deepEqual([at, hint], [place, undefined]);
  }
});

Deno.test("problemError() suggests chmod for an unreadable file", () => {
  const place = { file: "conf/base/catalog.yml" };
  const denied = { ...PROBLEM, kind: "PermissionError", text: "Permission denied", area: "catalog", place };
  equal(
    problemError(denied).hint,
    "Run `chmod u+r conf/base/catalog.yml`",
  );
});

Deno.test("failureError() suggests --python if memory runs out", () => {
  const failure = { ...PROBLEM, kind: "MemoryError", text: "", ...TOLD };
  const { code, message, hint, ...rest } = failureError(failure, PROJECT, "embedded");
  deepEqual([code, message, hint], [
    "kedro.out_of_memory",
    "Cannot read the project: the embedded Python ran out of memory",
    "Do not load data at import, or read the project with `--python PATH`",
  ]);
  deepEqual([rest.exit, rest.place, rest.details], [3, TOLD.place, ["File a", "a note"]]);
});

Deno.test("failureError() names kedro_init_version if Kedro lacks a name", () => {
  const text = "cannot import name 'Node' from 'kedro.pipeline'";
  const old = { ...PROJECT, kedroInitVersion: "0.19.10" };
  const failure = { ...PROBLEM, kind: "ImportError", text, missing: "kedro.pipeline" };
  const { hint } = failureError(failure, old, "embedded");
  equal(hint, "Correct kedro_init_version in pyproject.toml, which says Kedro 0.19.10, or this import");
  const other = { ...failure, text: "cannot import name 'f' from 'kedrone'", missing: "kedrone" };
  equal(failureError(other, old, "embedded").hint?.includes("kedro_init_version"), false);
  equal(
    failureError(failure, old, "python").hint,
    "Install kedro in the environment of `--python`, or omit `--python`",
  );
});

const OWN = "Read the project with its own Python: `--python PATH`";
const PLACE = { file: "src/shop/a.py", line: 2 };
const NO_NETWORK =
  "Project code has no network while it is read; use the project's own Python: `--python PATH`";

Deno.test("failureError() suggests --python for what embedded Python lacks", () => {
  for (
    const text of [
      ...["alarm", "fork", "pbkdf2_hmac", "sched_getaffinity", "tzset"].map((name) =>
        `module 'x' has no attribute '${name}'`
      ),
      "The embedded Python cannot run programs",
      "Emscripten does not support processes.",
      "Cannot do that in Pyodide",
      "<stub for x> is not callable",
      "can't start new thread",
      "Cannot stack switch because the Python entrypoint was a synchronous function",
      "No module named '_multiprocessing'",
      "No module named '_posixshmem'",
      "This Python build lacks multiprocessing.synchronize",
      "No username set in the environment",
    ]
  ) equal(failureError({ ...PROBLEM, text, place: PLACE }, PROJECT, "embedded").hint, OWN, text);
  for (
    const text of [
      "<urlopen error x>",
      "[Errno -2] Name or service not known",
      "[Errno -3] Temporary failure in name resolution",
    ]
  ) equal(failureError({ ...PROBLEM, text, place: PLACE }, PROJECT, "embedded").hint, NO_NETWORK, text);
});

for (
  const [change, hint, source = "embedded", project = PROJECT] of [
    [
      { text: "Your Kedro project version 0.19.3 does not match Kedro package version 1.0" },
      "Use `--python PATH` with a Python environment that has Kedro 0.19 and the project's packages",
      "python",
      { packageName: "shop", kedroInitVersion: "0.19.3" },
    ],
    [
      { text: "No module named 'kedro'", missing: "kedro" },
      "Use `--python PATH` with a Python environment that has Kedro 1 and the project's packages",
      "python",
    ],
    [
      { text: "No module named 'polars.io'", missing: "polars.io", place: PLACE },
      "Install polars in the environment of `--python`, or omit `--python`",
      "python",
    ],
    [
      { kind: "KeyError", text: "'REGION'", notes: ["The environment variable REGION is hidden"] },
      "Let the project's code read REGION: `--allow-env-names REGION`",
    ],
    [
      { kind: "KeyError", text: "'REGION'", traceback: ["  os.environ['REGION']"], place: PLACE },
      "Set the environment variable REGION, and pass `--allow-env-names REGION` in CI",
    ],
    [
      { kind: "KeyError", text: "'REGION'", traceback: ["  os.environ['REGION']"], place: PLACE },
      undefined,
      "python",
    ],
    [
      {
        kind: "KeyError",
        text: "'REGION'",
        notes: ["The environment variable HOST is hidden", '"REGION" is only a stub'],
        place: PLACE,
      },
      undefined,
    ],
    [{ text: "[Errno 23] Host is unreachable", place: PLACE }, NO_NETWORK],
    [
      { text: "[Errno 44] No such file or directory: '/etc/a'", place: PLACE },
      "Project code reads only the project's files; use the project's own Python: `--python PATH`",
    ],
    [{ text: "[Errno 44] No such file or directory: '/project/shop/a'", place: PLACE }, undefined],
    [{ place: PLACE }, undefined],
    [
      {
        kind: "KeyError",
        text: "'HF_TOKEN'",
        traceback: ["  os.environ['HF_TOKEN']"],
        place: PLACE,
      },
      "Set the environment variable HF_TOKEN, and pass `--allow-env-names HF_TOKEN`",
    ],
    [
      { place: PLACE, stubs: ["pandas"] },
      "If `kedro registry list` works, read the project with its own Python: `--python PATH`",
    ],
    [
      { text: "register_pipelines() returns int instead of a dict of pipelines" },
      "Let it return a dict of names and pipelines",
    ],
    [
      { text: "Circular dependencies exist among the following 2 item(s)", place: PLACE, stubs: ["pandas"] },
      undefined,
    ],
    [{ text: "odd" }, "Run `kedro registry list` in the project to see what Kedro says"],
  ] as readonly (readonly [
    Partial<Failure>,
    string | undefined,
    ("embedded" | "python")?,
    (typeof PROJECT)?,
  ])[]
) {
  Deno.test(`failureError() for ${JSON.stringify(change.text ?? change)} (${source}) suggests: ${hint}`, () => {
    const { code, message, hint: said } = failureError({ ...PROBLEM, ...change }, project, source);
    deepEqual([code, said], ["kedro.project_code", hint]);
    equal(
      message,
      `Cannot read the project's pipelines: ${change.kind ?? PROBLEM.kind}: ${change.text ?? PROBLEM.text}`,
    );
  });
}

Deno.test("failureError() explains SystemExit and missing modules", () => {
  const of = (change: Partial<Failure>) => failureError({ ...PROBLEM, ...change }, PROJECT, "embedded");
  const { code, message, hint, ...rest } = of({ kind: "SystemExit", text: "2", ...TOLD });
  deepEqual([code, message, hint], [
    "kedro.exit",
    "Cannot read the project: its code exits the program at import (SystemExit: 2)",
    'Call `sys.exit` only below `if __name__ == "__main__":`',
  ]);
  deepEqual([rest.exit, rest.place, rest.details], [3, TOLD.place, ["File a", "a note"]]);
  const absent = { ...TOLD, place: null, kind: "ModuleNotFoundError", module: "builtins" };
  const missing = of({ ...absent, missing: "shop.jobs.registry" });
  deepEqual([missing.exit, missing.place, missing.details], [3, undefined, ["File a", "a note"]]);
  deepEqual([missing.code, missing.message, missing.hint], [
    "kedro.module_missing",
    'Cannot read the project: module "shop.jobs.registry" not found',
    "Add shop/jobs/registry.py below the source folder, or correct the import",
  ]);
  equal(of({ ...absent, missing: "shop" }).code, "kedro.module_missing");
  for (
    const other of [{ missing: "shopping" }, { missing: "shop", place: PLACE }, {
      missing: "shop",
      module: "kedro.framework",
    }]
  ) equal(of({ ...absent, ...other }).code, "kedro.project_code");
  equal(of({ text: " ." }).message, "Cannot read the project's pipelines: InterpolationKeyError");
});

Deno.test("failureError() shows the traceback before warnings", () => {
  const warnings = [
    { code: "kedro.env_withheld", message: '"shared" is hidden', hint: "not this" },
    { code: "kedro.link_refused", message: '"src/shared" stays hidden', hint: "Add `--allow-outside /libs`" },
  ];
  const failure = { ...PROBLEM, traceback: ["File a"], notes: ["a note"], place: PLACE };
  const of = (stubs: string[]) => failureError({ ...failure, stubs }, PROJECT, "embedded", warnings);
  const { details, hint, place, exit } = of(["shared.names"]);
  deepEqual(details, ["File a", "a note", '"shared" is hidden', '"src/shared" stays hidden']);
  deepEqual([hint, place, exit], ["Add `--allow-outside /libs`", PLACE, 3]);
  const file = { ...warnings[1]!, message: '"src/shared.py" stays hidden' };
  equal(failureError({ ...failure, stubs: ["shared"] }, PROJECT, "embedded", [file]).hint, hint);
  match(of(["pandas"]).hint!, /^If /);
});

Deno.test("problemError() shows the line and traceback", () => {
  const problem = {
    ...PROBLEM,
    text: "Unsupported interpolation type oc.env\n    object_type=dict",
    traceback: ["File a"],
    place: PLACE,
  };
  const of = (area: string) => problemError({ ...problem, area });
  const { message, code, details, place, hint } = of("catalog");
  equal(
    message,
    "Cannot read the catalog of the project: InterpolationKeyError: Unsupported interpolation type oc.env",
  );
  deepEqual([code, details, place], ["kedro.catalog", ["File a"], PLACE]);
  match(hint!, /^Kedro knows `oc\.env` in credentials only: /);
  match(
    of("context").message,
    /^Cannot create the project's context, so its catalog and parameters are unknown: /,
  );
});
