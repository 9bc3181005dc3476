import { deepEqual, ok } from "node:assert/strict";
import { dirname } from "node:path";
import { pathOf, visit } from "../src/cli/command/declare.ts";
import { createProgram } from "../src/cli/program.ts";
import { fakeContext } from "./fakes/context.ts";

const PAGES = ["CONTRIBUTING.md", "docs/maintaining.md"];
const text = Deno.readTextFileSync("CONTRIBUTING.md");

function exists(path: string): boolean {
  try {
    return Deno.statSync(path) !== undefined;
  } catch {
    return false;
  }
}

/** The commands without others below them, as typed, but the one that completion scripts call. */
function commands(): readonly string[] {
  const found: string[] = [];
  visit(createProgram(fakeContext(), () => Promise.resolve()), (command) => {
    if (command.commands.length === 0 && command.name() !== "complete") found.push(pathOf(command));
  });
  return found;
}

/** Files that have the actions of several commands. */
const SHARED: readonly (readonly [commands: RegExp, file: string])[] = [
  [/^schedule (pause|resume)$/, "src/cli/schedule/pause_and_resume.ts"],
  [/^emulator /, "src/cli/emulator/background.ts"],
  [/-patterns$/, "src/cli/patterns/patterns.ts"],
];

for (const page of PAGES) {
  Deno.test(`${page} names only files and folders that exist`, () => {
    const names = [...Deno.readTextFileSync(page).matchAll(/`((?:src|tests|scripts|examples)\/[^`*]*)`/g)];
    const absent = names.map(([, name]) => name!).filter((name) =>
      !name.includes("example.ts") && !exists(name)
    );
    deepEqual(absent, []);
  });
}

Deno.test("a command is added in at most four steps", () => {
  const steps = /^## Add a command$(.*?)^## /ms.exec(text)![1]!.match(/^\d+\. /gm)!;
  ok(steps.length <= 4, `${steps.length}`);
});

Deno.test("each command is where the steps in CONTRIBUTING.md put it", () => {
  const rows = /^## Commands$(.*?)^## /ms.exec(Deno.readTextFileSync("README.md"))![1]!;
  const problems = commands().flatMap((command) => {
    const [group = "", verb = group] = command.split(" ");
    const action = SHARED.find(([names]) => names.test(command))?.[1] ?? `src/cli/${group}/${verb}.ts`;
    const isShown = group === "emulator" ||
      [`${command}\``, `\`${verb}\``].some((name) => rows.includes(name));
    return [
      ...[action, `${dirname(action)}/declare.ts`].filter((file) => !exists(file)).map((file) =>
        `no ${file}`
      ),
      ...(isShown ? [] : [`README.md lacks ${command}`]),
    ];
  });
  deepEqual(problems, []);
});
