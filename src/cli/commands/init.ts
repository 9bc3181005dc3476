import type { AppContext, ProjectOptions } from "../../app/context.ts";
import { type InitOptions, initProject, type InitResult } from "../../app/setup/init.ts";
import { type MigrateOptions, migrateProject, type Migration } from "../../app/setup/migrate.ts";
import type { SetUpLine } from "../../app/setup/workflows.ts";
import { placeText, type Warning } from "../../core/errors.ts";
import { countText } from "../../core/format.ts";
import { flagOf } from "../parse/command.ts";
import type { Output } from "../text/output.ts";
import { setup } from "./setup.ts";

/** What is typed for `init`. */
interface InitTyped extends Omit<InitOptions, "environment" | "newEnvironment"> {
  readonly project: ProjectOptions;
  /** A name, or `true` without one. */
  readonly environment?: string | true;
  readonly workspaceName?: string;
}

function initRequest(
  { workspace, workspaceName = workspace, environment, project: _, ...rest }: InitTyped,
): InitOptions {
  return {
    ...rest,
    ...(workspaceName !== undefined && { workspace: workspaceName }),
    ...(typeof environment === "string" && { environment }),
    newEnvironment: environment === true,
  };
}

/** Adds this program's files to a Kedro project, and offers to create what the workspace lacks. */
export async function* init(ctx: AppContext, typed: InitTyped): AsyncIterable<Output> {
  const result = await initProject(ctx, typed.project, initRequest(typed));
  yield renderInit(result);
  if (!result.config?.isComplete) return;
  const question = "Look for what the workspace lacks now (kedro-azureml setup)?";
  const { project } = typed;
  if (await ctx.person?.confirm(question)) yield* setup(ctx, { project, args: { jobs: [] } });
}

function unusedWarnings({ path, values }: InitResult["unused"]): readonly Warning[] {
  if (values.length === 0) return [];
  const flags = values.map((value) => flagOf(value === "workspace" ? "workspaceName" : value)).join(", ");
  const message = `${path} already exists and was left unchanged; ${flags} had no effect`;
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

/** Converts a project from getindata's plugin, or shows what would change. */
export async function migrate(ctx: AppContext, options: MigrateOptions): Promise<Output> {
  return renderMigration(await migrateProject(ctx, options));
}

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
