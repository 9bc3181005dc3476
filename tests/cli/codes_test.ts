import { ok } from "node:assert/strict";
import { resolve } from "node:path";
import { GOLDEN_WORKSPACE, SIGNED_IN } from "../fakes/seed.ts";
import { assertTranscript } from "./transcript.ts";
import { makeWorld, type WorldOptions } from "./world.ts";

/** Command lines, the last of which prints the code, the options of their world, and changed files of its project. */
interface Case {
  readonly lines: readonly string[];
  readonly world?: WorldOptions;
  readonly files?: Readonly<Record<string, string>>;
}

const one = (...lines: readonly string[]): Case => ({ lines });
const CRON: WorldOptions = { project: "cronflow" };

const NO_HISTORY: WorldOptions = {
  emulator: { faults: [{ url: /\/history\//, times: Infinity, happens: { kind: "status", status: 403 } }] },
};
const answers = (status: number, method: string, url: RegExp): WorldOptions => ({
  emulator: { faults: [{ method, url, times: Infinity, happens: { kind: "status", status } }] },
});
const CONFIG = `workspace:
  __default__: {subscription_id: ${GOLDEN_WORKSPACE.subscription_id}, resource_group: rg-golden, name: ws-golden}
compute: {__default__: {cluster_name: cpu-cluster}}
execution: {environment: kedro-env@latest, code_directory: "."}
`;

/** azureml.yml of a project whose only job is that of the text. */
const withJobs = (jobs: string) => ({ "conf/base/azureml.yml": `${CONFIG}jobs:\n${jobs}` });

/** A project that registers mlflow.yml. */
const MLFLOW = {
  "src/tiny/settings.py":
    `CONFIG_LOADER_ARGS = {"base_env": "base", "default_run_env": "local", "config_patterns": {"mlflow": ["mlflow*"]}}\n`,
};

/** A command whose project has these files. */
const within = (files: Readonly<Record<string, string>>, ...lines: readonly string[]): Case => ({
  lines,
  files,
});

/** A command that reports each code. */
const CASES: Readonly<Record<string, Case>> = {
  "usage.display_name": one("submit main --display-name main="),
  "usage.needs_wait": one("submit main --timeout 5"),
  "usage.not_confirmed": one("submit main --name fox", "job cancel"),
  "usage.no_help": one("help nothing"),
  "usage.output_without_html": one("inspect -o x.html"),
  "usage.allow_unused": one("validate main --allow no.such"),
  "usage.claims_challenge": one("auth login --claims-challenge x"),
  "usage.params_file": one("compile main --params-file none.yml"),
  "jobs_file.not_found": one("job cancel --from none.json"),
  "jobs_file.folder": one("job cancel --from conf"),
  "job.no_step": one("submit main --name fox --wait", "job logs --step nothing"),
  "job_list.empty": one("job list"),
  "compare.runs": one("submit main --name fox", "job compare fox fox"),
  "kept.none": one("job report --from conf"),
  "rehearse.fail": one("rehearse main --venv /venv --fail nothing"),
  "download.nothing": one("submit main --name fox", "job download fox --outputs"),
  "rerun.not_ended": one("submit main --name fox", "rerun fox --from-failed"),
  "callback.not_found": one("submit main --on-job-scheduled tiny.notify:none"),
  "usage.no_name": one("job show "),
  "schedule.not_found": { lines: ["schedule pause none"], world: CRON },
  "compare.no_run": one("submit main --name fox", "job compare main~7 fox"),
  "follow.no_steps": { lines: ["submit main --wait"], world: NO_HISTORY },
  "report.incomplete": { lines: ["submit main --name fox", "job report fox"], world: NO_HISTORY },
  "job.no_steps": { lines: ["submit main --name fox", "job show fox"], world: NO_HISTORY },
  "job.no_logs": one("submit main --name fox", "job logs fox"),
  "azure.conflict": { lines: ["submit main"], world: answers(409, "PUT", /\/jobs\//) },
  "azure.unauthorized": { lines: ["job list"], world: answers(401, "GET", /\/jobs\?/) },
  "run_history.not_found": {
    lines: ["submit main --name fox", "job logs fox"],
    world: answers(404, "GET", /\/discovery/),
  },
  "auth.session_damaged": {
    lines: ["job list"],
    world: { env: {} },
    files: { "../.config/kedro-azureml/auth/session.json": "{" },
  },
  "azure.busy": { lines: ["job list"], world: answers(429, "GET", /\/jobs\?/) },
  "cancel_previous.no_branch": one("submit main --cancel-previous"),
  "compile.code_not_a_folder": within(
    { "conf/base/azureml.yml": CONFIG.replace('"."', "nothing") + "jobs: {main: {pipeline: {}}}" },
    "compile main",
  ),
  "compile.same_file": within(
    withJobs("  a/b: {pipeline: {}}\n  a_b: {pipeline: {}}\n"),
    "compile a/b a_b",
  ),
  "config.key": within(
    { "conf/base/azureml.yml": `${CONFIG}1: {}\njobs: {main: {pipeline: {}}}` },
    "compile main",
  ),
  "config.merge": within({
    ...withJobs("  main: {pipeline: {}}\n"),
    "conf/local/azureml.yml": "jobs: [main]",
    "src/tiny/settings.py":
      'CONFIG_LOADER_ARGS = {"base_env": "base", "default_run_env": "local", "merge_strategy": {"azureml": "soft"}}\n',
  }, "compile main"),
  "config.no_folder": within({ "src/tiny/settings.py": 'CONF_SOURCE = "settings"\n' }, "compile main"),
  "file.too_large": within({ "conf/base/azureml.yml": "#".repeat(2 ** 21 + 1) }, "compile main"),
  "schedule.name": within(
    withJobs("  ä: {pipeline: {}, schedule: {cron: {expression: 0 2 * * *}}}\n"),
    "validate ä",
  ),
  "schedule.same_name": within(
    withJobs(
      "  main: {pipeline: {}, schedule: [{cron: {expression: 0 2 * * *}}, {cron: {expression: 0 3 * * *}}]}\n" +
        "  main-1: {pipeline: {}, schedule: {cron: {expression: 0 4 * * *}}}\n",
    ),
    "validate",
  ),
  "ui.port": one("ui --no-open --port 70000"),
  "workspace.subscription_id": within(
    {
      "conf/base/azureml.yml": CONFIG.replace(/subscription_id: [^,]+/, "subscription_id: Production") +
        "jobs: {main: {pipeline: {}}}",
    },
    "validate main",
  ),
  "workspace.name": within(
    { "conf/base/azureml.yml": CONFIG.replace("rg-golden", '"rg golden"') + "jobs: {main: {pipeline: {}}}" },
    "validate main",
  ),
  "compute.name": within(
    {
      "conf/base/azureml.yml": CONFIG.replace("cpu-cluster", '"cpu cluster"') +
        "jobs: {main: {pipeline: {}}}",
    },
    "validate main",
  ),
  "environment.version_latest": one("validate main --aml-env kedro-env:latest"),
  "code.module_missing": within({
    "src/tiny/settings.py": "from tiny import pipeline_registry\ndef late():\n    import tiny.helpers\n",
  }, "validate main"),
  "code.env_not_in_step": within({
    "src/tiny/cli.py": 'import os\nHOST = os.environ["SHOP_HOST"]\n',
  }, "validate main"),
  "params.missing": within({
    "src/tiny/pipeline_registry.py": `from kedro.pipeline import node, pipeline

def register_pipelines():
    return {"__default__": pipeline([node(max, ["raw", "params:top"], "summary", name="count")])}
`,
  }, "validate main"),
  "code.module_not_uploaded": within({
    "src/tiny/clean.py": "",
    "src/tiny/settings.py": "import tiny.clean\n",
    ".amlignore": "clean.py\n",
  }, "validate main"),
  "code.file_not_uploaded": within({
    "rates.json": "{}",
    "data/01_raw/regions.csv": "north\n",
    "src/tiny/settings.py": `from pathlib import Path

RATES = Path("rates.json").read_text()
REGIONS = open("data/01_raw/regions.csv").read()
`,
  }, "validate main"),
  "dataset.no_account": within({
    "conf/base/catalog.yml":
      "raw: {type: pandas.CSVDataset, filepath: abfss://c@lake.dfs.core.windows.net/raw.csv}\nsummary: {type: json.JSONDataset, filepath: s3://b/s.json}\n",
  }, "validate main"),
  "mlflow.localhost": within(
    { ...MLFLOW, "conf/base/mlflow.yml": "server: {mlflow_tracking_uri: http://localhost:5000}\n" },
    "validate main",
  ),
  "config.no_experiment": within({ ...MLFLOW, "conf/base/mlflow.yml": "server: {}\n" }, "compile bare"),
  "package.sha256": one("pack main -o main.kap", `submit --package main.kap --sha256 ${"0".repeat(64)}`),
  "machine.clock": {
    lines: ["doctor"],
    world: { emulator: { clock: { now: () => new Date("2026-01-02T06:04:05Z"), sleep: async () => {} } } },
  },
  "dataset.removed_class": within({
    "requirements.txt": "kedro-datasets>=1.8,<3\n",
    "conf/base/catalog.yml": "raw: {type: pandas.CSVDataSet, filepath: s3://bucket/raw.csv}\n",
  }, "validate main"),
  "environment.kedro_unpinned": within({ "requirements.txt": "kedro\n" }, "validate main --verbose"),
  "environment.kedro_version": within({ "requirements.txt": "kedro==0.19.9\n" }, "validate main"),
  "environment.python_version": within(
    { "environment/conda.yml": "dependencies: [python=3.9, pip]\n" },
    "validate main",
  ),
  "init.requirement": within({ "requirements.txt": "kedro~=1.0\n-e ../shared\n" }, "init --environment"),
  "init.several_indexes": within(
    { "requirements.txt": "kedro~=1.2\n--extra-index-url https://pypi.test\n" },
    "init --environment",
  ),
  "kedro.exit": within({ "src/tiny/settings.py": "import sys\nsys.exit(3)\n" }, "compile main"),
  "kedro.env_withheld": {
    lines: ["compile main --allow-env-names AZURE_CLIENT_SECRET"],
    world: { env: SIGNED_IN },
  },
};

/** A command line for the name of a test: an empty word in quotes, a checksum shortened. */
const shown = (line: string) => line.replace(/ $/, ' ""').replace(/0{64}/, "0000…");

for (const [code, { lines, world, files = {} }] of Object.entries(CASES)) {
  Deno.test(`${shown(lines.at(-1)!)} reports ${code}`, async (t) => {
    const { ctx, kedroAzureml } = makeWorld(world);
    for (const [path, text] of Object.entries(files)) await ctx.fs.writeText(resolve(ctx.cwd, path), text);
    for (const line of lines.slice(0, -1)) await kedroAzureml(line);
    const before = ctx.stderr().length;

    await kedroAzureml(`${lines.at(-1)} --json`);

    const printed = `${ctx.stdout()}${ctx.stderr().slice(before)}`;
    const found = printed.split("\n").filter((line) => line.startsWith("{")).flatMap((line) =>
      withCode(JSON.parse(line), code)
    );
    ok(found.length > 0, printed);
    await assertTranscript(t, listed(found[0]!), import.meta.url);
  });
}

/** The objects in a value that have a code: errors, warnings and findings. */
function withCode(value: unknown, code: string): readonly object[] {
  if (typeof value !== "object" || value === null) return [];
  if ((value as { code?: unknown }).code === code) return [value];
  return Object.values(value).flatMap((one) => withCode(one, code));
}

/** What an error has besides its code, a line each; paths have backslashes on Windows. */
function listed(found: object): string {
  return Object.entries(found).flatMap(([name, value]) => {
    if (name === "code") return [];
    if (Array.isArray(value) && value.length === 0) return [];
    if (typeof value === "string") return [`${name}: ${value.replaceAll("\\", "/")}`];
    return [`${name}: ${JSON.stringify(value).replaceAll("\\\\", "/")}`];
  }).join("\n");
}
