/**
 * Keeps the tables of README.md as the code has them: `deno run -A scripts/readme_tables.ts` writes them,
 * and a test says when they are old.
 */
import { EXIT_CODE_DOCS, ExitCode } from "../src/errors.ts";
import { ENV_VARS } from "../src/env_vars.ts";

const ROOT = new URL("../", import.meta.url);

/** README.md with each table made anew. */
export function renewed(readme: string): string {
  return between(
    between(readme, "exit codes", exitCodes()),
    "environment variables",
    environmentVariables(),
  );
}

function exitCodes(): string {
  const rows = Object.entries(EXIT_CODE_DOCS).map(([name, doc]) =>
    [String(ExitCode[name as keyof typeof ExitCode]), doc] as const
  );
  return table(["exit", "meaning"], rows);
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
  await Deno.writeTextFile(path, renewed(await Deno.readTextFile(path)));
}
