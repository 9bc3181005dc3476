import { deepEqual, throws } from "node:assert/strict";
import { embeddedVersion } from "../../src/kedro/versions.ts";

const versionOf = (kedroInitVersion: string) => embeddedVersion({ kedroInitVersion });

Deno.test("embeddedVersion() returns the nearest embedded Kedro", () => {
  deepEqual(["1", "1.7.0", " 1.0 ", "0.19.15", "0.18.1"].map(versionOf), [
    "1",
    "1",
    "1",
    "0.19",
    "0.18",
  ]);
});

Deno.test("embeddedVersion() rejects Kedro 2.0", () => {
  throws(() => versionOf("2.0"), {
    code: "kedro.version",
    message:
      "Cannot read the project: it was made for Kedro 2.0; the built-in versions are 1.x, 0.19 and 0.18",
    hint:
      "Correct kedro_init_version in pyproject.toml, or read the project with its own Python: `--python PATH`",
    place: { file: "pyproject.toml" },
  });
});
