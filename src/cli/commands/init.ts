import { join } from "node:path";
import type { Context } from "../../context.ts";
import { ExitCode, UserError } from "../../errors.ts";
import { findProject } from "../../kedro/project.ts";
import { shownPath, writeFile } from "../files.ts";
import type { Globals } from "../globals.ts";
import { AMLIGNORE, azuremlYml, type InitValues } from "../init_files.ts";
import type { Output } from "../output.ts";
import { workingFolder } from "../session.ts";

/** Options of `init`. */
export interface InitOptions extends Globals, InitValues {}

/**
 * Writes `conf/base/azureml.yml` (that of another environment with `-e`) and `.amlignore`, where they are not there yet.
 *
 * @throws {UserError} `project.*` outside of a project, `init.no_folder` for an environment without a folder,
 *   `file.not_written` where nothing may be written.
 */
export async function init(ctx: Context, options: InitOptions): Promise<Output> {
  const { root } = await findProject(ctx, workingFolder(ctx, options));
  await requireEnv(ctx, root, options.env);
  const files = [
    { path: join(root, "conf", options.env ?? "base", "azureml.yml"), text: azuremlYml(options) },
    { path: join(root, ".amlignore"), text: AMLIGNORE },
  ];
  const [written, kept]: [string[], string[]] = [[], []];
  for (const { path, text } of files) {
    const isThere = await ctx.fs.stat(path) !== undefined;
    if (!isThere) await writeFile(ctx, path, text);
    (isThere ? kept : written).push(shownPath(ctx, path));
  }
  return {
    data: { written, kept },
    text: [
      ...written.map((file) => `Wrote ${file}\n`),
      ...kept.map((file) => `Kept ${file}, which was there\n`),
      ...next(written, options),
    ].join(""),
  };
}

/** Only `base` is made: a folder for a mistyped environment would be found by nobody. */
async function requireEnv(ctx: Context, root: string, env: string | undefined): Promise<void> {
  const path = join(root, "conf", env ?? "base");
  if (env === undefined || env === "base" || (await ctx.fs.stat(path))?.kind === "folder") return;
  throw new UserError(`Cannot write azureml.yml for "${env}": there is no folder "${shownPath(ctx, path)}"`, {
    code: "init.no_folder",
    exit: ExitCode.Config,
    hint: `Run \`mkdir ${shownPath(ctx, path)}\`, or leave out \`-e\` to write conf/base/azureml.yml`,
  });
}

function next(written: readonly string[], options: InitOptions): string[] {
  const file = written.find((path) => path.endsWith("azureml.yml"));
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
