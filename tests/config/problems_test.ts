import { deepEqual, equal } from "node:assert/strict";
import { loadConfig, originsOf } from "../../src/config/azureml_yml.ts";
import { fillPlaceholders, isPlaceholder } from "../../src/config/init_placeholders.ts";
import { loadLayers } from "../../src/config/load_layers.ts";
import { DEFAULT_LOADER_SETTINGS } from "../../src/config/conf_folders.ts";
import { placeText, type UserError } from "../../src/core/errors.ts";
import { fakeContext } from "../fakes/context.ts";

const OPTIONS = { root: "/project", env: "local", settings: DEFAULT_LOADER_SETTINGS };

const HEAD = `workspace: {__default__: {subscription_id: s, resource_group: r, name: n}}
compute: {__default__: {cluster_name: c}}
`;

function contextOf(text: string, local = "{}\n") {
  return fakeContext({
    files: { "/project/conf/base/azureml.yml": text, "/project/conf/local/azureml.yml": local },
  });
}

/** The problems of azureml.yml with this text at its end, without their places. */
async function problemsOf(text: string): Promise<readonly string[]> {
  return await loadConfig(contextOf(HEAD + text), OPTIONS)
    .then(() => [], ({ details }: UserError) => details.map((line) => line.replace(/^\S+ /, "")));
}

const JOB = "jobs: {main: {pipeline: {pipeline_name: p}";

/** Texts, and each problem in them. */
const PROBLEMS: readonly (readonly [text: string, ...problems: string[]])[] = [
  [`${JOB}}}`],
  [`${JOB}, compute: null}}`],
  [`${JOB}, compute: 5}}`, "jobs.main.compute: found the number 5; expected a string"],
  [`${JOB}, limits: {timeout: 0}}}`, "jobs.main.limits.timeout: found the number 0; expected 1 or more"],
  [
    `${JOB}, limits: {timeout: 99999999999999999999}}}`,
    "jobs.main.limits.timeout: found the number 100000000000000000000; expected a smaller number",
  ],
  [
    `${JOB}, schedule: {cro: {}}}}`,
    'jobs.main.schedule.cro: unknown key (did you mean "cron"?); allowed: cron, recurrence',
    'jobs.main.schedule: needs "cron" or "recurrence"',
  ],
  [`${JOB}, limits: {}}}`, "jobs.main.limits.timeout: missing key"],
  [`${JOB}, params: {a: {2: 3}}}}`],
  [`${JOB}, params: {1: {2: 3}}}}`, "jobs.main.params.1: YAML reads this key as a number; quote it"],
  [`${JOB}, group_by: none}}`, "jobs.main.group_by: "],
  [
    `${JOB}, schedule: 5}}`,
    "jobs.main.schedule: found the number 5; expected a mapping, a schedule's name or a list of them",
  ],
  [
    `${JOB}, schedule: {cron: {expresion: a}}}}`,
    'jobs.main.schedule.cron.expresion: unknown key (did you mean "expression"?); allowed: expression, start_time, end_time, time_zone',
  ],
  [
    `${JOB}, schedule: [{cron: {expression: "0 0 * * *", zone: a}}]}}`,
    "jobs.main.schedule[0].cron.zone: unknown key; allowed: expression, start_time, end_time, time_zone",
  ],
  [
    `${JOB}, schedule: {cron: {expression: "0 0 * * *"}, recurrence: {frequency: day, interval: 1}}}}`,
    'jobs.main.schedule: "cron" and "recurrence" are mutually exclusive',
  ],
  [
    "notifications: {n: {webhook_env: '', events: []}}",
    'notifications.n.webhook_env: found ""; expected non-empty text',
    "notifications.n.events: found a list; expected at least one entry",
  ],
  [
    "notifications: {n: {webhook_env: W, events: [started]}}",
    'notifications.n.events[0]: found "started"; allowed: start, success, failure, warning, recovered',
  ],
  [
    `${JOB}, limits: {timeout: 60}, notifications: n}}\nnotifications: {n: {webhook_env: W, events: [start], wait_timeout: 60}}`,
    'jobs.main.notifications: wait_timeout of "n" (60 s) must be below the job\'s limits.timeout (60 s)',
  ],
  [
    `${JOB}, notifications: m}}\nnotifications: {n: {webhook_env: W, events: [start]}}`,
    'jobs.main.notifications: unknown notification "m" (did you mean "n"?); available: n',
  ],
  [
    `${JOB}, docker: x}}`,
    "jobs.main.docker: unknown key; allowed: pipeline, workspace, experiment_name, display_name, compute, schedule, " +
    "params, limits, description, notifications",
  ],
  ["jobs: {__proto__: {pipeline: {}}}", "jobs.__proto__: this name is reserved; use another"],
  [`${JOB}, yes: a}}`, "jobs.main.true: YAML reads this key as a boolean; quote it"],
  [
    `${JOB}, schedule: [{on: a}]}}`,
    "jobs.main.schedule.true: YAML reads this key as a boolean; quote it",
    "jobs.main.schedule[0].true: unknown key; allowed: cron, recurrence",
    'jobs.main.schedule[0]: needs "cron" or "recurrence"',
  ],
];

