import { deepEqual, equal } from "node:assert/strict";
import { shellOf, variableLines } from "../../../src/cli/commands/emulator.ts";

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
}
