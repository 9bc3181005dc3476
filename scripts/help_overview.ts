/**
 * Keeps the help of the program as a whole as text, so that it can be shown without loading the command line:
 * `deno run -A scripts/help_overview.ts` writes it, and a test says when it is old.
 */

import type { Context } from "../src/core/context.ts";
import { OVERVIEW_COLUMNS } from "../src/cli/help/overview.ts";
import { program } from "../src/cli/program.ts";
import { systemContext } from "../src/system/context.ts";

/** What the parser makes of all that is declared, at that width. */
export function overview(ctx: Context): string {
  let text = "";
  const root = program(ctx, async () => {});
  root.configureOutput({ getOutHelpWidth: () => OVERVIEW_COLUMNS, writeOut: (part) => text += part });
  root.outputHelp();
  return text;
}

if (import.meta.main) {
  const path = new URL("../src/cli/help/overview.ts", import.meta.url);
  const literal = overview(systemContext()).replaceAll(/[\\`]|\$\{/g, "\\$&");
  const old = await Deno.readTextFile(path);
  await Deno.writeTextFile(
    path,
    old.replace(/(OVERVIEW = `).*(`;\n)$/s, (_, start, end) => start + literal + end),
  );
  Deno.exit();
}
