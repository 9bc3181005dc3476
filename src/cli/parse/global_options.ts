import { resolve } from "node:path";
import type { ProjectOptions } from "../../app/context.ts";
import { pythonProgram } from "../../core/untrusted.ts";
import type { Context } from "../../core/context.ts";
import { alike, flag, text, value, type Values } from "./field.ts";
import { repeated } from "./values.ts";

/** Options that every command takes, before or after its name. */
export const GLOBAL_OPTIONS = {
  env: text("-e, --env <name>", "Kedro environment (default: KEDRO_ENV, else local)"),
  directory: text("-C, --directory <dir>", "use the project in this folder"),
  json: flag("--json", "print results, warnings and errors as JSON"),
  quiet: flag("-q, --quiet", "print only results and errors"),
  verbose: flag("--verbose", "log HTTP requests, and print notes of `validate`"),
  emulator: flag(
    "--emulator",
    "use the local emulator instead of Azure: the one of this project, else one that ends with the command",
  ),
  color: flag("--no-color", "disable color"),
  input: flag("--no-input", "never prompt"),
  ...alike({
    credential: text(
      "--credential <name>",
      "use only this credential, such as azure-cli (default: AZURE_TOKEN_CREDENTIALS)",
    ),
    caFile: text("--ca-file <file>", "PEM file with extra CA certificates (default: KEDRO_AZUREML_CA_FILE)"),
    cloudFile: text(
      "--cloud-file <file>",
      "JSON file that describes a custom cloud (default: KEDRO_AZUREML_CLOUD_FILE)",
    ),
    allowOutside: value(
      "--allow-outside <dir>",
      "allow code, configuration and data in this folder outside the project; repeatable",
      repeated,
    ),
  }, { isRare: true }),
};

export type GlobalOptions = Partial<Values<typeof GLOBAL_OPTIONS>>;

/**
 * What a command is asked to read: environment variables count where no option was typed, and paths are resolved
 * against the folder in which the command was typed.
 */
export function projectRequest(
  { cwd, env }: Pick<Context, "cwd" | "env">,
  typed: Pick<GlobalOptions, "env" | "directory" | "allowOutside"> & {
    /** Absent if a command's `--python` is for its steps. */
    readonly python?: string | undefined;
  },
): ProjectOptions {
  return {
    env: typed.env,
    kedroEnv: typed.env || env.KEDRO_ENV || undefined,
    kedroPython: pythonProgram(cwd, (typed.python ?? env.KEDRO_AZUREML_PYTHON) || undefined),
    directory: resolve(cwd, typed.directory ?? ""),
    allowOutside: typed.allowOutside?.map((folder) => resolve(cwd, folder)),
  };
}

/**
 * Applies `--credential`, `--ca-file` and `--cloud-file`, which override environment variables for this command.
 * Paths are resolved against the folder in which the command was typed. The network is opened again, because it
 * depends on the CA file.
 */
export function withGlobalOptions(ctx: Context, options: GlobalOptions): Context {
  const path = (file: string | undefined) => file && resolve(ctx.cwd, file);
  const overrides = Object.entries({
    AZURE_TOKEN_CREDENTIALS: options.credential,
    KEDRO_AZUREML_CA_FILE: path(options.caFile),
    KEDRO_AZUREML_CLOUD_FILE: path(options.cloudFile),
  }).filter(([, value]) => value);
  if (overrides.length === 0) return ctx;
  const env = { ...ctx.env, ...Object.fromEntries(overrides) };
  return { ...ctx, env, ...ctx.openNetwork(env) };
}
