import { deepEqual, throws } from "node:assert/strict";
import { embeddedVersion } from "../../../src/kedro/reader/embedded_reader.ts";
import type { Project } from "../../../src/kedro/project.ts";

const versionOf = (kedroInitVersion: string) => embeddedVersion({ kedroInitVersion } as Project);

Deno.test("embeddedVersion() returns the embedded Kedro that is nearest to the project's", () => {
  deepEqual(["1", "1.7.0", " 1.0 ", "0.19.15", "0.18.1", "0.17.7"].map(versionOf), [
    "1",
    "1",
    "1",
    "0.19",
    "0.18",
    "0.17",
  ]);
});

for (
  const [version, hint] of [
    ["0.16.6", "Migrate the project to Kedro 1, and set kedro_init_version in pyproject.toml"],
    [
      "2.0",
      "Correct kedro_init_version in pyproject.toml, or read the project with its own Python: `--python PATH`",
    ],
  ] as const
) {
  Deno.test(`embeddedVersion() rejects Kedro ${version}`, () => {
    throws(() => versionOf(version), {
      code: "kedro.version",
      message:
        `Cannot read the project: it was made for Kedro ${version}; the built-in versions are 1.x, 0.19, 0.18 and 0.17`,
      hint,
      place: { file: "pyproject.toml" },
    });
  });
}
