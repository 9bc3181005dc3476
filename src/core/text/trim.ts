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

/** Shortens text to `most` characters by cutting its middle, so that names that differ at the end stay different. */
export function cutMiddle(text: string, most: number): string {
  const characters = [...text];
  if (characters.length <= most) return text;
  const end = Math.floor((most - 1) / 2);
  return `${characters.slice(0, most - 1 - end).join("")}…${characters.slice(-end).join("")}`;
}
