/** Rows of a table to show. */
const MOST_ROWS = 50;

/** The first rows of a file with values separated by commas or tabs, the head first; `undefined` for other files. */
export function tableOf(path: string, text: string): readonly (readonly string[])[] | undefined {
  const separator = /\.csv$/i.test(path) ? "," : /\.tsv$/i.test(path) ? "\t" : undefined;
  if (separator === undefined) return undefined;
  const rows: string[][] = [];
  let [row, cell, isQuoted] = [[] as string[], "", false];
  const endCell = () => {
    row.push(cell);
    cell = "";
  };
  for (let at = 0; at < text.length && rows.length <= MOST_ROWS; at++) {
    const char = text[at]!;
    if (isQuoted) {
      if (char !== '"') cell += char;
      else if (text[at + 1] === '"') cell += text[++at];
      else isQuoted = false;
    } else if (char === '"' && cell === "") isQuoted = true;
    else if (char === separator) endCell();
    else if (char === "\n") {
      endCell();
      rows.push(row);
      row = [];
    } else if (char !== "\r") cell += char;
  }
  if (cell !== "" || row.length > 0) {
    endCell();
    rows.push(row);
  }
  return rows.length < 2 ? undefined : rows;
}
