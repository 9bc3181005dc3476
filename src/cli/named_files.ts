import { resolve } from "node:path";
import type { Context } from "../context.ts";

/** Options that say for one command what a variable says for all; each names a file. */
const VARIABLES: Readonly<Record<string, string>> = {
  "--ca-file": "KEDRO_AZUREML_CA_FILE",
  "--cloud-file": "KEDRO_AZUREML_CLOUD_FILE",
};

/**
 * A context in which the options that name files count as their variables do; paths are those of the folder in which
 * the command was typed. The network is made before the command line is parsed, so they are looked for here.
 */
export function withNamedFiles(ctx: Context, argv: readonly string[]): Context {
  const named = Object.entries(VARIABLES).flatMap(([option, variable]) => {
    const path = valueOf(argv, option);
    return path === undefined ? [] : [[variable, resolve(ctx.cwd, path)] as const];
  });
  if (named.length === 0) return ctx;
  const env = { ...ctx.env, ...Object.fromEntries(named) };
  return { ...ctx, env, ...ctx.openNetwork(env) };
}

/** The last value, as the parser takes it; one that is missing is the parser's to tell. */
function valueOf(argv: readonly string[], option: string): string | undefined {
  const end = argv.indexOf("--");
  const words = argv.slice(0, end < 0 ? undefined : end);
  const at = words.findLastIndex((word) => word === option || word.startsWith(`${option}=`));
  if (at < 0) return undefined;
  return (words[at] === option ? words[at + 1] : words[at]!.slice(option.length + 1)) || undefined;
}
