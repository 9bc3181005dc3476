import { deepStrictEqual, rejects } from "node:assert/strict";
import { groupSetting } from "../../../src/app/project/compile_job.ts";
import type { SelectedJobs } from "../../../src/app/project/open.ts";
import type { FileSystem } from "../../../src/core/context.ts";

/** Reads a job's setting in a project whose pyproject.toml ends with `text`. */
async function settingOf(job: string, text: string, key = job) {
  const fs = {
    readText: () => Promise.resolve(`[tool.kedro]\npackage_name = "shop"\n${text}`),
  } as unknown as FileSystem;
  const jobs = {
    main: {},
    "train-{region}": { pipeline: { pipeline_name: "p", node_namespaces: ["{region}"] } },
  };
  const config = {
    azureml: { jobs },
    place: (path: readonly string[]) => ({ file: "azureml.yml", key: path.join(".") }),
  };
  const node = { namespace: "north", tags: [] };
  const session = {
    project: { root: "/shop" },
    config,
    snapshot: { pipelines: { p: { nodes: [node] } } },
  };
  const selected = { session, jobs: new Map([[job, { key }]]) } as unknown as SelectedJobs;
  return await groupSetting({ fs }, selected, job);
}

Deno.test("pyproject.toml without group-by groups no steps", async () => {
  deepStrictEqual(await settingOf("main", ""), undefined);
  deepStrictEqual(await settingOf("main", "[tool.kedro-azureml]"), undefined);
});

Deno.test("group-by of a job takes precedence over the project's", async () => {
  const lines = [
    '[tool.kedro-azureml]\ngroup-by = "all"',
    '[tool.kedro-azureml.jobs."train-{region}"]\ngroup-by = "namespace:2"',
    '[tool.kedro-azureml.jobs.train-north]\ngroup-by = "chain"',
  ];
  const settings = lines.map((_, at) => lines.slice(0, at + 1).join("\n"));
  const found = settings.map((text) => settingOf("train-north", text, "train-{region}"));
  deepStrictEqual(await Promise.all(found), [
    { kind: "all" },
    { kind: "namespace", depth: 2 },
    { kind: "chain" },
  ]);
  deepStrictEqual(await settingOf("main", settings[2]!), { kind: "all" });
});

const refused: Readonly<
  Record<
    string,
    { readonly line: number; readonly code: string; readonly message: RegExp; readonly hint: RegExp }
  >
> = {
  "[tool]\nkedro-azureml = 3": {
    line: 4,
    code: "project.setting",
    message: /must be a table/,
    hint: /^Write \[tool\.kedro-azureml\]$/,
  },
  '[tool.kedro-azureml]\ngroup-bye = "all"': {
    line: 4,
    code: "project.setting",
    message: /did you mean "group-by"/,
    hint: /^Use "group-by" or "jobs"$/,
  },
  '[tool.kedro-azureml.jobs.man]\ngroup-by = "all"': {
    line: 3,
    code: "project.setting",
    message: /refers to job "man", which is not in azureml.yml \(did you mean "main"/,
    hint: /^Use one of train-north, main$/,
  },
  '[tool.kedro-azureml.jobs.main]\ngroup-by = "tag:"': {
    line: 4,
    code: "group.mode",
    message: /prefix is missing/,
    hint: /tag:/,
  },
};

for (const [text, { line, code, message, hint }] of Object.entries(refused)) {
  Deno.test(`pyproject.toml rejects ${text.replaceAll("\n", " ")}`, async () => {
    await rejects(settingOf("main", text), { code, message, hint, exit: 3 });
    await rejects(
      settingOf("main", text),
      ({ place }) => place.file === "pyproject.toml" && place.line === line,
    );
  });
}
