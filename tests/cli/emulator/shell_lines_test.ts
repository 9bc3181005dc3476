import { deepEqual, equal } from "node:assert/strict";
import { EMULATOR_VARIABLES, OTHER_VARIABLES } from "../../../src/core/env_vars.ts";
import { shellOf, undoLines, variableLines } from "../../../src/cli/commands/emulator.ts";

Deno.test("shellOf() returns PowerShell on Windows, fish if SHELL names it, and else a POSIX shell", () => {
  const shells = ["/usr/bin/fish", "fish", "/bin/bash", "/opt/catfish", ""];
  const on = (platform: "linux" | "windows") => shells.map((SHELL) => shellOf({ platform, env: { SHELL } }));
  deepEqual(on("linux"), ["fish", "fish", "sh", "sh", "sh"]);
  deepEqual(new Set(on("windows")), new Set(["powershell"]));
  deepEqual(shellOf({ platform: "darwin", env: {} }), "sh");
});

for (
  const [shell, line] of [
    ["sh", `export A='it'\\''s \\ "x"'`],
    ["fish", `set -gx A 'it\\'s \\\\ "x"'`],
    ["powershell", `$env:A = 'it''s \\ "x"'`],
  ] as const
) {
  Deno.test(`variableLines() quotes values for ${shell}`, () => {
    equal(variableLines(shell, { A: `it's \\ "x"` }).split("\n").find((one) => one.endsWith(`x"'`)), line);
  });

  Deno.test(`undoLines() puts back every variable for ${shell}`, () => {
    const lines = undoLines(shell).trimEnd().split("\n").slice(1, -1);
    const names = lines.map((one) => /KEDRO_AZUREML_BEFORE_(\w+)/.exec(one)?.[1]);
    deepEqual(names, [...EMULATOR_VARIABLES, ...OTHER_VARIABLES]);
  });
}
