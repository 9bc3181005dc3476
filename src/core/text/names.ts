/** A name and those above it, from the outermost: `a`, `a.b` and `a.b.c` of `a.b.c`. */
export function prefixesOf(name: string, separator = "."): readonly string[] {
  const parts = name.split(separator);
  return parts.map((_, at) => parts.slice(0, at + 1).join(separator));
}

const VERSIONED = /\/(?:environments|codes|data|components)\/([^/]+)\/(?:versions|labels)\/([^/]+)$/;

/** Shortens an id: `kedro-env:12` for a version, else the last part of an ARM id; other text is unchanged. */
export function shortId(id: string): string {
  const [, name, version] = VERSIONED.exec(id) ?? [];
  if (name !== undefined) return `${name}:${version}`;
  return /^(azureml:)?\/subscriptions\//i.test(id) ? id.split("/").at(-1)! : id;
}

/** Compares by Unicode code points, as Python does; JavaScript's `<` compares UTF-16 units. */
export function compareText(a: string, b: string): number {
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const difference = a.codePointAt(at)! - b.codePointAt(at)!;
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Whether a text is a GUID, such as the id of a tenant or subscription. */
export function isGuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
