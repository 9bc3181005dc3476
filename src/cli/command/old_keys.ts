/**
 * Adds the old names of renamed keys to a `--json` result, so that scripts keep working for one version: 0.2 still
 * has them, 0.3 will not. CHANGELOG.md lists them.
 *
 * @param oldNames The new name of each key, by its old name.
 */
export function withOldKeys<T extends object>(
  data: T,
  oldNames: Readonly<Record<string, keyof T>>,
): Readonly<Record<string, unknown>> {
  const old = Object.entries(oldNames).map(([name, key]) => [name, data[key]]);
  return { ...data, ...Object.fromEntries(old) };
}
