import type { Context } from "../context.ts";
import { ExitCode } from "../errors.ts";

/** Runs one command line and returns the exit status; it never throws. */
export async function run(_argv: readonly string[], _ctx: Context): Promise<ExitCode> {
  return ExitCode.Ok;
}
