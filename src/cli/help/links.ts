/**
 * Public URL of the project's repository, without a trailing slash. As long as there is none, help only names what
 * the program itself can print.
 */
export const REPOSITORY: string | undefined = undefined;

/** Arguments of `help` that are not commands. */
export interface HelpNames {
  readonly topics: readonly string[];
  readonly pages: readonly string[];
}

/** The last lines of the program's help: where to read more and where to report problems. */
export function linkLines({ topics, pages }: HelpNames, repository: string | undefined): string[] {
  return [
    "Learn more:",
    `  kedro-azureml help ${topics.join(" | ")}`,
    `  kedro-azureml help ${pages[0]}, and other pages of the documentation:`,
    ...[pages.slice(1, 6), pages.slice(6)].filter((row) => row.length > 0).map((row) =>
      `    ${row.join(", ")}`
    ),
    ...(repository === undefined ? [] : [`  Docs    ${repository}#readme`, `  Issues  ${repository}/issues`]),
  ];
}
