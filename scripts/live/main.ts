/**
 * Tries the program in a real workspace, and writes a report without secrets that can be sent to its authors. Run it by
 * hand, signed in (`az login`, or `auth login`):
 *
 * ```sh
 * deno run -A scripts/live/main.ts --subscription-id ID --resource-group NAME --workspace-name NAME
 * ```
 *
 * It reads, submits two jobs of two tiny steps in a curated environment, cancels one, gets the logs and outputs of the
 * other, makes two schedules that never fire, and deletes them. Some ten minutes, most of them for a machine to start.
 * What your identity or network may not do is noted, and what depends on it is skipped; `--read-only` writes nothing at
 * all. What it made is canceled or deleted at the end, also after Ctrl+C; the ended jobs, their code and components stay,
 * because Azure ML cannot delete them.
 *
 * `--compute NAME` uses a cluster in place of serverless compute, `--environment NAME` another environment, `--program
 * FILE` an executable in place of this checkout, `--timeout SECONDS` waits that long for a job (1,800), `--output FILE`
 * names the report (live-check.md). Read it before you send it.
 */

import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { redact } from "../../src/core/secrets.ts";
import { VERSION } from "../../src/core/version.ts";
import { createFolder } from "../../tests/fakes/folder.ts";
import { type Ended, runProgram, say } from "../shared/run_program.ts";

/** An environment that every workspace can use; it has Python, and neither Kedro nor the plugin. */
const CURATED = "azureml://registries/azureml/environments/sklearn-1.5/labels/latest";

const ROOT = resolve(import.meta.dirname!, "../..");

/** One command of the check. */
interface Step {
  /** The command line, without the program's name and its global options. */
  readonly line: string;
  /** Exit statuses that are as they should be; 0 if absent. */
  readonly exits?: readonly number[];
  /** What must be printed for it to be as it should be. */
  readonly prints?: RegExp;
  /** What it prints is not in the report: it speaks of other people's work. */
  readonly isPrivate?: boolean;
  /** What only Azure can answer, and this shows. */
  readonly asks?: string;
  /** What it makes in the workspace. */
  readonly makes?: string;
  /** What another step must have made; it is skipped where that was not allowed or failed. */
  readonly needs?: string;
  /** Removes this, whether or not making it succeeded, and also after Ctrl+C. */
  readonly cleansUp?: string;
}

/** What is done, in order. */
export function liveSteps(prefix: string, timeoutSeconds: number): readonly Step[] {
  const [job, canceled] = [`${prefix}-job`, `${prefix}-canceled`];
  const [cron, recurrence] = [`${prefix}-cron`, `${prefix}-recurrence`];
  const timeout = `--timeout ${timeoutSeconds}`;
  const submit = "submit main --env-var BASH_ENV=install_kedro.sh";
  const [same, ended] = [
    "Is the same job, submitted again, left as it is?",
    "What does canceling an ended job answer?",
  ];
  const run = "Does the environment install Kedro, and do the steps run?";
  return [
    { line: "auth status --json", asks: "May this identity ask for its own permissions?" },
    { line: "doctor" },
    { line: "job list --json", isPrivate: true },
    { line: "schedule list --json", isPrivate: true },
    { line: "validate --all --online", asks: "Can the curated environment and the compute be read?" },
    { line: `${submit} --dry-run --json` },
    { line: `${submit} --name ${job}`, makes: job, asks: "How is code uploaded to this storage account?" },
    { line: `${submit} --name ${job}`, needs: job, asks: same },
    { line: `${submit} --name ${canceled}`, needs: job, makes: canceled },
    { line: `job cancel ${canceled}`, needs: canceled },
    { line: `job follow ${canceled} ${timeout}`, needs: canceled, exits: [7] },
    { line: `job cancel ${canceled}`, needs: canceled, asks: ended },
    { line: `job show ${job} --json`, needs: job, asks: "Which names do the runs of steps carry?" },
    { line: `job follow ${job} ${timeout}`, needs: job, prints: /Completed/, asks: run },
    { line: `job logs ${job}`, needs: job, prints: /The number is 42/ },
    {
      line: `job download ${job} -o FILES`,
      needs: job,
      asks: "Are named outputs where they are looked for?",
    },
    { line: `schedule ${cron} ${recurrence} --dry-run` },
    { line: `schedule ${cron}`, makes: cron, asks: "Is a time zone by its Windows name taken?" },
    {
      line: `schedule ${recurrence}`,
      makes: recurrence,
      asks: "Is a recurrence without days and hours taken?",
    },
    {
      line: `schedule show ${cron} --json`,
      needs: cron,
      asks: "How does Azure return time zone and start time?",
    },
    { line: `schedule show ${recurrence} --json`, needs: recurrence },
    { line: `schedule pause ${cron}`, needs: cron, prints: /paused/ },
    { line: `schedule resume ${cron}`, needs: cron, prints: /enabled/ },
    { line: `job cancel ${job}`, cleansUp: job, exits: [0, 5] },
    { line: `job cancel ${canceled}`, cleansUp: canceled, exits: [0, 5] },
    { line: `schedule delete ${cron}`, cleansUp: cron, exits: [0, 5] },
    { line: `schedule delete ${recurrence}`, cleansUp: recurrence, exits: [0, 5] },
  ];
}

