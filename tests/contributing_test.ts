import { deepEqual } from "node:assert/strict";
import { pathOf, visit } from "../src/cli/parse/command.ts";
import { wholeProgram } from "./cli/parsed.ts";

const PAGES = ["CONTRIBUTING.md", "src/README.md"];

function exists(path: string): boolean {
  try {
    return Deno.statSync(path) !== undefined;
  } catch {
    return false;
  }
}

async function* walk(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) yield* walk(path);
    else yield path;
  }
}

/** The commands without others below them, as typed, but those that the help does not list. */
async function commands(): Promise<readonly string[]> {
  const found: string[] = [];
  visit(await wholeProgram(), (command) => {
    const { _hidden: isHidden } = command as typeof command & { readonly _hidden?: boolean };
    if (command.commands.length === 0 && !isHidden) found.push(pathOf(command));
  });
  return found;
}

for (const page of PAGES) {
  Deno.test(`${page} names only existing files and folders`, () => {
    const names = [...Deno.readTextFileSync(page).matchAll(/`((?:src|tests|scripts|examples)\/[^`*]*)`/g)];
    const absent = names.map(([, name]) => name!).filter((name) =>
      !name.includes("example.ts") && !exists(name)
    );
    deepEqual(absent, []);
  });
}

Deno.test("src READMEs mention only existing files", async () => {
  const files = await Array.fromAsync(walk("src"));
  const absent = files.filter((path) => path.endsWith("/README.md")).flatMap((page) => {
    const folder = page.slice(0, -"README.md".length);
    const names = [...Deno.readTextFileSync(page).matchAll(/`([\w./-]+\.(?:tsx?|py))`/g)].map(([, name]) =>
      name!
    );
    const isThere = (name: string) =>
      [`src/${name}`, folder + name, name].some(exists) ||
      files.some((file) => file.startsWith(folder) && file.endsWith(`/${name}`));
    return names.filter((name) => !isThere(name)).map((name) => `${page}: ${name}`);
  });
  deepEqual(absent, []);
});

Deno.test("each command is listed in README.md", async () => {
  const rows = /^## Commands$(.*?)^## /ms.exec(Deno.readTextFileSync("README.md"))![1]!;
  const absent = (await commands()).filter((command) => {
    const [group = "", verb = group] = command.split(" ");
    return group !== "emulator" && ![`${command}\``, `\`${verb}\``].some((name) => rows.includes(name));
  });
  deepEqual(absent, []);
});