for (const [text, ...problems] of PROBLEMS) {
  const keys = text.split("\n")[0]!.slice(JOB.length, -2).replace(/^, /, "") || "only a pipeline";
  const shown = problems.length === 0
    ? `accepts a job with ${keys}`
    : `reports ${problems[0]!.replace(/: $/, ": unknown key").replace(/;.*/, "")}`;
  Deno.test(`loadConfig() ${shown}`, async () => {
    const found = await problemsOf(`${text}\n`);
    deepEqual(
      found.map((line, at) => problems[at]?.endsWith(": ") ? line.slice(0, problems[at].length) : line),
      problems,
    );
  });
}

Deno.test("isPlaceholder() accepts <env>@latest", () => {
  deepEqual(["<a b>", "<env>@latest", "<a>@1", "a<b>", "<>", 5].map(isPlaceholder), [
    ...[true, true],
    ...[false, false, false, false],
  ]);
});

Deno.test("loadConfig() warns once about all placeholders", async () => {
  const text = `workspace: {__default__: {subscription_id: s, resource_group: r, name: <workspace>}}
compute: {__default__: {cluster_name: c}, gpu: {cluster_name: <cluster>}}
execution: {environment: <environment>@latest}
schedules:
  s:
    recurrence: {frequency: week, interval: 1, schedule: {week_days: [monday, <day>]}}
jobs: {main: {pipeline: {pipeline_name: <pipeline>}}}
`;
  const { warnings } = await loadConfig(contextOf(text), OPTIONS);
  deepEqual(warnings.map(({ message, place }) => [message, placeText(place!)]), [[
    'No workspace, compute "gpu", environment or schedules.s.recurrence.schedule.week_days[1] chosen yet: ' +
    "placeholders on lines 1, 2, 3, 6",
    "conf/base/azureml.yml:1:72",
  ]]);
});

Deno.test("fillPlaceholders() replaces placeholders outside jobs", async () => {
  const text =
    `workspace: {__default__: {subscription_id: <subscription>, resource_group: <my group>, name: ws}}
compute: {__default__: {cluster_name: <cluster>}}
execution: {environment: <environment>@latest}
jobs: {main: {pipeline: {pipeline_name: <pipeline>}}}
`;
  const config = await loadConfig(contextOf(text), OPTIONS);
  const other = { code: "config.deprecated", message: "old" };
  const { azureml, warnings, hasPlaceholders } = fillPlaceholders({
    ...config,
    warnings: [...config.warnings, other],
  });
  deepEqual([
    azureml.workspace.__default__,
    azureml.compute.__default__?.cluster_name,
    azureml.execution.environment,
  ], [
    { subscription_id: "00000000-0000-0000-0000-000000000000", resource_group: "my-group", name: "ws" },
    "cluster",
    "environment@latest",
  ]);
  equal(azureml.jobs.main!.pipeline.pipeline_name, "<pipeline>");
  deepEqual([warnings, hasPlaceholders], [[other], true]);
  const plain = await loadConfig(contextOf(`${HEAD}${JOB}}}\n`), OPTIONS);
  equal(fillPlaceholders(plain), plain);
});

Deno.test("originsOf() returns the lines that set each value", async () => {
  const layers = await loadLayers(
    contextOf("a: {b: 1, c: 2}\nd: [x, {e: y}]\nf: {}\ng: '${d[0]}'\n", "a: {b: 3}\nh: z\n"),
    "azureml",
    OPTIONS,
  );
  const shown = originsOf(layers).map(({ key, value, place, overrides, interpolated, sources }) => [
    key,
    value,
    `${place.file.slice(5, 10)}:${place.line}`,
    overrides.map(({ line }) => line),
    ...interpolated ? sources.map(({ place }) => place.line) : [],
  ]);
  deepEqual(shown, [
    ["a.b", 3, "local:1", [1]],
    ["d[0]", "x", "base/:2", []],
    ["d[1].e", "y", "base/:2", []],
    ["f", {}, "base/:3", []],
    ["g", "x", "base/:4", [], 2],
    ["h", "z", "local:2", []],
  ]);
});
