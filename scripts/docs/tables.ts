/** The tables of README.md and of docs/ that the source has: `deno task docs` writes them. */

import { azuremlKeys } from "../../src/config/schema.ts";
import { CREDENTIALS } from "../../src/credentials/chain_order.ts";
import { EXIT_CODE_DOCS, ExitCode } from "../../src/core/exit_codes.ts";
import { errorCodes } from "./error_codes.ts";
import { networkRows, refusalRows } from "./refusal_tables.ts";

const ROOT = new URL("../../", import.meta.url);

/** Which pages have tables, and which tables. */
export const PAGES: Readonly<Record<string, readonly string[]>> = {
  "README.md": ["exit codes"],
  "docs/authentication.md": ["credentials"],
  "docs/configuration.md": ["keys of azureml.yml"],
  "docs/errors.md": ["error codes"],
};

const TABLES: Readonly<Record<string, () => string>> = {
  "exit codes": exitCodes,
  "error codes": errors,
  "keys of azureml.yml": keys,
  credentials,
};

/** A page with each of its tables made anew. */
export function renewed(page: string, text: string): string {
  return PAGES[page]!.reduce((before, name) => between(before, name, TABLES[name]!()), text);
}

function exitCodes(): string {
  const rows = Object.entries(EXIT_CODE_DOCS).map(([name, doc]) =>
    [String(ExitCode[name as keyof typeof ExitCode]), doc] as const
  );
  return table(["code", "meaning"], rows);
}

/** An area with fewer codes has no heading of its own, but is one of the others. */
const FEW = 10;

/** A table for each area, the first part of a code; explained refusals and failed connections come from their own tables. */
function errors(): string {
  const explained = [...refusalRows(), ...networkRows()].map(([code, what, fix]) =>
    [code!.replaceAll("`", ""), `${sentence(what!)} ${sentence(fix!)}`] as const
  );
  const all = new Map([...explained, ...errorCodes()].toSorted(([a], [b]) => a < b ? -1 : 1));
  const areas = Map.groupBy(all, ([code]) => code.split(".")[0]!);
  const large = [...areas].filter(([, codes]) => codes.length >= FEW);
  const others = [...areas].filter(([, codes]) => codes.length < FEW).flatMap(([, codes]) => codes);
  const sections = [...large, ["others", others] as const];
  const index = sections.map(([area]) => `[${area}](#${area})`).join(" · ").replaceAll(
    /(.{70,110}) · /g,
    "$1 ·\n",
  );
  const tables = sections.map(([area, codes]) =>
    `## ${area}\n\n${
      table(["code", "what happened, and what to do"], codes.map(([code, text]) => [`\`${code}\``, text]))
    }`
  );
  // Columns of equal width would make the page three times as large.
  return ["<!-- deno-fmt-ignore-start -->", index, ...tables, "<!-- deno-fmt-ignore-end -->"].join("\n\n");
}

function sentence(text: string): string {
  return text[0]!.toUpperCase() + text.slice(1) + (text.endsWith(".") ? "" : ".");
}

/** A job's own schedule has the keys of `schedules.<name>`, which the table has once. */
function keys(): string {
  const rows = azuremlKeys().filter(({ key }) => !key.startsWith("jobs.<name>.schedule.")).map((
    { key, takes, default: otherwise, doc },
  ) => [`\`${key}\``, takes, otherwise ?? "**required**", doc] as const);
  return table(["key", "type", "default", "description"], rows);
}

function credentials(): string {
  const rows = Object.entries(CREDENTIALS).map((
    [name, { about, sdk }],
  ) => [`\`${name}\``, about, `\`${sdk}\``]);
  return table(["credential", "description", "name in Azure SDKs"], rows);
}

/** A table of Markdown; rows that differ only in their first cell become one. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;
  const same = Map.groupBy(rows, ([, ...cells]) => cells.join("\n"));
  const merged = [...same.values()].map((
    alike,
  ) => [alike.map(([first]) => first).join(", "), ...alike[0]!.slice(1)]);
  return [line(head), line(head.map(() => "---")), ...merged.map(line)].join("\n");
}

/** What stands in <…> is no HTML; in code it stays as it is. */
function cell(text: string): string {
  return text.split(/(`[^`]*`)/).map((part) => part.startsWith("`") ? part : part.replaceAll("<", "&lt;"))
    .join("");
}

function between(text: string, name: string, content: string): string {
  const start = `<!-- ${name}: made by scripts/docs/tables.ts -->`;
  const pattern = new RegExp(`${start}.*?<!-- end -->`, "s");
  if (!pattern.test(text)) throw new Error(`There is no place for "${name}"`);
  return text.replace(pattern, () => `${start}\n\n${content}\n\n<!-- end -->`);
}

if (import.meta.main) {
  for (const page of Object.keys(PAGES)) {
    const path = new URL(page, ROOT);
    await Deno.writeTextFile(path, renewed(page, await Deno.readTextFile(path)));
  }
  Deno.exit();
}