/** A project of two steps that hand on a number. */
const PROJECT: Readonly<Record<string, string>> = {
  "pyproject.toml": `[project]
name = "live-check"
version = "0.1.0"

[tool.kedro]
package_name = "live_check"
project_name = "Live check"
kedro_init_version = "1.7.0"
source_dir = "src"
`,
  // Bash reads the file that BASH_ENV names before it runs the step's command, which begins with `kedro`.
  "install_kedro.sh": `unset BASH_ENV
command -v kedro >/dev/null ||
  python -m pip install --quiet kedro==1.7.0 kedro-azureml-pipeline==0.1.0 "setuptools<81" >&2
`,
  "conf/base/catalog.yml": "",
  "conf/local/.gitkeep": "",
  "src/live_check/__init__.py": "",
  "src/live_check/settings.py": '"""Settings."""\n',
  "src/live_check/pipeline_registry.py": `"""Two steps that hand on a number."""

from kedro.pipeline import Pipeline, node, pipeline


def make():
    return 21


def double(number):
    print(f"The number is {2 * number}")


def register_pipelines() -> dict[str, Pipeline]:
    steps = [
        node(make, inputs=None, outputs="number", name="make"),
        node(double, inputs="number", outputs=None, name="double"),
    ]
    return {"__default__": pipeline(steps)}
`,
};

/** The jobs of the project, two of them with schedules that begin too late to ever fire. */
function configuration(values: Values, prefix: string): Record<string, unknown> {
  const start_time = `${new Date().getFullYear() + 2}-01-01T00:00:00`;
  const job = { pipeline: { pipeline_name: "__default__" }, experiment_name: "kedro-azureml-live-check" };
  const cron = { expression: "0 0 * * 1", time_zone: "Europe/Berlin", start_time };
  const recurrence = { frequency: "month", interval: 12, start_time };
  return {
    workspace: {
      __default__: {
        subscription_id: values["subscription-id"],
        resource_group: values["resource-group"],
        name: values["workspace-name"],
      },
    },
    compute: { __default__: { cluster_name: values.compute } },
    execution: { environment: values.environment, code_directory: "." },
    jobs: {
      main: job,
      [`${prefix}-cron`]: { ...job, schedule: { cron } },
      [`${prefix}-recurrence`]: { ...job, schedule: { recurrence } },
    },
  };
}

/** A command that ended; 4 is what the program exits with if the identity or the network has no access. */
interface Result extends Ended {
  readonly step: Step;
  readonly verdict: "ok" | "not allowed" | "look";
  readonly seconds: number;
}

async function runStep(step: Step, [first, ...words]: Command, folder: string): Promise<Result> {
  const line = step.line.split(" ").map((word) => word.replace("FILES", join(folder, "files")));
  const startedAt = performance.now();
  const global = ["-C", join(folder, "project"), "--no-input", "--no-color", "--verbose"];
  const ended = await runProgram(first, [...words, ...global, ...line]);
  const isGood = (step.exits ?? [0]).includes(ended.code) &&
    (step.prints?.test(`${ended.stdout}\n${ended.stderr}`) ?? true);
  const verdict = isGood ? "ok" : ended.code === 4 ? "not allowed" : "look";
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  say(`  ${verdict === "look" ? "LOOK" : verdict} ${step.line} (exit ${ended.code}, ${seconds} s)`);
  return { step, verdict, seconds, ...ended };
}

