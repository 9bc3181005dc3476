import type { AppContext } from "../../app/context.ts";
import { join } from "node:path";
import { ExitCode, UserError } from "../../core/errors.ts";
import { findProject, type Project } from "../../kedro/project.ts";
import { CI_PATHS, ciSetUp, type CiSystem, ciWorkflow, type SetUpLine } from "../../app/init/workflows.ts";
import { readCiValues } from "../../app/init/ci_values.ts";
import { shownPath, writeFile } from "../../app/project/output_files.ts";
import type { Globals } from "../command/globals.ts";
import { AMLIGNORE, azuremlYml, type InitValues } from "../../app/init/templates.ts";
import type { Output } from "../command/output.ts";
import { workingFolder } from "../../app/project/open.ts";

/** Options of `init`. */
export interface InitOptions extends Globals, InitValues {
  /** Writes the workflow of this CI system too, and tells what to do once in Azure. */
  readonly ci?: CiSystem;
  /** The branch whose pushes submit; that which is checked out when absent, else `main`. */
  readonly branch?: string;
  /** Replaces a workflow that is there; no other file. */
  readonly overwrite?: boolean;
}

/**
 * Writes `conf/base/azureml.yml` (that of another environment with `-e`) and `.amlignore`, where they are not there yet.
 *
 * @throws {UserError} `project.*` outside of a project, `init.no_folder` for an environment without a folder,
 *   `file.not_written` where nothing may be written.
 */
export async function init(ctx: AppContext, options: InitOptions): Promise<Output> {
  const project = await findProject(ctx, workingFolder(ctx, options));
  const { root } = project;
  await requireEnv(ctx, root, options.env);
  const ci = options.ci === undefined ? undefined : await ciOf(ctx, project, options.ci, options);
  const files = [
    { path: join(root, "conf", options.env ?? "base", "azureml.yml"), text: azuremlYml(options) },
    { path: join(root, ".amlignore"), text: AMLIGNORE },
    ...ci === undefined ? [] : [ci.file],
  ];
  const [written, kept]: [string[], string[]] = [[], []];
  for (const { path, text } of files) {
    const replaced = options.overwrite === true && path === ci?.file.path;
    const isThere = !replaced && await ctx.fs.stat(path) !== undefined;
    if (!isThere) await writeFile(ctx, path, text);
    (isThere ? kept : written).push(shownPath(ctx, path));
  }
  return {
    data: { written, kept, ...ci === undefined ? {} : { setUp: ci.setUp } },
    text: [
      ...written.map((file) => `Wrote ${file}\n`),
      ...kept.map((file) => `Kept ${file}, which was there\n`),
      ...next(written.find((file) => file === shownPath(ctx, files[0]!.path)), options),
      ...ci === undefined ? [] : [renderSetUp(ci.setUp)],
    ].join(""),
  };
}

/** The workflow of a CI system, for the checkout that the project lies in. */
async function ciOf(ctx: AppContext, project: Project, system: CiSystem, options: InitOptions) {
  const { top, values } = await readCiValues(ctx, project, options);
  const file = { path: join(top, CI_PATHS[system]), text: ciWorkflow(system, values) };
  return { file, setUp: ciSetUp(system, values) };
}

function renderSetUp(lines: readonly SetUpLine[]): string {
  const shown = lines.map(({ why, command }) => `# ${why}\n${command}\n`);
  return `Once, in a shell where \`az\` is signed in as somebody who may:\n${shown.join("")}`;
}

/** Only `base` is made: a folder for a mistyped environment would be found by nobody. */
async function requireEnv(ctx: AppContext, root: string, env: string | undefined): Promise<void> {
  const path = join(root, "conf", env ?? "base");
  if (env === undefined || env === "base" || (await ctx.fs.stat(path))?.kind === "folder") return;
  throw new UserError(`Cannot write azureml.yml for "${env}": there is no folder "${shownPath(ctx, path)}"`, {
    code: "init.no_folder",
    exit: ExitCode.Config,
    hint: `Run \`mkdir ${shownPath(ctx, path)}\`, or leave out \`-e\` to write conf/base/azureml.yml`,
  });
}

/** What to do with the configuration that was written. */
function next(file: string | undefined, options: InitOptions): string[] {
  if (file === undefined) return [];
  const values = [
    options.subscriptionId,
    options.resourceGroup,
    options.workspace,
    options.compute,
    options.environment,
  ];
  const fill = values.includes(undefined) ? `fill in what stands in <…> in ${file}, then ` : "";
  return [`Next: ${fill}run \`kedro-azureml submit -j main --dry-run\`\n`];
}
