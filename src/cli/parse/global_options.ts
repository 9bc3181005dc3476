import { resolve } from "node:path";
import { type Command, Option } from "commander";
import type { ProjectOptions } from "../../app/context.ts";
import { pythonProgram } from "../../app/typed_values.ts";
import type { Context } from "../../core/context.ts";
import { keepForAll } from "./help_layout.ts";
import { repeated } from "./values.ts";

/** Options that every command takes, before or after its name, as typed. */
export interface GlobalOptions {
  readonly env?: string | undefined;
  readonly directory?: string | undefined;
  readonly allowOutside?: readonly string[] | undefined;
  /** Absent if a command's `--python` is for its steps. */
  readonly python?: string | undefined;
  readonly json?: boolean;
  /** Whether only results and errors are printed. */
  readonly quiet?: boolean;
  /** Logs HTTP requests to standard error, and prints notes. */
  readonly verbose?: boolean;
  /** Whether Azure is an emulator for this command. */
  readonly emulator?: boolean;
  /** False with `--no-color`. */
  readonly color?: boolean;
  /** False with `--no-input`. */
  readonly input?: boolean;
  /** Overrides `AZURE_TOKEN_CREDENTIALS`. */
  readonly credential?: string;
  /** Overrides `KEDRO_AZUREML_CA_FILE`; as typed. */
  readonly caFile?: string;
  /** Overrides `KEDRO_AZUREML_CLOUD_FILE`; as typed. */
  readonly cloudFile?: string;
}

export function addGlobalOptions(root: Command): Command {
  const rare = (flags: string, about: string) => keepForAll(new Option(flags, about));
  return root
    .option("-e, --env <name>", "Kedro environment (default: KEDRO_ENV, else local)")
    .option("-C, --directory <dir>", "use the project in this folder")
    .option("--json", "print results, warnings and errors as JSON")
    .option("-q, --quiet", "print only results and errors")
    .option("--verbose", "log HTTP requests, and print notes of `validate`")
    .option(
      "--emulator",
      "use the local emulator instead of Azure: the one of this project, else one that ends with the command",
    )
    .option("--no-color", "disable color")
    .option("--no-input", "never prompt")
    .addOption(
      rare(
        "--credential <name>",
        "use only this credential, such as azure-cli (default: AZURE_TOKEN_CREDENTIALS)",
      ),
    )
    .addOption(
      rare("--ca-file <file>", "PEM file with extra CA certificates (default: KEDRO_AZUREML_CA_FILE)"),
    )
    .addOption(
      rare(
        "--cloud-file <file>",
        "JSON file that describes a custom cloud (default: KEDRO_AZUREML_CLOUD_FILE)",
      ),
    )
    .addOption(
      rare(
        "--allow-outside <dir>",
        "allow code, configuration and data in this folder outside the project; repeatable",
      ).argParser(repeated),
    );
}

/**
 * What a command is asked to read: environment variables count where no option was typed, and paths are resolved
 * against the folder in which the command was typed.
 */
export function projectRequest(
  { cwd, env }: Pick<Context, "cwd" | "env">,
  typed: Pick<GlobalOptions, "env" | "directory" | "allowOutside" | "python">,
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
