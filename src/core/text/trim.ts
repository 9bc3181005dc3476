/** Removes characters at the end of a text, in time linear in its length, unlike `replace(/x+$/, "")`. */
export function trimEnd(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text[end - 1]!)) end--;
  return text.slice(0, end);
}

/** Removes characters at both ends of a text, in time linear in its length. */
export function trimBoth(text: string, characters: string): string {
  const cut = trimEnd(text, characters);
  let start = 0;
  while (start < cut.length && characters.includes(cut[start]!)) start++;
  return cut.slice(start);
}
