import { deepEqual, throws } from "node:assert/strict";
import { type Known, type Problem, type ReadSnapshot, toSnapshot } from "../../../src/kedro/reader/answer.ts";
import { DEFAULT_LOADER_SETTINGS } from "../../../src/config/conf_folders.ts";

const LINK = {
  code: "kedro.link_refused",
  message: '"src/shared" stays hidden',
  hint: "Add `--allow-outside /libs`",
};

const problem = (area: string, more: Partial<Problem> = {}): Problem => ({
  ...{ area, kind: "ValueError", module: "builtins", text: "no", missing: null, place: null },
  ...{ traceback: [], siblings: [], notes: [], stubs: [] },
  ...more,
});

function read(problems: readonly Problem[], known: Partial<Known> = {}) {
  const answer: ReadSnapshot = {
    project: {
      name: "Shop",
      package_name: "shop",
      kedro_init_version: "0.19.3",
      kedro_version: "0.19.15",
      source: "embedded",
      env: "",
      runtime_params: {},
      settings: DEFAULT_LOADER_SETTINGS,
      stubs: ["shared.names"],
    },
    ...{ pipelines: {}, pipeline_names: [], catalog: {}, parameters: {} },
    warnings: [{ code: "kedro.stub", message: "A module is missing" }],
    problems,
  };
  return toSnapshot(answer, {
    ...{ source: "embedded", env: "prod", runtimeParams: { a: 1 }, warnings: [LINK] },
    ...known,
  });
}

Deno.test("toSnapshot() lists warnings about the project first", () => {
  const place = { file: "conf/base/catalog.yml", line: 2 };
  const { project, warnings } = read([problem("catalog", { place })], { lenient: true });
  deepEqual([project.source, project.env, project.runtime_params], ["embedded", "prod", { a: 1 }]);
  deepEqual(warnings.map(({ code }) => code), [
    "kedro.old",
    "kedro.link_refused",
    "kedro.stub",
    "kedro.catalog",
  ]);
  deepEqual(warnings.at(-1), {
    code: "kedro.catalog",
    message: "Cannot read the catalog of the project: ValueError: no",
    place,
  });
});

Deno.test("toSnapshot() names hidden files if the context fails", () => {
  throws(() => read([problem("context")]), {
    code: "kedro.project_code",
    details: [LINK.message],
    hint: LINK.hint,
  });
  throws(() => read([problem("context")], { source: "python" }), { code: "kedro.project_code", details: [] });
  throws(() => read([problem("context")], { source: "file" }), { code: "kedro.context" });
});
