/**
 * Public URL of the project's repository, without a trailing slash. As long as there is none, help only names what
 * the program itself can print.
 */
export const REPOSITORY: string | undefined = undefined;

/** The last lines of the program's help: where to read more and where to report problems. */
export function linkLines(topics: readonly string[], repository: string | undefined): string[] {
  return [
    "Learn more:",
    `  kedro-azureml help ${topics.join(" | ")}`,
    ...(repository === undefined ? [] : [`  Docs    ${repository}#readme`, `  Issues  ${repository}/issues`]),
  ];
}
