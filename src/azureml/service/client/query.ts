/** Formats the query of a URL; values are percent-encoded, names such as `$top` are not. */
export function queryText(query: Readonly<Record<string, string>>): string {
  return Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
}
