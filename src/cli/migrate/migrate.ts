import type { AppContext } from "../../app/context.ts";
import { type MigrateOptions, migrateProject, type Migration } from "../../app/migrate/migrate.ts";
import { placeText } from "../../core/errors.ts";
import type { Output } from "../command/output.ts";
import { countText } from "../../core/text/numbers.ts";

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
