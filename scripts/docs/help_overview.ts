/**
 * Writes the help of the program to `src/cli/help/overview.ts`, so that it can be printed without loading the parser.
 * Run `deno run -A scripts/docs/help_overview.ts` after changing a declaration; a test fails when the text is out of date.
 */

import type { Context } from "../../src/core/context.ts";
import { OVERVIEW_COLUMNS } from "../../src/cli/help/overview.ts";
import { createProgram } from "../../src/cli/program.ts";
import { systemContext } from "../../src/system/context.ts";

/** The help of the program as the parser prints it at {@linkcode OVERVIEW_COLUMNS}. */
export function overview(ctx: Context): string {
  let text = "";
  const root = createProgram(ctx, async () => {});
  root.configureOutput({ getOutHelpWidth: () => OVERVIEW_COLUMNS, writeOut: (part) => text += part });
  root.outputHelp();
  return text;
}

if (import.meta.main) {
  const path = new URL("../../src/cli/help/overview.ts", import.meta.url);
  const literal = overview(systemContext()).replaceAll(/[\\`]|\$\{/g, "\\$&");
  const old = await Deno.readTextFile(path);
  await Deno.writeTextFile(
    path,
    old.replace(/(OVERVIEW = `).*(`;\n)$/s, (_, start, end) => start + literal + end),
  );
  Deno.exit();
}
