/** A name and those above it, from the outermost: `a`, `a.b` and `a.b.c` of `a.b.c`. */
export function prefixesOf(name: string, separator = "."): readonly string[] {
  const parts = name.split(separator);
  return parts.map((_, at) => parts.slice(0, at + 1).join(separator));
}
