import assert from "node:assert/strict";
import { commandLine as fillCommand, type Ports } from "../../../src/emulator/runner/command.ts";

const PORTS = { inputs: { in: "/m/in", rate: "a b" }, outputs: { out: "/o" } };

/** The command of a component that declares the optional input `no`, which has no value. */
function commandLine(command: string, ports: Ports) {
  return fillCommand({ command, inputs: { no: { type: "uri_folder", optional: true } } }, ports);
}

Deno.test("runner fills inputs and outputs into a step's command", () => {
  const { line, unknown } = commandLine("x ${{inputs.in}} ${{ inputs.rate }} > ${{outputs.out}}/y", PORTS);
  assert.deepEqual([line, unknown], ["x /m/in a b > /o/y", []]);
});

Deno.test("runner omits optional parts of a command without a value", () => {
  assert.equal(
    commandLine("x $[[--in ${{inputs.in}}]] $[[--no ${{inputs.no}}]]", PORTS).line,
    "x --in /m/in ",
  );
});

Deno.test("runner reports undeclared inputs in an optional part", () => {
  const parts = "x $[[--in ${{inputs.mispelled}}]] $[[${{inputs.no}} ${{outputs.no}}]]";
  assert.deepEqual(commandLine(parts, PORTS).unknown, ["inputs.mispelled", "inputs.no", "outputs.no"]);
});

Deno.test("runner leaves shell variables in a command", () => {
  const { line, unknown } = commandLine("x ${{inputs.none}} ${HOME} ${{outputs.toString}}", PORTS);
  assert.deepEqual([line, unknown], ["x ${{inputs.none}} ${HOME} ${{outputs.toString}}", [
    "inputs.none",
    "outputs.toString",
  ]]);
});
