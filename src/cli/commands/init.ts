import type { InitResult } from "../../app/setup/init.ts";
import type { Migration } from "../../app/setup/migrate.ts";
import type { SetUpLine } from "../../app/setup/workflows.ts";
import { placeText, type Warning } from "../../core/errors.ts";
import { countText } from "../../core/format.ts";
import { choice, command, type Field, flag, flagOf, text } from "../parse/command.ts";
import { overwriting } from "../parse/options.ts";
import type { Output } from "../text/output.ts";
import { setUpWorkspace } from "./setup.ts";

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
    ["init", "Ask for the values, and write azureml.yml"],
    [
      "init --subscription-id 0000 --resource-group rg --workspace-name ws --compute cpu-cluster --environment my-env@latest",
      "Write it filled in",
    ],
    ["init --environment", "Also write the files of an Azure ML environment"],
    [
      "init --ci github --subscription-id 0000 --resource-group rg --workspace-name ws",
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
    overwrite: flag("--overwrite", "replace existing workflow, environment and schema files"),
  },
  async *run(ctx, { workspace, workspaceName = workspace, named, ...typed }) {
    const { subscriptionId, resourceGroup, compute, ci, branch, overwrite, ...project } = typed;
    const { initProject } = await import("../../app/setup/init.ts");
    const newEnvironment = named === true;
    const environment = named === true ? undefined : named;
    const values = { subscriptionId, resourceGroup, workspace: workspaceName, compute, environment };
    const options = given({ ...values, ci, branch, overwrite, newEnvironment });
    const result = await initProject(ctx, project, options);
    yield renderInit(result);
    if (!result.config?.isComplete) return;
    const question = "Look for what the workspace lacks now (kedro-azureml setup)?";
    if (await ctx.person?.confirm(question)) yield* setUpWorkspace(ctx, { ...project, names: [] });
  },
});

/** The values that are not `undefined`, which would hide those that azureml.yml has. */
function given<Values extends object>(
  values: Values,
): { readonly [Key in keyof Values]?: Exclude<Values[Key], undefined> } {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Values;
}

function unusedWarnings({ path, values }: InitResult["unused"]): readonly Warning[] {
  if (values.length === 0) return [];
  const flags = values.map((value) => flagOf(value === "workspace" ? "workspaceName" : value)).join(", ");
  const message = `${path} already exists and was left unchanged; ${flags} had no effect`;
  // init.not_applied: A file exists and was left as it is. Edit it.
  return [{ code: "init.not_applied", message, hint: `Edit ${path}` }];
}

function renderInit(result: InitResult): Output {
  const { written, kept, setUp, unused, warnings } = result;
  return {
    data: { written, kept, ...(setUp && { setUp }) },
    text: [
      ...written.map((file) => `✓ Wrote ${file}\n`),
      ...kept.map((file) => `· Kept ${file}\n`),
      ...nextLines(result),
      ...(setUp === undefined ? [] : [setUpText(setUp)]),
    ].join(""),
    warnings: [...unusedWarnings(unused), ...warnings],
  };
}

/** Renders what to do next, one step per line; empty if the project was already set up. */
function nextLines({ config, hasEnvironment }: InitResult): string[] {
  const steps = [
    ...(config === undefined || config.isComplete
      ? []
      : [`Fill in the placeholders <…> in ${config.path}: run kedro-azureml init again, or edit it`]),
    ...(config === undefined && !hasEnvironment ? [] : [
      "Create what is missing in the workspace: kedro-azureml setup",
      "Check the project: kedro-azureml validate --online",
    ]),
  ];
  return steps.length === 0 ? [] : ["\nNext steps:\n", ...steps.map((step, at) => `  ${at + 1}. ${step}\n`)];
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

function renderMigration({ files, notes, written }: Migration): Output {
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
