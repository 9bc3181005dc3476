import type { Warning } from "../../core/errors.ts";
import type { LoaderSettings } from "./settings.ts";

/** Chooses the Kedro environment as the plugin does: the flag, else `KEDRO_ENV`, else `local`. */
export function chooseEnv(flag: string | undefined, kedroEnv: string | undefined): string {
  return flag || kedroEnv || "local";
}

/** Warns if no environment was chosen and the project's default is not `local`. */
export function envWarnings(
  flag: string | undefined,
  kedroEnv: string | undefined,
  settings: Pick<LoaderSettings, "default_run_env">,
): Warning[] {
  const own = settings.default_run_env;
  if (flag || kedroEnv || !own || own === "local") return [];
  return [{
    code: "config.default_env",
    message: `Using the environment "local", but default_run_env in settings.py is "${own}"`,
    hint: `Add \`-e ${own}\` or set KEDRO_ENV to use it`,
  }];
}
