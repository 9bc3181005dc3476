/** Pages named on one line of at most 80 columns. */
const PAGES_A_LINE = 7;

/** Arguments of `help` that are not commands. */
export interface HelpNames {
  readonly topics: readonly string[];
  readonly pages: readonly string[];
}

/** The last lines of the program's help: where to read more. */
export function linkLines({ topics, pages }: HelpNames): string[] {
  return [
    "Learn more:",
    "  kedro-azureml help TOPIC",
    `    ${topics.join(", ")}`,
    "  kedro-azureml help PAGE",
    `    ${rows(pages).join(",\n    ")}`,
  ];
}

function rows(pages: readonly string[]): string[] {
  const count = Math.ceil(pages.length / PAGES_A_LINE);
  return Array.from(
    { length: count },
    (_, row) => pages.slice(row * PAGES_A_LINE, (row + 1) * PAGES_A_LINE).join(", "),
  );
}
