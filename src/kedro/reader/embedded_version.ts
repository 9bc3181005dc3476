import { UserError } from "../../core/errors.ts";
import type { Project } from "../project.ts";

/** The built-in Kedro versions, as named in versions.py; `1` reads every 1.x project. */
export type EmbeddedVersion = "1" | "0.19" | "0.18" | "0.17";

/**
 * Chooses the embedded Kedro for a project. Each reads only projects made for its own minor version (major version for
 * 1.x), as Kedro itself does.
 *
 * @throws {UserError} `kedro.version` if no built-in version reads the project.
 */
export function embeddedVersion({ kedroInitVersion }: Project): EmbeddedVersion {
  const [, major, minor] = /^(\d+)(?:\.(\d+))?(?![\d])/.exec(kedroInitVersion.trim()) ?? [];
  if (major === "1") return "1";
  const version = `${major}.${minor}`;
  if (version === "0.19" || version === "0.18" || version === "0.17") return version;
  const old = major === "0" && Number(minor) < 17;
  throw new UserError(
    `Cannot read the project: it was made for Kedro ${kedroInitVersion}; the built-in versions are 1.x, 0.19, 0.18 and 0.17`,
    {
      code: "kedro.version",
      hint: old
        ? "Migrate the project to Kedro 1, and set kedro_init_version in pyproject.toml"
        : "Correct kedro_init_version in pyproject.toml, or read the project with its own Python: `--python PATH`",
      place: { file: "pyproject.toml" },
    },
  );
}