/** Runs one after the other; those whose need was not made are skipped, and after Ctrl+C all but those that clean up. */
async function runSteps(steps: readonly Step[], command: Command, folder: string) {
  let isInterrupted = false;
  const interrupt = () => void (isInterrupted = true);
  const signals: readonly Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  for (const signal of signals) Deno.addSignalListener(signal, interrupt);
  const results: Result[] = [];
  const skipped: Step[] = [];
  const [tried, made] = [new Set<string>(), new Set<string>()];
  for (const step of steps) {
    const { makes, needs, cleansUp } = step;
    if (
      cleansUp === undefined
        ? isInterrupted || (needs !== undefined && !made.has(needs))
        : !tried.has(cleansUp)
    ) {
      if (cleansUp === undefined) skipped.push(step);
      continue;
    }
    if (makes !== undefined) tried.add(makes);
    const result = await runStep(step, command, folder);
    if (makes !== undefined && result.code === 0) made.add(makes);
    results.push(result);
  }
  for (const signal of signals) Deno.removeSignalListener(signal, interrupt);
  return { results, skipped };
}

/**
 * Hides secrets, and what says whose workspace it is: known values, ids, accounts and addresses. Equal values keep equal
 * names, so that the report can still be followed.
 */
export function createScrubber(known: Readonly<Record<string, string>>): (text: string) => string {
  const names = new Map<string, string>();
  const nameOf = (kind: string) => (value: string) => {
    const key = `${kind} ${value.toLowerCase()}`;
    const count = [...names.keys()].filter((one) => one.startsWith(`${kind} `)).length;
    if (!names.has(key)) names.set(key, `<${kind} ${count + 1}>`);
    return names.get(key)!;
  };
  const values = Object.entries(known).filter(([, value]) => value.length > 1)
    .toSorted(([, a], [, b]) => b.length - a.length);
  // A short name such as `ws` may be part of other words.
  const hidden = values.map(([name, value]) =>
    [new RegExp(`(?<![A-Za-z0-9])${RegExp.escape(value)}(?![A-Za-z0-9])`, "gi"), `<${name}>`] as const
  );
  return (text) =>
    hidden.reduce((left, [value, name]) => left.replaceAll(value, name), redact(text))
      .replaceAll(/([?&](?:s[a-z]{1,3}|code|otc|token|key)=)[^&\s"'\\]+/gi, "$1***")
      .replaceAll(/[\w.+-]+@[\w-]+(\.[\w-]+)+/g, nameOf("email"))
      .replaceAll(/[0-9a-f]{8}(-?)(?:[0-9a-f]{4}\1){3}[0-9a-f]{12}/gi, nameOf("id"))
      .replaceAll(
        /[a-z0-9]+(?=\.(?:blob|dfs|file|queue|table)\.core\.|\.azurecr\.|\.vault\.)|(?<=storage account )[a-z0-9]+/gi,
        nameOf("account"),
      )
      .replaceAll(/\b(?!127\.)\d{1,3}(\.\d{1,3}){3}\b/g, nameOf("address"));
}

/** The report, as Markdown. */
function renderReport(
  results: readonly Result[],
  skipped: readonly Step[],
  about: Readonly<Record<string, string>>,
): string {
  const rows = results.map(({ verdict, step, code, seconds }) =>
    `| ${verdict === "look" ? "**look**" : verdict} | \`${step.line}\` | ${code} | ${seconds} | ${
      step.asks ?? ""
    } |`
  );
  const others = skipped.map(({ line, needs }) =>
    `| skipped | \`${line}\` | | | ${needs === undefined ? "interrupted" : `needs ${needs}`} |`
  );
  const sections = results.map(({ verdict, step, code, stdout, stderr }) => {
    const printed = step.isPrivate ? `${stdout.length} characters, left out` : stdout;
    const text = `${printed.trim()}\n${stderr.trim()}`.trim().replaceAll("~~~~~", "~ ~ ~");
    return `\n## ${verdict}: \`${step.line}\`, exit ${code}\n\n~~~~~text\n${text}\n~~~~~\n`;
  });
  return `# Live check

${Object.entries(about).map(([name, value]) => `- ${name}: ${value}`).join("\n")}

| result | command | exit | seconds | what it shows |
| --- | --- | --- | --- | --- |
${[...rows, ...others].join("\n")}
${sections.join("")}`;
}

/** A program, and the words before its own. */
type Command = readonly [string, ...string[]];

/** The executable, or this checkout. */
function commandOf(file: string | undefined): Command {
  if (file !== undefined) return [resolve(file)];
  const locked = [`--config=${join(ROOT, "deno.json")}`, `--lock=${join(ROOT, "deno.lock")}`, "--frozen"];
  return [Deno.execPath(), "run", ...locked, "--no-check", "-A", join(ROOT, "main.ts")];
}

/** The name of the account, as the first command says it. */
function accountName([first]: readonly Result[]): string {
  try {
    return JSON.parse(first!.stdout).identity?.name ?? "";
  } catch {
    return "";
  }
}

/** The options. */
type Values = ReturnType<typeof options>;

function options() {
  return parseArgs({
    options: {
      "subscription-id": { type: "string", default: "" },
      "resource-group": { type: "string", default: "" },
      "workspace-name": { type: "string", default: "" },
      compute: { type: "string", default: "serverless" },
      environment: { type: "string", default: CURATED },
      program: { type: "string" },
      timeout: { type: "string", default: "1800" },
      output: { type: "string", default: "live-check.md" },
      "read-only": { type: "boolean", default: false },
    },
  }).values;
}

async function check(values: Values): Promise<number> {
  const prefix = `live-check-${crypto.randomUUID().slice(0, 8)}`;
  const azureml = JSON.stringify(configuration(values, prefix));
  const files = Object.entries({ ...PROJECT, "conf/base/azureml.yml": azureml });
  await using temporary = await createFolder(
    Object.fromEntries(files.map(([name, text]) => [`project/${name}`, text])),
  );
  const { root: folder } = temporary;
  const all = liveSteps(prefix, Number(values.timeout));
  const reading = all.filter(({ makes, needs, cleansUp }) => (makes ?? needs ?? cleansUp) === undefined);
  const command = commandOf(values.program);
  const { results, skipped } = await runSteps(values["read-only"] ? reading : all, command, folder);
  const { HOME, USERPROFILE, USER, USERNAME } = Deno.env.toObject();
  const scrub = createScrubber({
    subscription: values["subscription-id"],
    "resource group": values["resource-group"],
    workspace: values["workspace-name"],
    compute: values.compute === "serverless" ? "" : values.compute,
    environment: values.environment === CURATED ? "" : values.environment,
    folder,
    home: HOME ?? USERPROFILE ?? "",
    user: USER ?? USERNAME ?? "",
    host: Deno.hostname(),
    "account name": accountName(results),
  });
  const about = {
    version: VERSION,
    date: new Date().toISOString().slice(0, 10),
    system: `${Deno.build.target}, ${Deno.osRelease()}`,
    program: values.program === undefined ? "from source" : "executable",
    compute: values.compute,
    environment: values.environment,
  };
  await Deno.writeTextFile(values.output, scrub(renderReport(results, skipped, about)));
  const of = Map.groupBy(results, ({ verdict }) => verdict);
  const [good, forbidden, odd] = (["ok", "not allowed", "look"] as const).map((one) =>
    of.get(one)?.length ?? 0
  );
  say(`${good} as expected, ${forbidden} not allowed, ${skipped.length} skipped, ${odd} to look at.`);
  say(`Read ${values.output}, then send it.`);
  return odd === 0 ? 0 : 1;
}

if (import.meta.main) {
  const values = options();
  const missing = (["subscription-id", "resource-group", "workspace-name"] as const).find((name) =>
    !values[name]
  );
  if (missing !== undefined) {
    say(`error: missing required option --${missing}`);
    Deno.exit(2);
  }
  Deno.exit(await check(values));
}
