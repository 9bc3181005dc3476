/**
 * Environment variables as a program on Windows should read them. Names ignore case, and Python reads them in upper
 * case, so each variable is added by that name. `cmd` keeps the current folder of each drive in hidden variables such as
 * `=C:`, which are left out.
 */
export function windowsVariables(env: Readonly<Record<string, string>>): Record<string, string> {
  const named = Object.entries(env).filter(([name]) => name !== "" && !name.includes("="));
  const upper = named.map(([name, value]) => [name.toUpperCase(), value]);
  return { ...Object.fromEntries(upper), ...Object.fromEntries(named) };
}
