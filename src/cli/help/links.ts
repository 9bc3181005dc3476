/**
 * Public address of the project's repository, without a trailing slash. While it has none, help names only what the
 * program itself can print.
 */
export const REPOSITORY: string | undefined = undefined;

/** What `help` takes beside commands. */
export interface HelpNames {
  readonly topics: readonly string[];
  readonly pages: readonly string[];
}

/** Where to read more and where to report problems, as the last lines of the program's help. */
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
