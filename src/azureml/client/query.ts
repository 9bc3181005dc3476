/** Writes the query of a URL; values are percent-encoded, names such as `$top` stay as they are. */
export function queryText(query: Readonly<Record<string, string>>): string {
  return Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
}
