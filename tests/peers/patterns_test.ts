import { deepEqual } from "node:assert/strict";
import { check } from "recheck";

const SRC = new URL("../../src/", import.meta.url);

const AZURE = "An error of Azure or of a step, cut to 16,000 characters.";
const CHOSEN = "A file or the output of a program that the user chose.";
const EMULATOR = "A request to the emulator, which only this machine can send and which is limited in size.";
const LINE = "A line or a name of the project; Ctrl+C ends the program meanwhile.";
const PATH = "A path, the name of a file or of a host: at most 4,096 characters.";
const TYPED = "What the user typed, or a message of the parser about it.";

/** Files in which an expression may take more than linear time, because its text is short. */
const SHORT_TEXTS: Readonly<Record<string, string>> = {
  "app/project/open.ts": "settings.py of the project, which is small.",
  "app/project/params.ts": TYPED,
  "app/setup/environment.ts": LINE,
  "app/setup/migrate.ts": LINE,
  "app/init/workflows.ts": PATH,
  "azureml/checks/job_environment.ts": LINE,
  "azureml/checks/requirements.ts": LINE,
  "azureml/checks/secret_forms.ts":
    "Each attempt ends before the next one can start; recheck does not finish.",
  "azureml/errors/compute_failures.ts": AZURE,
  "azureml/errors/data_failures.ts": AZURE,
  "azureml/errors/image_failures.ts": AZURE,
  "azureml/errors/known_errors.ts": AZURE,
  "azureml/errors/mlflow_failures.ts": AZURE,
  "azureml/errors/python_failures.ts": AZURE,
  "azureml/errors/step_advice.ts": AZURE,
  "azureml/errors/storage_errors.ts": AZURE,
  "azureml/job/code/exclusions.ts": PATH,
  "azureml/job/compile/command.ts": "The command of a step, as this program wrote it.",
  "azureml/resources/hosts.ts": PATH,
  "azureml/runs/code_changes.ts": PATH,
  "azureml/runs/download_files.ts": "A URI of a run.",
  "cli/commands/completion.ts": TYPED,
  "cli/commands/help.ts": "The documentation of this program.",
  "cli/os_error.ts": PATH,
  "cli/parse/usage_error.ts": TYPED,
  "cli/parse/values.ts": TYPED,
  "cli/terminal/follow_events.ts": PATH,
  "cli/text/render.ts": AZURE,
  "config/conf_folders.ts": "A pattern of settings.py.",
  "config/omegaconf/dot_list.ts": TYPED,
  "config/omegaconf/yaml.ts": TYPED,
  "core/document.ts": AZURE,
  "core/format.ts": "A number.",
  "core/net/network_error.ts": AZURE,
  "core/python_log.ts": "A line of a log, and no part of it is read twice: it was measured as linear.",
  "core/secrets.ts": "Each attempt ends before the next one can start; recheck does not finish.",
  "credentials/azure_tools.ts": CHOSEN,
  "credentials/certificate_file.ts": CHOSEN,
  "emulator/jobs/mlflow.ts": EMULATOR,
  "emulator/jobs/mlflow_store.ts": EMULATOR,
  "emulator/jobs/run_files.ts": EMULATOR,
  "emulator/runner/command.ts": EMULATOR,
  "emulator/runner/data_assets.ts": EMULATOR,
  "emulator/storage/blob_requests.ts": EMULATOR,
  "kedro/project.ts": "A line of pyproject.toml.",
  "kedro/reader/answer.ts": LINE,
  "kedro/reader/project_files.ts": PATH,
  "kedro/visible.ts": "A variable of the user.",
  "page/run_view.ts": "The command of a step: one of 200,000 characters made for it took 1.4 s.",
};

interface Expression {
  readonly file: string;
  readonly pattern: string;
  readonly flags: string;
}

function* expressions(folder: URL): Iterable<Expression> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) yield* expressions(new URL(`${name}/`, folder));
    else if (/\.tsx?$/.test(name) && !name.endsWith(".d.ts")) yield* expressionsOf(new URL(name, folder));
  }
}

function expressionsOf(url: URL): readonly Expression[] {
  const file = url.href.slice(SRC.href.length);
  const found: Expression[] = [];
  const Literal = (node: Deno.lint.Node) => {
    // recheck does not know the flag for indices, which changes no time.
    if ("regex" in node && node.regex) {
      found.push({ file, ...node.regex, flags: node.regex.flags.replace("d", "") });
    }
  };
  const plugin: Deno.lint.Plugin = { name: "patterns", rules: { all: { create: () => ({ Literal }) } } };
  Deno.lint.runPlugin(plugin, url.pathname, Deno.readTextFileSync(url));
  return found;
}

/** How the time grows with the length of the text; proved, but for look-around and back-references, which are tried. */
async function growth({ file, pattern, flags }: Expression): Promise<string> {
  // An expression that takes exponential time is found soon.
  const timeout = file in SHORT_TEXTS ? 5000 : 60_000;
  for (const checker of ["automaton", "fuzz"] as const) {
    const found = await check(pattern, flags, { checker, timeout, recallLimit: -1 });
    if (found.status !== "unknown") return found.complexity.type;
  }
  return "unknown";
}

Deno.test("regular expressions for long texts take linear time", {
  sanitizeOps: false,
  sanitizeResources: false,
}, async () => {
  const slow = new Map<string, string[]>();
  const files = new Set<string>();
  for (const one of expressions(SRC)) {
    files.add(one.file);
    const type = await growth(one);
    if (type === "safe" || type === "linear") continue;
    const isAllowed = one.file in SHORT_TEXTS && type !== "exponential";
    slow.set(one.file, [...slow.get(one.file) ?? [], ...isAllowed ? [] : [`${type}: /${one.pattern}/`]]);
  }
  deepEqual(Object.fromEntries([...slow].filter(([, all]) => all.length > 0)), {});
  deepEqual(Object.keys(SHORT_TEXTS).filter((file) => !files.has(file)), [], "these are gone");
});
