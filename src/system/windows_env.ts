type Env = Readonly<Record<string, string>>;

/**
 * Windows ignores the case of variable names, and Python reads them in upper case: `Kedro_Env` counts as `KEDRO_ENV`.
 * Adds each variable by that name, and keeps its own.
 */
export function withUpperCaseNames(env: Env): Record<string, string> {
  const upper = Object.entries(env).map(([name, value]) => [name.toUpperCase(), value]);
  return { ...Object.fromEntries(upper), ...env };
}
