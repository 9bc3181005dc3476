import { join } from "node:path";
import type { InitResult } from "../../app/init/init.ts";
import type { migrateProject } from "../../app/setup/migrate.ts";
import { INIT_PAGE } from "../../app/defaults.ts";
import type { SetUpLine } from "../../app/init/workflows.ts";
import { placeText, UserError, type Warning } from "../../core/errors.ts";
import type { ProjectOptions } from "../../app/context.ts";
import { countText } from "../../core/format.ts";
import { compact } from "../../core/json.ts";
import { command, type CommandContext, flagOf } from "../parse/command.ts";
import { choice, type Field, flag, text } from "../parse/field.ts";
import { overwriting } from "../parse/options.ts";
import type { Output } from "../text/output.ts";
import { runRehearsal } from "./rehearse.ts";
import { setUpWorkspace } from "./setup.ts";
import { shellWord } from "../../core/untrusted.ts";

/** A name, or `true` without one. */
const ENVIRONMENT: Field<string | true | undefined> = {
  flags: "--environment [name]",
  about:
    "Azure ML environment for the steps, such as my-env@latest; without a name, write files that define one",
};

/** Adds this program's files to a Kedro project, and offers to create what the workspace lacks. */
export const init = command({
  name: "init",
  about: "Add azureml.yml and .amlignore to a Kedro project",
  examples: [
    ["init", "Ask for the values, write azureml.yml, and offer to run the job"],
    ["init --rehearse", "Convert the catalog, and run the job on this machine, without an account"],
    ["init --environment", "Also write the files of an Azure ML environment"],
    [
      "init --ci github",
      "Also write a GitHub workflow that submits on every push",
    ],
  ],
  options: {
    subscriptionId: text("--subscription-id <id>", "subscription ID of the workspace"),
    resourceGroup: text("--resource-group <name>", "resource group of the workspace"),
    workspaceName: text("--workspace-name <name>", "Azure ML workspace"),
    workspace: text("--workspace <name>", "the same", { isHidden: true }),
    compute: text("--compute <name>", "compute cluster that runs the steps"),
    named: ENVIRONMENT,
    ci: choice("--ci <system>", "also write a CI workflow, and print the commands that set up Azure for it", [
      "github",
      "azure",
      "none",
    ]),
    branch: text(
      "--branch <name>",
      "with --ci, branch that submits a job when you push to it (default: the current one)",
    ),
    rehearse: flag(
      "--rehearse",
      "then rewrite catalog entries of local files (a terminal asks), and run the job on this machine, without an account",
    ),
    overwrite: flag("--overwrite", "replace existing workflow, environment and schema files"),
  },
  async *run(ctx, { workspace, workspaceName = workspace, named, ...typed }) {
    const { subscriptionId, resourceGroup, compute, ci, branch, overwrite, rehearse, ...project } = typed;
    const { initProject } = await import("../../app/init/init.ts");
    const newEnvironment = named === true;
    const environment = named === true ? undefined : named;
    const values = { subscriptionId, resourceGroup, workspace: workspaceName, compute, environment };
    // What is `undefined` would hide what azureml.yml has.
    const options = compact({ ...values, ci, branch, overwrite, rehearse, newEnvironment });
    if (rehearse) {
      await (await import("../../app/rehearse/prepare.ts")).requireRunnable(ctx, project);
    }
    const result = await initProject(ctx, project, options);
    const goesOn = rehearse || ctx.person !== undefined && result.config !== undefined;
    const onEmulator = Boolean(ctx.env.KEDRO_AZUREML_EMULATOR);
    yield renderInit(result, goesOn ? [] : onEmulator ? stepsHere(result) : nextSteps(result));
    if (goesOn) yield* prepareJob(ctx, result, { ...project, rehearse });
  },
});

/**
 * Creates what the job needs, and runs it on this machine, each if the person agrees. With `rehearse`, nothing is asked
 * of Azure, and a person only about the catalog.
 */
