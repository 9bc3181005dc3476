import assert from "node:assert/strict";
import { commandLine } from "../../../src/emulator/runner/command_line.ts";

const PORTS = { inputs: { in: "/m/in", rate: "a b" }, outputs: { out: "/o" } };

Deno.test("commandLine() fills in inputs and outputs without quotes", () => {
  const { line, unknown } = commandLine("x ${{inputs.in}} ${{ inputs.rate }} > ${{outputs.out}}/y", PORTS);
  assert.deepEqual([line, unknown], ["x /m/in a b > /o/y", []]);
});

Deno.test("commandLine() omits optional parts without a value", () => {
  assert.equal(
    commandLine("x $[[--in ${{inputs.in}}]] $[[--no ${{inputs.no}}]]", PORTS).line,
    "x --in /m/in ",
  );
});

Deno.test("commandLine() returns unknown names and keeps shell variables", () => {
  const { line, unknown } = commandLine("x ${{inputs.no}} ${HOME} ${{outputs.toString}}", PORTS);
  assert.deepEqual([line, unknown], ["x ${{inputs.no}} ${HOME} ${{outputs.toString}}", [
    "inputs.no",
    "outputs.toString",
  ]]);
});
