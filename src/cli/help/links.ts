/**
 * Public URL of the project's repository, without a trailing slash. As long as there is none, help only names what
 * the program itself can print.
 */
export const REPOSITORY: string | undefined = undefined;

/** Pages named on one line of at most 80 columns. */
const PAGES_A_LINE = 7;

/** Arguments of `help` that are not commands. */
export interface HelpNames {
  readonly topics: readonly string[];
  readonly pages: readonly string[];
}

/** The last lines of the program's help: where to read more and where to report problems. */
export function linkLines({ topics, pages }: HelpNames, repository: string | undefined): string[] {
  return [
    "Learn more:",
    "  kedro-azureml help TOPIC",
    `    ${topics.join(", ")}`,
    "  kedro-azureml help PAGE",
    `    ${rows(pages).join(",\n    ")}`,
    ...(repository === undefined ? [] : [`  Docs    ${repository}#readme`, `  Issues  ${repository}/issues`]),
  ];
}

function rows(pages: readonly string[]): string[] {
  const count = Math.ceil(pages.length / PAGES_A_LINE);
  return Array.from(
    { length: count },
    (_, row) => pages.slice(row * PAGES_A_LINE, (row + 1) * PAGES_A_LINE).join(", "),
  );
}
