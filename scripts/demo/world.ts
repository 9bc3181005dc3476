/** What the demo and the pictures of docs share. */

/** The project that is submitted. */
export const PROJECT = "examples/bikes";

/** Starts the program from its source. */
export function program(args: readonly string[], options: Deno.CommandOptions): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), { args: ["run", "-A", "main.ts", ...args], ...options }).spawn();
}

/** The environment of this machine without its Azure and Kedro variables. */
export function cleanEnvironment(): Record<string, string> {
  const kept = Object.entries(Deno.env.toObject()).filter(([name]) =>
    !/^(AZURE|ARM|AZUREML|KEDRO)_/.test(name)
  );
  return Object.fromEntries(kept);
}
