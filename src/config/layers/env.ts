import type { Warning } from "../../core/errors.ts";
import type { LoaderSettings } from "./settings.ts";

/** Chooses the Kedro environment as the plugin does: the flag, else `KEDRO_ENV`, else `local`. */
export function chooseEnv(flag: string | undefined, kedroEnv: string | undefined): string {
  return flag || kedroEnv || "local";
}

/** Warns where nobody chose an environment and the project's own default is another than `local`. */
export function envWarnings(
  flag: string | undefined,
  kedroEnv: string | undefined,
  settings: Pick<LoaderSettings, "default_run_env">,
): Warning[] {
  const own = settings.default_run_env;
  if (flag || kedroEnv || !own || own === "local") return [];
  return [{
    code: "config.default_env",
    message: `The environment is "local", and settings.py says default_run_env is "${own}"`,
    hint: `Add \`-e ${own}\` or set KEDRO_ENV to use it`,
  }];
}
