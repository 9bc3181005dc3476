/** Shortens a text from elsewhere for a message: its start and its end remain, with the number of omitted characters. */
export function cutLong(text: string, most: number): string {
  if (text.length <= most) return text;
  const [head, tail] = [Math.ceil(most * 0.75), Math.floor(most * 0.2)];
  const omitted = text.length - head - tail;
  return `${text.slice(0, head)} … ${omitted} more characters … ${text.slice(text.length - tail)}`
    .toWellFormed();
}
