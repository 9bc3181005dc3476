import { deepEqual } from "node:assert/strict";
import { variableLines } from "../../../src/cli/commands/emulator.ts";

Deno.test("variableLines() sets variables, and removes others of clouds", () => {
  const linesOf = (shell: "sh" | "fish" | "powershell") =>
    variableLines(shell, { A: "b" }).split("\n").filter((line) => !/AZURE_|_CLOUD_FILE/.test(line));
  deepEqual(linesOf("sh"), ["export A=b", "unset AZUREML_CURRENT_CLOUD", ""]);
  deepEqual(linesOf("fish"), ["set -gx A 'b'", "set -e AZUREML_CURRENT_CLOUD", ""]);
  deepEqual(linesOf("powershell"), [
    "$env:A = 'b'",
    "Remove-Item Env:AZUREML_CURRENT_CLOUD -ErrorAction Ignore",
    "",
  ]);
});
