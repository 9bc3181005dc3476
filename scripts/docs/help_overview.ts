/**
 * The help of the program in `src/cli/help/overview.txt`, which is printed without loading the parser: that takes 0.1
 * seconds. `deno task docs` writes it.
 */

import type { Context } from "../../src/core/context.ts";
import { createProgram } from "../../src/cli/program.ts";
import { OVERVIEW_COLUMNS } from "../../src/cli/quick.ts";
import { systemContext } from "../../src/system/context.ts";

/** The help of the program as the parser prints it at {@linkcode OVERVIEW_COLUMNS}. */
export function overview(ctx: Context): string {
  let text = "";
  const root = createProgram(ctx, async () => {});
  root.configureOutput({ getOutHelpWidth: () => OVERVIEW_COLUMNS, writeOut: (part) => text += part });
  root.outputHelp();
  return text;
}

/** Writes `src/cli/help/overview.txt`. */
export async function writeOverview(): Promise<void> {
  const path = new URL("../../src/cli/help/overview.txt", import.meta.url);
  await Deno.writeTextFile(path, overview(systemContext()));
}
