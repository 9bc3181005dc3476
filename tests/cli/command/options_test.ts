import { deepEqual } from "node:assert/strict";
import { visit } from "../../../src/cli/command/declare.ts";
import { createProgram } from "../../../src/cli/program.ts";
import { fakeContext } from "../../fakes/context.ts";

/** What is typed for a placeholder in help, and what a command gets. */
const VALUES: Readonly<Record<string, readonly [typed: string, value: unknown]>> = {
  time: ["1m30s", 90],
  count: ["7", 7],
  names: ["a, b", ["a", "b"]],
  codes: ["a, b", ["a", "b"]],
  steps: ["a, b", ["a", "b"]],
  "name=value": ["A=b=c", { A: "b=c" }],
  "name=path": ["rides:2=data", { "rides:2": "data" }],
  "job=name": ["main=Weekly", { main: "Weekly" }],
  "dataset:version": ["rides:2", { rides: "2" }],
  hash: ["F0".repeat(32), "f0".repeat(32)],
};

/** Options of the emulator whose command parses them itself, because their time may be 0. */
const OWN = ["--latency", "--provision"];

visit(createProgram(fakeContext(), () => Promise.resolve()), (command) => {
  const options = command.options.flatMap((option) => {
    const value = VALUES[/<(.+)>/.exec(option.flags)?.[1] ?? ""];
    return value === undefined || OWN.includes(option.long!) ? [] : [{ option, value }];
  });
  if (options.length === 0) return;
  const name = [command.parent?.name(), command.name()].filter(Boolean).join(" ");
  Deno.test(`${name} parses ${options.map(({ option }) => option.long).join(", ")}`, () => {
    for (const { option, value: [typed, expected] } of options) {
      deepEqual(option.parseArg?.(typed, undefined), expected, option.flags);
    }
  });
});
