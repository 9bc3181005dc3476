import { resolve } from "node:path";
import type { Context } from "../core/context.ts";

/** Options that say for one command what a variable says for all. */
const VARIABLES: Readonly<Record<string, { readonly variable: string; readonly isFile: boolean }>> = {
  "--ca-file": { variable: "KEDRO_AZUREML_CA_FILE", isFile: true },
  "--cloud-file": { variable: "KEDRO_AZUREML_CLOUD_FILE", isFile: true },
  "--credential": { variable: "AZURE_TOKEN_CREDENTIALS", isFile: false },
};

/**
 * A context in which such options count as their variables do; paths are those of the folder in which the command was
 * typed. The network is made before the command line is parsed, so they are looked for here.
 */
export function withOptionVariables(ctx: Context, argv: readonly string[]): Context {
  const named = Object.entries(VARIABLES).flatMap(([option, { variable, isFile }]) => {
    const value = valueOf(argv, option);
    return value === undefined ? [] : [[variable, isFile ? resolve(ctx.cwd, value) : value] as const];
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
