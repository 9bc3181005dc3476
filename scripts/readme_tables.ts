/**
 * Keeps the tables of README.md as the code has them: `deno run -A scripts/readme_tables.ts` writes them,
 * and a test says when they are old.
 */
import { ENV_VARS } from "../src/env_vars.ts";

const ROOT = new URL("../", import.meta.url);

/** README.md with each table made anew. */
export async function renewed(readme: string): Promise<string> {
  const errors = await Deno.readTextFile(new URL("src/errors.ts", ROOT));
  return between(
    between(readme, "exit codes", exitCodes(errors)),
    "environment variables",
    environmentVariables(),
  );
}

/** The members of `ExitCode` with their docstrings, read from the source so that each is written once. */
function exitCodes(source: string): string {
  const list = /export const ExitCode = \{(.*?)\n\} as const/s.exec(source)?.[1] ?? "";
  const members = [...list.matchAll(/(?:\/\*\* (.+?) \*\/\s*)?(\w+): (\d+),/g)];
  return table(["exit", "meaning"], members.map(([, says, , code]) => [code!, says ?? "All went well."]));
}

function environmentVariables(): string {
  return table(["variable", "what it is for"], ENV_VARS.map(({ name, doc }) => [`\`${name}\``, doc]));
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), `|${head.map(() => "---|").join("")}`, ...rows.map(line)].join("\n");
}

function between(text: string, name: string, content: string): string {
  const start = `<!-- ${name}: made by scripts/readme_tables.ts -->`;
  const pattern = new RegExp(`${start}.*?<!-- end -->`, "s");
  if (!pattern.test(text)) throw new Error(`README.md has no place for "${name}"`);
  return text.replace(pattern, () => `${start}\n\n${content}\n\n<!-- end -->`);
}

if (import.meta.main) {
  const path = new URL("README.md", ROOT);
  await Deno.writeTextFile(path, await renewed(await Deno.readTextFile(path)));
}