async function* prepareJob(
  ctx: CommandContext,
  { job, root, config }: InitResult,
  { rehearse = false, ...project }: ProjectOptions & { readonly rehearse?: boolean | undefined },
): AsyncIterable<Output> {
  const isReady = config?.isComplete ?? true;
  const lookUp = "Look for what the workspace lacks now (kedro-azureml setup)?";
  let isRefused = false;
  try {
    const ofJob = { ...project, names: [job] };
    if (rehearse) await (await import("../../app/rehearse/rehearse.ts")).requireSound(ctx, ofJob);
    if (rehearse || !isReady) {
      yield* setUpWorkspace(ctx, { ...ofJob, catalogOnly: true, yes: ctx.person === undefined });
    } else if (await ctx.person?.confirm(lookUp)) yield* setUpWorkspace(ctx, { ...project, names: [] });
  } catch (thrown) {
    if (!(thrown instanceof UserError) || thrown.code !== "setup.not_confirmed") throw thrown;
    isRefused = true;
  }
  const question = `Run job ${job} on this machine now (kedro-azureml rehearse)?`;
  const isWanted = !isRefused &&
    (rehearse || ctx.platform !== "windows" && await ctx.person?.confirm(question, !isReady));
  if (isWanted) {
    return yield* runRehearsal(ctx, { ...project, names: [job], report: join(root, INIT_PAGE) });
  }
  yield {
    text: isRefused ? "The catalog was not changed\n" : "",
    next: [
      isReady
        ? `Run \`kedro-azureml validate --online\` to check the project, then \`kedro-azureml submit ${
          shellWord(job)
        }\``
        : isRefused
        ? "Run `kedro-azureml init --rehearse` again to change it and run the job"
        : `Run \`kedro-azureml rehearse ${
          shellWord(job)
        }\` to run the job on this machine, or \`kedro-azureml init\` to choose a workspace`,
    ],
  };
}

function unusedWarnings({ path, values }: InitResult["unused"]): readonly Warning[] {
  if (values.length === 0) return [];
  const flags = values.map((value) => flagOf(value === "workspace" ? "workspaceName" : value)).join(", ");
  const message = `${path} already has other values; ${flags} had no effect`;
  // init.not_applied: A file has other values, which were left as they are. Edit it.
  return [{ code: "init.not_applied", message, hint: `Edit ${path}` }];
}

function renderInit(result: InitResult, steps: readonly string[]): Output {
  const { written, kept, setUp, unused, warnings } = result;
  return {
    data: { written, kept, ...(setUp && { setUp }) },
    text: [
      ...written.map((file) => `✓ Wrote ${file}\n`),
      ...kept.map((file) => `· Kept ${file}\n`),
      ...(steps.length === 0 ? [] : ["\nNext steps:\n"]),
      ...steps.map((step, at) => `  ${at + 1}. ${step}\n`),
      ...(setUp === undefined ? [] : [setUpText(setUp)]),
    ].join(""),
    warnings: [...unusedWarnings(unused), ...warnings],
  };
}

function stepsHere({ job }: InitResult): readonly string[] {
  return [
    "Convert the catalog: kedro-azureml setup --catalog-only",
    `Run the job: kedro-azureml --emulator submit ${shellWord(job)} --wait`,
  ];
}

/** What to do next; empty if the project was already set up. */
function nextSteps({ job, config }: InitResult): readonly string[] {
  if (config === undefined || config.isComplete) {
    return [
      "Create what is missing in the workspace: kedro-azureml setup",
      "Check the project: kedro-azureml validate --online",
      `Run the job: kedro-azureml submit ${shellWord(job)}`,
    ];
  }
  return [
    `Fill in the placeholders <…> in ${config.path}: run kedro-azureml init in a terminal, or edit it`,
    "Create what is missing in the workspace: kedro-azureml setup",
    `Without a workspace, run the job on this machine: kedro-azureml init --rehearse`,
  ];
}

function setUpText(lines: readonly SetUpLine[]): string {
  const shown = lines.map(({ why, command }) => `# ${why}\n${command}\n`);
  return `\nRun once, with an account that may assign roles:\n${shown.join("")}`;
}

export const migrate = command({
  name: "migrate",
  about: "Convert a project from getindata's kedro-azureml",
  examples: [
    ["migrate", "Show what would change, and what is left to do"],
    ["migrate --write", "Write the files"],
  ],
  options: {
    ...overwriting(),
    write: flag("--write", "write the files (default: only show the changes)"),
  },
  async run(ctx, typed) {
    const { migrateProject } = await import("../../app/setup/migrate.ts");
    return renderMigration(await migrateProject(ctx, typed));
  },
});

function renderMigration({ files, notes, written }: Awaited<ReturnType<typeof migrateProject>>): Output {
  const changed = files.filter(({ path }) => !path.endsWith(".kedro-azureml"));
  const lines = [
    ...changed.flatMap((
      { path, patch },
    ) => [`~ ${path}`, ...patch.trimEnd().split("\n").map((line) => `  ${line}`)]),
    ...(notes.length === 0 ? [] : ["To do"]),
    ...notes.flatMap(({ message, hint, place }) => [
      `  · ${place === undefined ? "" : `${placeText(place)}: `}${message}`,
      ...(hint === undefined ? [] : [`    ${hint}`]),
    ]),
    written
      ? `✓ Wrote ${
        countText(changed.length, "file")
      }; the old azureml.yml is kept as azureml.yml.kedro-azureml`
      : `Nothing was written: ${countText(changed.length, "file")} would change`,
  ];
  return {
    data: { written, files, notes },
    text: lines.join("\n") + "\n",
    isRaw: true,
    next: [
      written
        ? "Run `kedro-azureml validate` to check the project"
        : "Run `kedro-azureml migrate --write` to write the files",
    ],
  };
}
