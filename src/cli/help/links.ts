/**
 * Public address of the project's repository, without a trailing slash. While it has none, help names only what the
 * program itself can print.
 */
export const REPOSITORY: string | undefined = undefined;

/** Where to read more and where to report problems, as the last lines of the program's help. */
export function linkLines(topics: readonly string[], repository: string | undefined): string[] {
  return [
    "Learn more:",
    `  kedro-azureml help ${topics.join(" | ")}`,
    ...(repository === undefined ? [] : [`  Docs    ${repository}#readme`, `  Issues  ${repository}/issues`]),
  ];
}
