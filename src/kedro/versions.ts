import { UserError, type Warning } from "../core/errors.ts";

/** The built-in Kedro versions, as `use()` in switch_kedro.py takes them; `1` reads every 1.x project. */
type EmbeddedVersion = "1" | "0.19" | "0.18";

/**
 * Chooses the embedded Kedro for a project. Each reads only projects made for its own minor version (major version for
 * 1.x), as Kedro itself does.
 *
 * @throws {UserError} `kedro.version` if no built-in version reads the project.
 */
export function embeddedVersion(
  { kedroInitVersion }: { readonly kedroInitVersion: string },
): EmbeddedVersion {
  const [, major, minor] = /^(\d+)(?:\.(\d+))?(?![\d])/.exec(kedroInitVersion.trim()) ?? [];
  if (major === "1") return "1";
  const version = `${major}.${minor}`;
  if (version === "0.19" || version === "0.18") return version;
  throw new UserError(
    `Cannot read the project: it was made for Kedro ${kedroInitVersion}; the built-in versions are 1.x, 0.19 and 0.18`,
    {
      // kedro.version: The project was made for a Kedro version that is not built in. Use `--python`, or
      //   migrate.
      code: "kedro.version",
      hint:
        "Correct kedro_init_version in pyproject.toml, or read the project with its own Python: `--python PATH`",
      place: { file: "pyproject.toml" },
    },
  );
}

/** @param path Of the file that names the version. @throws {UserError} `project.too_old` for Kedro before 0.18. */
export function refuseTooOld(version: string, path: string): void {
  if (/^0\.(?:\d|1[0-7])(?:\.|$)/.test(version)) throw tooOld(version, path);
}

export function tooOld(version: string, path: string): UserError {
  return new UserError(
    `Cannot read the project of ${path}: it was made for Kedro ${version}, whose hooks and sessions no later Kedro has; the oldest version that is read is 0.18.14`,
    {
      // project.too_old: The project was made for a Kedro version that cannot be read. Migrate it.
      code: "project.too_old",
      hint:
        "Migrate the project to Kedro 1, which steps in Azure ML need, or to 0.18.14, and set kedro_init_version",
    },
  );
}

/** Warns of a project whose Kedro is too old for the plugin, which runs the steps on Azure ML. */
export function oldKedroWarnings(project: {
  /** Kedro that read the project. */
  readonly kedro_version: string;
  readonly kedro_init_version: string;
}): readonly Warning[] {
  if (!project.kedro_version.startsWith("0.")) return [];
  return [{
    // kedro.old: The project was made for Kedro 0.x, but steps need Kedro 1.2. Migrate it, or use
    //   `--allow-kedro-0`.
    code: "kedro.old",
    message:
      `The project was made for Kedro ${project.kedro_init_version}: on Azure ML its steps run kedro-azureml-pipeline, which needs Kedro 1.2`,
    hint: "Migrate the project to Kedro 1, or submit anyway with `--allow-kedro-0`",
  }];
}
