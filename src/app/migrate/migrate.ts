import { basename, join, relative, sep } from "node:path";
import { patchOf } from "../../azureml/features/compare/code_changes.ts";
import { yamlOf } from "../../azureml/features/requirements/requirement_files.ts";
import { UserError } from "../../core/errors.ts";
import { findProject, type Project } from "../../kedro/project.ts";
import type { AppContext, ProjectOptions } from "../context.ts";
import { refuseOverwrite, writeFile } from "../project/output_files.ts";
import { renameTypes } from "./catalog_types.ts";
import { findLeftovers, pipelineFolders } from "./leftovers.ts";
import { convertConfig, isOldConfig, type MigrationNote } from "./old_config.ts";

/** Options of `migrate`. */
export interface MigrateOptions {
  readonly project: ProjectOptions;
  /** Whether to write the files (default: only show what would change). */
  readonly write?: boolean;
  /** Whether to replace files that this program did not write. */
  readonly force?: boolean;
}

/** A file that `migrate` changes or creates, by its path relative to the project. */
export interface MigratedFile {
  readonly path: string;
  /** The change as `diff -u` writes it. */
  readonly patch: string;
}

/** What `migrate` did, or would do. */
export interface Migration {
  readonly files: readonly MigratedFile[];
  /** What has no counterpart, and what a person has to change. */
  readonly notes: readonly MigrationNote[];
  readonly written: boolean;
}

/** Ending of the file that keeps the old azureml.yml; Kedro does not load it. */
export const OLD_ENDING = ".kedro-azureml";

/**
 * Converts a project from getindata's `kedro-azureml` (0.x and 1.0): each azureml.yml, whose old text is kept beside it,
 * and the dataset types in the catalog files.
 *
 * @throws {UserError} `migrate.nothing` if no azureml.yml is of that plugin; `project.*`, `file.not_written`.
 */
export async function migrateProject(ctx: AppContext, options: MigrateOptions): Promise<Migration> {
  const project = await findProject(ctx, options.project.directory);
  const notes: MigrationNote[] = [];
  const changes: { readonly path: string; readonly before: string; readonly after: string }[] = [];
  const files = await confFiles(ctx, project);
  const pipelines = await pipelineFolders(ctx, project);
  const configs = await Promise.all(
    files.filter((name) => /^azureml.*\.ya?ml$/.test(basename(name))).map(async (path) => {
      const text = await ctx.fs.readText(join(project.root, path));
      return { path, text, root: yamlOf(text, path) };
    }),
  );
  const old = configs.flatMap(({ root, ...config }) => isOldConfig(root) ? [{ ...config, root }] : []);
  const base = old.find(({ path }) => path.startsWith("conf/base/"));
  for (const { path, text, root } of old) {
    const inherited = path.startsWith("conf/base/") ? undefined : base?.root;
    const converted = convertConfig(root, { pipelines, base: inherited });
    notes.push(...converted.notes);
    changes.push({ path: `${path}${OLD_ENDING}`, before: "", after: text });
    const after = text.includes("\r\n") ? converted.text.replaceAll("\n", "\r\n") : converted.text;
    changes.push({ path, before: text, after });
  }
  for (const path of files.filter((name) => /(?:^|\/)catalog[^/]*(?:\/.*)?\.ya?ml$/.test(name))) {
    const text = await ctx.fs.readText(join(project.root, path));
    const renamed = renameTypes(text, path);
    notes.push(...renamed.notes);
    if (renamed.text !== text) changes.push({ path, before: text, after: renamed.text });
  }
  if (changes.length === 0) throw nothing(files);
  notes.push(...await findLeftovers(ctx, project, pipelines));
  if (options.write) {
    const copies = changes.filter(({ path }) => path.endsWith(OLD_ENDING));
    for (const { path } of copies) await refuseOverwrite(ctx, join(project.root, path), options.force);
    for (const { path, after } of changes) await writeFile(ctx, join(project.root, path), after);
  }
  return {
    files: changes.map(({ path, before, after }) => ({ path, patch: patchOf(path, before, after) })),
    notes,
    written: options.write ?? false,
  };
}

/** The configuration files, relative to the project with forward slashes, sorted. */
async function confFiles({ fs }: AppContext, { root }: Project): Promise<string[]> {
  const folder = join(root, "conf");
  if ((await fs.stat(folder))?.kind !== "folder") return [];
  const files: string[] = [];
  for await (const { path, kind } of fs.walk(folder, () => true)) {
    if (kind === "file") files.push(relative(root, path).replaceAll(sep, "/"));
  }
  return files.sort();
}

function nothing(files: readonly string[]): UserError {
  const own = files.find((name) => /^azureml.*\.ya?ml$/.test(basename(name)));
  return new UserError(
    own === undefined
      ? "The project has no azureml.yml in conf/"
      : `${own} is not of getindata's kedro-azureml: it has no key "azure"`,
    {
      code: "migrate.nothing",
      hint: own === undefined
        ? "Run `kedro-azureml init` to write one"
        : "Run `kedro-azureml validate` to check it",
    },
  );
}
