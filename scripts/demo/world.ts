/** What the parts of the demo and the pictures of docs share. */

/** The project that is submitted. */
export const PROJECT = "examples/bikes";

/** The home and the cache of the rehearsal, so that everything that it makes is below the checkout. */
const CACHE = `${Deno.cwd()}/.cache/demo`;

/** Starts the program from its source, with the packages that deno.lock names. */
export function program(args: readonly string[], options: Deno.CommandOptions): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--lock=deno.lock", "--frozen", "main.ts", ...args],
    ...options,
  }).spawn();
}

/** The environment of this machine without its Azure and Kedro variables. */
export function cleanEnvironment(): Record<string, string> {
  const kept = Object.entries(Deno.env.toObject()).filter(([name]) =>
    !/^(AZURE|ARM|AZUREML|KEDRO)_/.test(name)
  );
  return Object.fromEntries(kept);
}

/** The environment in which the demo rehearses. */
export function rehearsalEnvironment(): Record<string, string> {
  return {
    ...cleanEnvironment(),
    XDG_CACHE_HOME: CACHE,
    ...(Deno.build.os === "darwin" && { HOME: CACHE }),
  };
}
