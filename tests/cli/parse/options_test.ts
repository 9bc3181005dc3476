import { deepEqual, equal, throws } from "node:assert/strict";
import { visit } from "../../../src/cli/parse/command.ts";
import { wholeProgram } from "../parsed.ts";

/** What is typed for a placeholder in help, and what a command gets. */
const VALUES: Readonly<Record<string, readonly [typed: string, value: unknown]>> = {
  time: ["1m30s", 90_000],
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

/** Options whose time is in seconds. */
const OWN = ["--idle-time"];

visit(await wholeProgram(), (command) => {
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

visit(await wholeProgram(), (command) => {
  const name = command.options.find(({ description }) =>
    /^(name of the (new )?job in Azure ML|run to compare with, by its name)/.test(description)
  );
  if (name === undefined) return;
  Deno.test(`${command.name()} ${name.long} rejects an invalid job name`, () => {
    equal(name.parseArg?.("main-2", undefined), "main-2");
    throws(() => name.parseArg?.("a b", undefined), { code: "commander.invalidArgument" });
  });
});

Deno.test("--nodes keeps commas within brackets", async () => {
  const parsed: Record<string, unknown> = {};
  visit(await wholeProgram(), (command) => {
    for (const { long, flags, description, parseArg } of command.options) {
      if (
        /<names>$/.test(flags) || /<(?:name|dir)>.*repeatable$/.test(`${flags} ${description}`)
      ) {
        parsed[long!] = parseArg?.("f([a,b]) -> [c],d", undefined);
      }
    }
  });
  const [nodes, list, one] = [["f([a,b]) -> [c]", "d"], ["f([a", "b]) -> [c]", "d"], ["f([a,b]) -> [c],d"]];
  deepEqual(parsed, {
    ...{ "--nodes": nodes, "--from-nodes": nodes, "--to-nodes": nodes, "--namespaces": nodes },
    ...{ "--pipelines": list, "--tags": list, "--from-inputs": list, "--to-outputs": list, "--status": list },
    ...{ "--allow-env-names": list },
    ...{ "--job": one, "--compute": one, "--allow-outside": one },
  });
});
